// Builds the pages of packages/admin into packages/server/dist/site, where the server finds them. Part of npm run build.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { thirdPartyNotice } from './third-party.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = join(ROOT, 'packages/server/dist/site');
const STAMP = join(ROOT, 'packages/server/dist/.site-stamp');
const NOTICE = join(ROOT, 'packages/server/dist/THIRD-PARTY-pages.md');

/** All that the result depends on. */
const SOURCES = [
  'packages/admin/src',
  'packages/admin/account.html',
  'packages/admin/admin.html',
  'packages/admin/vite.config.ts',
  'packages/client/src',
  'package-lock.json',
  'scripts/build-pages.mjs',
  'scripts/third-party.mjs',
];

/** The files of a folder and of those in it, sorted; a file is itself. */
function filesIn(path) {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function stampOfSources() {
  const hash = createHash('sha256');
  for (const source of SOURCES.map((path) => join(ROOT, path)))
    for (const file of /\.\w+$/.test(source) ? [source] : filesIn(source))
      hash.update(`${file.slice(ROOT.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Beside each file what it is with gzip and with brotli, as small as they go: done once, served often. */
function compressAssets() {
  for (const file of filesIn(join(SITE, 'assets')).filter((name) => /\.(js|css|svg)$/.test(name))) {
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  }
}

/** Builds the pages, unless those that are there were made from the same sources: Vite takes some seconds. */
export async function buildPages() {
  const stamp = stampOfSources();
  if (existsSync(SITE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  rmSync(STAMP, { force: true });
  const { build } = await import('vite');
  const { output } = await build({
    configFile: join(ROOT, 'packages/admin/vite.config.ts'),
    logLevel: 'warn',
  });
  writeFileSync(
    NOTICE,
    thirdPartyNotice(
      'the pages',
      output.flatMap((chunk) => chunk.moduleIds ?? []),
    ),
  );
  compressAssets();
  writeFileSync(STAMP, stamp);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPages();
