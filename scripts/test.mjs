// npm test: the checks, then the whole suite on SQLite and PostgreSQL. Ends with `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS, failedChecks, run } from './steps.mjs';

const counts = join(tmpdir(), `latchkey-counts-${process.pid}.json`);
const failed = await failedChecks();
const suitePassed = run(['vitest', 'run', ...process.argv.slice(2)], { TEST_COUNTS: counts });
const suite = existsSync(counts)
  ? JSON.parse(readFileSync(counts, 'utf8'))
  : { passed: 0, failed: 1, skipped: 0 };
rmSync(counts, { force: true });
if (!suitePassed && suite.failed === 0) suite.failed = 1;

const skipped = suite.skipped > 0 ? `, ${suite.skipped} skipped` : '';
console.log(
  `${suite.passed + CHECKS.length - failed.length} passed, ${suite.failed + failed.length} failed${skipped}`,
);
process.exit(suite.failed + failed.length === 0 ? 0 : 1);
