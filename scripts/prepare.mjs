// Runs after npm ci: builds, so that npx latchkey works at once. An install without the compiler leaves it be.
import { existsSync } from 'node:fs';
import { run } from './steps.mjs';

if (existsSync('node_modules/typescript') && !run(['tsc', '--build', 'packages/server'])) process.exit(1);
