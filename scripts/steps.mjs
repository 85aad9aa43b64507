import { spawn, spawnSync } from 'node:child_process';

/** What the others read: the types of the server and the client, and what knip looks into. */
const BUILD = ['build', ['node', 'scripts/build.mjs']];

/** Everything that is checked without running the product: a name, a program and its arguments. */
export const CHECKS = [
  BUILD,
  ['types of the tests', ['tsc', '--build', 'tsconfig.json']],
  ['types of the pages', ['tsc', '--build', 'packages/admin']],
  ['lint and format', ['biome', 'ci', '--error-on-warnings', '--colors=off']],
  ['unused code and dependencies', ['knip']],
];

const ON_WINDOWS = process.platform === 'win32';

/** Runs a program of node_modules; true when it ended with 0. */
export function run(command, environment = {}) {
  const { status } = spawnSync('npx', ['--no-install', ...command], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: ON_WINDOWS,
  });
  return status === 0;
}

/** Runs a check, and prints what it wrote when it has ended; true when it passed. */
async function passes([name, command]) {
  const started = Date.now();
  const child = spawn('npx', ['--no-install', ...command], { shell: ON_WINDOWS });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const passed = await new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
  process.stdout.write(output);
  console.log(`${passed ? 'ok' : 'FAILED'}  ${name}  (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

/** Builds, then runs the other checks at once; gives the names of those that failed. */
export async function failedChecks() {
  const isBuilt = await passes(BUILD);
  const rest = CHECKS.filter((check) => check !== BUILD);
  const passed = [isBuilt, ...(await Promise.all(rest.map(passes)))];
  return [BUILD, ...rest].filter((_, i) => !passed[i]).map(([name]) => name);
}
