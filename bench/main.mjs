// npm run bench: Latchkey against what people use instead, and against the limits of the machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLoad } from './load/client.mjs';
import { readOptions } from './options.mjs';
import { PEERS, peerNamed } from './peers/all.mjs';
import { report } from './report/report.mjs';
import { measureAll } from './run.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The peers are no dependency of the product: they are installed here, without running their scripts. */
function installPeers() {
  if (existsSync(join(HERE, 'node_modules'))) return;
  console.log('installing the peers into bench/node_modules');
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', words, {
    cwd: HERE,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed in bench/');
}

/** @param {import('./options.mjs').Options} options */
function peersFor({ only }) {
  const wanted = only === undefined ? PEERS : only.filter((name) => name !== 'raw').map(peerNamed);
  return wanted.filter((peer) => {
    const reason = peer.missing();
    if (reason !== undefined) console.log(`left out: ${peer.title}: ${reason}`);
    return reason === undefined;
  });
}

/** @param {import('./options.mjs').Options} options @returns {(work: any) => Promise<any>} */
async function extraRun({ long, overload }) {
  if (overload) return (await import('./scenarios/overload.mjs')).measure;
  const module = long ? await import('./scenarios/long.mjs') : await import('./scenarios/postgres.mjs');
  return module.measure;
}

const options = readOptions(process.argv.slice(2));
installPeers();
const root = options.folder ?? mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
mkdirSync(root, { recursive: true });
const load = startLoad();
const cases = {};
try {
  const measure = options.long || options.postgres || options.overload ? await extraRun(options) : measureAll;
  await measure({ peers: peersFor(options), root, load, options, cases });
  report(cases, options);
} catch (error) {
  report(cases, options, false);
  throw error;
} finally {
  load.stop();
  if (options.folder === undefined) rmSync(root, { recursive: true, force: true });
}
