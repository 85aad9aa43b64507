// npm run build: tsc checks and prints the types, esbuild writes the program, Vite the pages that it serves.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPages } from './build-pages.mjs';
import { run } from './steps.mjs';
import { thirdPartyNotice } from './third-party.mjs';

const SERVER = fileURLToPath(new URL('../packages/server/', import.meta.url));
const DIST = join(SERVER, 'dist');

/** Taken into what is built, as Node opens small files one by one: Kysely is 250. See docs/decisions/build.md. */
const TAKEN_IN = { library: ['kysely'], program: ['kysely', 'fastify', 'pino', 'commander'] };

const ENTRIES = {
  library: { index: 'src/index.ts' },
  program: { main: 'src/cli/start.ts', 'password-thread': 'src/adapters/password-thread.ts' },
};

/** What is written in CommonJS asks for Node's own modules with `require`. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** @param {keyof typeof ENTRIES} what @param {string[]} dependencies @returns {Promise<{written: string[], read: string[]}>} files: names, and whole paths */
async function bundle(what, dependencies) {
  const left = dependencies.filter((name) => !TAKEN_IN[what].includes(name));
  const { metafile } = await build({
    absWorkingDir: SERVER,
    entryPoints: ENTRIES[what],
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: REQUIRE },
    external: left.flatMap((name) => [name, `${name}/*`]),
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  return {
    written: Object.keys(metafile.outputs).map((file) => basename(file)),
    read: Object.keys(metafile.inputs).map((file) => join(SERVER, file)),
  };
}

/** Writes library and program to `packages/server/dist` and takes away what an earlier build left there. */
async function bundleAll() {
  const { dependencies } = JSON.parse(readFileSync(join(SERVER, 'package.json'), 'utf8'));
  const names = Object.keys(dependencies);
  const bundles = await Promise.all([bundle('library', names), bundle('program', names)]);
  const written = new Set(bundles.flatMap((one) => one.written));
  for (const file of readdirSync(DIST))
    if (/\.js(\.map)?$/.test(file) && !written.has(file)) rmSync(join(DIST, file));
  const notice = thirdPartyNotice(
    'the program',
    bundles.flatMap((one) => one.read),
  );
  writeFileSync(join(DIST, 'THIRD-PARTY-program.md'), notice);
  copyFileSync(new URL('../LICENSE', import.meta.url), join(DIST, 'LICENSE'));
}

/** Checks the types of the program and the client, and builds them and the pages; false when the types are wrong. */
export async function buildProgram() {
  if (!run(['tsc', '--build', 'packages/server', 'packages/client'])) return false;
  await bundleAll();
  await buildPages();
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await buildProgram())) process.exit(1);
