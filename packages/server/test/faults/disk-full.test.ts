import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/sql/open.ts';
import { Secret } from '../../src/secret.ts';
import { keepAliveClient } from '../support/client.ts';
import { deedsWithoutEvent, faultOfFile, halvesOfAccounts } from '../support/invariants.ts';
import { type ServerProcess, startServer } from '../support/process.ts';
import { tokenRequests } from '../support/race.ts';
import { PATIENTLY, rounds, tell } from '../support/rounds.ts';

const PASSWORD = 'Sup3rSecret!x';
const ROUNDS = rounds(1, 10);

const folder = mkdtempSync(join(tmpdir(), 'latchkey-small-disk-'));
/** In a namespace of its own, so that nobody has to be root, and the disk goes with the process. */
const launcher = ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"', folder];
const [unshare = '', ...words] = launcher;
/** Not every machine lets a process have its own disk. On each, database-trouble.test.ts has a limit on pages instead. */
const canMount = spawnSync(unshare, [...words, 'true']).status === 0;

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file until nothing more fits; gives what takes it away. */
function fill(disk: string): () => void {
  const path = join(disk, 'filler');
  const file = openSync(path, 'a');
  for (let size = 65_536; size >= 4_096; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
  return () => unlinkSync(path);
}

/** The database as it stands on the small disk, opened where it can be looked at. */
function copyOf(disk: string): Database {
  const copy = mkdtempSync(join(folder, 'copy-'));
  for (const name of ['data.sqlite3', 'data.sqlite3-wal'])
    if (existsSync(join(disk, name))) copyFileSync(join(disk, name), join(copy, name));
  const databaseUrl = new Secret(`sqlite:${join(copy, 'data.sqlite3')}`);
  return openDatabase({ databaseUrl, databasePool: 1, databaseWaitSeconds: 2, sqliteSynchronous: 'normal' });
}

const client = keepAliveClient();
const { refresh, login, dashboard } = tokenRequests(client);
const register = (server: ServerProcess, username: string) =>
  client.post(server, '/api/register/', { username, password: PASSWORD });

test.runIf(canMount)(
  'a full disk costs writers a 503 and readers nothing, and with room again all is as it was told [T-04]',
  PATIENTLY,
  async () => {
    const server = await startServer({
      databaseUrl: `sqlite:${folder}/data.sqlite3`,
      settings: { SQLITE_SYNCHRONOUS: 'full', REFRESH_GRACE_SECONDS: '300' },
      command: 'dev',
      launcher,
    });
    const disk = `/proc/${server.pid}/root${folder}`;
    try {
      const told: string[] = [];
      const counts: Record<string, number> = {};
      let slowestHealing = 0;
      expect((await register(server, 'alice')).status).toBe(201);
      let { access, refresh: token } = (await login(server, 'alice', PASSWORD)).json;
      const note = (what: string) => {
        counts[what] = (counts[what] ?? 0) + 1;
      };
      for (let round = 0; round < ROUNDS; round++) {
        const makeRoom = fill(disk);
        for (let i = 0, full = 0; full < 5 && i < 2_000; i++) {
          const username = `writer-${round}-${i}`;
          const made = await register(server, username);
          if (made.status === 201) told.push(username);
          else full += 1;
          note(`register ${made.status}`);
          const next = await refresh(server, token);
          if (next.status === 200) ({ access, refresh: token } = next.json);
          note(`refresh ${next.status}`);
          note(`dashboard ${(await dashboard(server, access)).status}`);
        }
        makeRoom();
        const started = performance.now();
        while ((await refresh(server, token)).status !== 200);
        slowestHealing = Math.max(slowestHealing, performance.now() - started);
        expect((await register(server, `after-${round}`)).status).toBe(201);
        told.push(`after-${round}`);
      }
      tell(`T-04: ${JSON.stringify(counts)}; normal again after ${Math.round(slowestHealing)} ms`);
      expect(Object.keys(counts).filter((what) => !/ 20[01]$| 503$/.test(what))).toEqual([]);
      expect(counts).not.toHaveProperty('dashboard 503');
      expect(counts['register 503']).toBe(5 * ROUNDS);
      expect(slowestHealing).toBeLessThan(1_000);
      expect(server.output()).toMatch(/full/i);
      const database = copyOf(disk);
      const users = await database.db.selectFrom('users').select('username').execute();
      expect(users.map(({ username }) => username)).toEqual(expect.arrayContaining(told));
      expect(await halvesOfAccounts(database)).toBe(0);
      expect(await deedsWithoutEvent(database)).toBe(0);
      expect(await faultOfFile(database)).toBe('ok');
      await database.close();
    } finally {
      client.close();
      await server.kill9();
    }
  },
);
