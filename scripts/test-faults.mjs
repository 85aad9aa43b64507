// npm run test:faults [file…]: what breaks on purpose, with as many rounds as docs/reliability.md reports. Bounded minutes.
import { run } from './steps.mjs';

const FAULTS = [
  'test/faults/',
  'backup',
  'kill',
  'migrate',
  'pool-exhaustion',
  'database-trouble',
  'import-command',
  'rotation-race',
  'account-race',
  'limits-race',
];

const parameters = process.argv.slice(2);
const files = parameters.some((one) => !one.startsWith('-')) ? [] : FAULTS;
const alone = ['--no-file-parallelism', '--maxConcurrency=1', '--reporter=verbose'];
process.exit(run(['vitest', 'run', ...alone, ...files, ...parameters], { TEST_ROUNDS: 'long' }) ? 0 : 1);
