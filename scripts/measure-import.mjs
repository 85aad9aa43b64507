// tsx scripts/measure-import.mjs <accounts>…: how long `latchkey import-django` takes for a database of so
// many accounts, each with a profile and a token, and how much memory the process has at most.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDjangoSample } from '../packages/server/test/support/django-sample.ts';

const BIN = fileURLToPath(new URL('../packages/server/bin/latchkey.js', import.meta.url));
/** Linux counts in kilobytes. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS));",
)}`;

const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-measure-'));
try {
  for (const users of sizes) {
    const from = join(folder, `django-${users}.sqlite3`);
    makeDjangoSample(from, { users });
    const env = { PATH: process.env.PATH, DATABASE_URL: `sqlite:${join(folder, `ours-${users}.sqlite3`)}` };
    const run = (...parameters) =>
      execFileSync('sh', ['-c', '"$0" "$@" 2>&1', process.execPath, ...parameters], {
        cwd: folder,
        env,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
    run(BIN, 'migrate');
    const began = performance.now();
    const said = run('--import', TELL_PEAK, BIN, 'import-django', '--from', from);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const peak = Math.round(Number(/^peak (\d+)$/m.exec(said)?.[1]) / 1024);
    if (!said.includes(`added: ${users},`)) throw new Error(said);
    console.log(`${users} accounts: ${seconds} s, at most ${peak} MB`);
    rmSync(from);
  }
} finally {
  rmSync(folder, { recursive: true });
}
