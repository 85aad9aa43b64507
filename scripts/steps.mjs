import { spawnSync } from 'node:child_process';

/** Everything that is checked without running the product: a name, a program and its arguments. */
export const CHECKS = [
  ['build', ['node', 'scripts/build.mjs']],
  ['types of the tests', ['tsc', '--build', 'tsconfig.json']],
  ['types of the pages', ['tsc', '--build', 'packages/admin']],
  ['lint and format', ['biome', 'ci', '--error-on-warnings', '--colors=off']],
  ['unused code and dependencies', ['knip']],
];

/** Runs a program of node_modules; true when it ended with 0. */
export function run(command, environment = {}) {
  const { status } = spawnSync('npx', ['--no-install', ...command], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** Runs the checks one after the other; gives the names of those that failed. */
export function failedChecks() {
  return CHECKS.filter(([name, command]) => {
    const started = Date.now();
    const passed = run(command);
    console.log(`${passed ? 'ok' : 'FAILED'}  ${name}  (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return !passed;
  }).map(([name]) => name);
}
