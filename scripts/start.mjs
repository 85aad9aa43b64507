// npm start: builds what has changed, then runs the development server in this very process.
import { buildProgram } from './build.mjs';

if (!(await buildProgram())) process.exit(1);
process.argv = [process.execPath, 'latchkey', 'dev', ...process.argv.slice(2)];
await import('../packages/server/bin/latchkey.js');
