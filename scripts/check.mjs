// npm run check: types, lint, format, unused code. A few seconds, no tests.
import { failedChecks } from './steps.mjs';

process.exit((await failedChecks()).length === 0 ? 0 : 1);
