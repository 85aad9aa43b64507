// npm run build: tsc checks and prints the types, esbuild writes the program, Vite the pages that it serves.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPages } from './build-pages.mjs';
import { run } from './steps.mjs';

const SERVER = fileURLToPath(new URL('../packages/server/', import.meta.url));
const DIST = join(SERVER, 'dist');

/** Taken into the program: Kysely is 250 files, and opening those was a third of the time to start. */
const TAKEN_IN = ['kysely'];

/** Writes the program to `packages/server/dist` and takes away what an earlier build left there. */
async function bundle() {
  const { dependencies } = JSON.parse(readFileSync(join(SERVER, 'package.json'), 'utf8'));
  const left = Object.keys(dependencies).filter((name) => !TAKEN_IN.includes(name));
  const { metafile } = await build({
    absWorkingDir: SERVER,
    entryPoints: {
      index: 'src/index.ts',
      main: 'src/cli/start.ts',
      'password-thread': 'src/adapters/password-thread.ts',
    },
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: left.flatMap((name) => [name, `${name}/*`]),
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
  for (const file of readdirSync(DIST))
    if (/\.js(\.map)?$/.test(file) && !written.has(file)) rmSync(join(DIST, file));
}

/** Checks the types of the program and the client, and builds them and the pages; false when the types are wrong. */
export async function buildProgram() {
  if (!run(['tsc', '--build', 'packages/server', 'packages/client'])) return false;
  await bundle();
  await buildPages();
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await buildProgram())) process.exit(1);
