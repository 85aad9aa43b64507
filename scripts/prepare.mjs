// Runs after npm ci: builds, so that npx latchkey works at once. An install without the compiler leaves it be.
import { existsSync } from 'node:fs';

if (existsSync('node_modules/typescript')) {
  const { buildProgram } = await import('./build.mjs');
  if (!(await buildProgram())) process.exit(1);
}
