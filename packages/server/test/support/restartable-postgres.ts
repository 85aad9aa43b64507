import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import {
  freePort,
  giveAway,
  type Identity,
  identityOfServer,
  plainEnvironment,
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
  /** Another server that follows this one, which from now on answers no commit before the other one has it, too. */
  standby(): Promise<RestartablePostgres>;
  /** Makes a server of its own of one that followed another. */
  promote(): Promise<void>;
  /** with those that follow it */
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
  const place = { native, identity, folder, data, port };
  const initdb = spawn(
    join(native, 'bin', 'initdb'),
    ['-D', data, '--no-sync', '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    { ...identity, cwd: folder, env: plainEnvironment(), stdio: 'ignore' },
  );
  await once(initdb, 'exit');
  return serverIn(place);
}

interface Place {
  readonly native: string;
  readonly identity: Identity;
  /** of all servers that belong together */
  readonly folder: string;
  readonly data: string;
  readonly port: number;
}

const urlOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;

/**
 * Copies a running server's data as its manual has it (section 25.3.3): the same as pg_basebackup does, which the packages do
 * not have.
 */
async function copyForStandby(
  { folder, data, port, identity, native }: Place,
  client: Client,
): Promise<Place> {
  const copy = { native, identity, folder, data: `${data}-standby`, port: await freePort() };
  await client.query("select pg_backup_start('standby', true)");
  await promisify(execFile)('cp', ['-R', '-p', data, copy.data], { ...identity });
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
  await rm(join(copy.data, 'postmaster.pid'));
  const files = {
    backup_label: rows[0].labelfile,
    'standby.signal': '',
    'postgresql.auto.conf': `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres'\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(copy.data, name), text);
    await giveAway([join(copy.data, name)], identity);
  }
  return copy;
}

async function followed(place: Place): Promise<RestartablePostgres> {
  const client = new Client({ connectionString: urlOf(place.port) });
  await client.connect();
  try {
    const standby = await serverIn(await copyForStandby(place, client));
    await client.query("alter system set synchronous_standby_names = '*'");
    await client.query('select pg_reload_conf()');
    const isFollowed = "select 1 from pg_stat_replication where state = 'streaming' and sync_state = 'sync'";
    while ((await client.query(isFollowed)).rows.length === 0) await sleep(20);
    return standby;
  } finally {
    await client.end();
  }
}

async function serverIn(place: Place): Promise<RestartablePostgres> {
  const { native, identity, folder, data, port } = place;
  const options = { ...identity, cwd: folder, env: plainEnvironment() };
  const standbys: RestartablePostgres[] = [];
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
        // a standby adds `read-only`
        if (/database system is ready to accept (?:read-only )?connections/.test(log)) resolve(true);
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
    url: urlOf(port),
    start,
    kill9: () => end('SIGKILL'),
    stop: (mode) => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    thaw: () => void process.kill(pid, 'SIGCONT'),
    async standby() {
      const standby = await followed(place);
      standbys.push(standby);
      return standby;
    },
    async promote() {
      const client = new Client({ connectionString: urlOf(port) });
      await client.connect();
      await client.query('select pg_promote()');
      await client.end();
    },
    async remove() {
      for (const standby of standbys) await standby.remove();
      guard?.stdin?.end();
      await gone();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}
