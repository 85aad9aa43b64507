// npm run test:long [file…]: the races, kills and stops with as many rounds as docs/reliability.md reports, one after the other.
import { run } from './steps.mjs';

const REPEATED = [
  'graceful-stop',
  'workers',
  'kill',
  'rotation-race',
  'account-race',
  'purge-race',
  'import-command',
  'import-broken-off',
  'login-timing',
];

const parameters = process.argv.slice(2);
const files = parameters.some((one) => !one.startsWith('-')) ? [] : REPEATED;
const alone = ['--no-file-parallelism', '--maxConcurrency=1', '--reporter=verbose'];
process.exit(run(['vitest', 'run', ...alone, ...files, ...parameters], { TEST_ROUNDS: 'long' }) ? 0 : 1);
