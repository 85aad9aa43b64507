import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  freePort,
  giveAway,
  identityOfServer,
  plainEnvironment,
  READY,
  runnableBinaries,
} from './postgres.ts';

/** A PostgreSQL server of one test's own, to be killed and started again. What it has acknowledged survives its end. */
export interface RestartablePostgres {
  readonly port: number;
  /** of the database `postgres` */
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL to the postmaster: its backends notice, and go. */
  kill9(): Promise<void>;
  /** as `pg_ctl stop -m fast` does, or `immediate` */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** nobody is answered, and no new connection either */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/** Ends its child, whatever state it is in, once its standard input closes: the tests are gone then. */
export const GUARD = `
const { spawn } = require('node:child_process');
const { command, options } = JSON.parse(process.argv[1]);
const child = spawn(command[0], command.slice(1), { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
process.stdout.write(child.pid + '\\n');
child.on('exit', () => process.exit(0));
process.stdin.on('end', () => { child.kill('SIGCONT'); child.kill('SIGKILL'); }).resume();
`;

export async function restartablePostgres(): Promise<RestartablePostgres> {
  const identity = identityOfServer();
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-postgres-own-'));
  await giveAway([folder], identity);
  const native = await runnableBinaries(folder, identity);
  const [data, port] = [join(folder, 'data'), await freePort()];
  const options = { ...identity, cwd: folder, env: plainEnvironment() };
  const initdb = spawn(
    join(native, 'bin', 'initdb'),
    ['-D', data, '--no-sync', '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    { ...options, stdio: 'ignore' },
  );
  await once(initdb, 'exit');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // The operating system outlives every kill here; only what was told has to be written.
    'fsync=off',
    'synchronous_commit=on',
    'log_min_messages=log',
  ].flatMap((setting) => ['-c', setting]);
  const command = [join(native, 'bin', 'postgres'), '-D', data, '-p', String(port), ...settings];

  let guard: ChildProcess | undefined;
  let pid = 0;
  const gone = () =>
    guard === undefined || guard.exitCode !== null ? Promise.resolve() : once(guard, 'exit');

  /** True when it is ready; false when it ended, as it does while backends of the last one are not gone yet. */
  async function tryToStart(): Promise<boolean> {
    const child = spawn(process.execPath, ['-e', GUARD, JSON.stringify({ command, options })], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    guard = child;
    child.stdout.once('data', (text) => {
      pid = Number(text);
    });
    const ready = new Promise<boolean>((resolve) => {
      let log = '';
      child.stderr.on('data', (text) => {
        log = (log + text).slice(-4_000);
        if (log.includes(READY)) resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
    return ready;
  }

  async function start(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await tryToStart()) return;
      await sleep(50);
    }
    throw new Error('PostgreSQL does not start again');
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    process.kill(pid, signal);
    await gone();
  }

  await start();
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    kill9: () => end('SIGKILL'),
    stop: (mode) => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    thaw: () => void process.kill(pid, 'SIGCONT'),
    async remove() {
      guard?.stdin?.end();
      await gone();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}
