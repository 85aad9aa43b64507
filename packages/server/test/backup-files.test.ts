// How the commands of backup and restore talk, and what they do to files.
import { randomInt } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MIGRATIONS, migrate } from '../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { backupCommand } from '../src/cli/commands/backup.ts';
import { restoreCommand } from '../src/cli/commands/restore.ts';
import { Secret } from '../src/secret.ts';
import { keepAliveClient } from './support/client.ts';
import { faultOfFile, halvesOfAccounts } from './support/invariants.ts';
import { runLatchkey, type ServerProcess, startLatchkey, startServer } from './support/process.ts';
import { tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { appOn } from './support/shared-database.ts';

const PASSWORD = 'Sup3rSecret!x';
const client = keepAliveClient();
const { login } = tokenRequests(client);

let folder: string;
const started: ServerProcess[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});
afterAll(() => client.close());

async function start(databaseUrl: string): Promise<ServerProcess> {
  const server = await startServer({ databaseUrl });
  started.push(server);
  return server;
}

const openAt = (url: string): Database =>
  openDatabase({
    databaseUrl: new Secret(url),
    databasePool: 2,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'normal',
  });

let path: string;
let url: string;
const run = (...parameters: string[]) => runLatchkey(parameters, { databaseUrl: url });
const filesBeside = () => readdirSync(dirname(path)).sort();

/** A folder with a migrated database. */
let migrated: string;

// Made by a process that is gone: this one would keep the file in use until its memory is tidied up.
beforeAll(async () => {
  migrated = mkdtempSync(join(tmpdir(), 'latchkey-migrated-'));
  const databaseUrl = `sqlite:${join(migrated, 'data.sqlite3')}`;
  expect(await runLatchkey(['migrate'], { databaseUrl })).toMatchObject({ code: 0 });
}, PATIENTLY.timeout);
afterAll(() => rmSync(migrated, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'));
  cpSync(migrated, join(folder, 'place'), { recursive: true });
  path = join(folder, 'place', 'data.sqlite3');
  url = `sqlite:${path}`;
});

function backUpHere(databaseUrl: string, file: string): void {
  vi.stubEnv('DATABASE_URL', databaseUrl);
  backupCommand(file);
}

/** Opens a copy of a file that nobody uses. */
function openCopyOf(name: string): Database {
  const copy = join(folder, `copy-${randomInt(1e9)}.sqlite3`);
  copyFileSync(name, copy);
  return openAt(`sqlite:${copy}`);
}

test(
  'a backup that is made while people register has everybody who was told so before, and nobody by halves [T-21]',
  PATIENTLY,
  async () => {
    const server = await start(url);
    let isOver = false;
    const told: string[] = [];
    const registering = [0, 1, 2, 3].map(async (line) => {
      for (let i = 0; !isOver; i++) {
        const username = `user-${line}-${i}`;
        const reply = await client.post(server, '/api/register/', { username, password: PASSWORD });
        if (reply.status === 201) told.push(username);
        else expect(reply.status).toBe(503);
      }
    });
    for (let i = 0; i < rounds(2, 20); i++) {
      await sleep(100);
      const before = [...told];
      const file = join(folder, `backup-${i}.sqlite3`);
      expect(await run('backup', file)).toMatchObject({ code: 0 });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const database = openAt(`sqlite:${file}`);
      const rows = await database.db.selectFrom('users').select('username').execute();
      const names = new Set(rows.map(({ username }) => username));
      expect(before.filter((name) => !names.has(name))).toEqual([]);
      expect([await halvesOfAccounts(database), await faultOfFile(database)]).toEqual([0, 'ok']);
      await database.close();
    }
    isOver = true;
    await Promise.all(registering);
    expect(readdirSync(folder).filter((name) => /sqlite3\./.test(name))).toEqual([]);
  },
);

test('a backup overwrites nothing, and needs a database and a folder', PATIENTLY, async () => {
  const file = join(folder, 'kept');
  writeFileSync(file, 'something else');
  expect(() => backUpHere(url, file)).toThrow(`${file} is there already. Backups overwrite nothing.`);
  expect(() => backUpHere(url, join(folder, 'no', 'folder'))).toThrow(`There is no folder ${folder}/no.`);
  const none = `${folder}/none.sqlite3`;
  expect(() => backUpHere(`sqlite:${none}`, join(folder, 'new'))).toThrow(`There is no database ${none}.`);
  expect(readFileSync(file, 'utf8')).toBe('something else');
  expect(readdirSync(folder).sort()).toEqual(['kept', 'place']);
});

test('a file that is no whole backup of this version or an older one is refused', PATIENTLY, async () => {
  const good = join(folder, 'good');
  expect(await run('backup', good)).toMatchObject({ code: 0 });
  const variant = (name: string, change: string) => {
    const file = join(folder, name);
    copyFileSync(good, file);
    const database = new DatabaseSync(file);
    database.exec(change);
    database.close();
    return file;
  };
  const newer = variant('newer', `insert into latchkey_migrations values ('9999-next', '2030-01-01')`);
  const other = variant('other', 'drop table latchkey_migrations');
  const cut = join(folder, 'cut');
  writeFileSync(cut, readFileSync(good).subarray(0, 3 * 4096));
  const text = join(folder, 'text');
  writeFileSync(text, 'no database at all, but long enough for a header of SQLite to be looked for');
  const copied = join(folder, 'copied');
  copyFileSync(good, copied);
  writeFileSync(`${copied}-wal`, 'a log');
  const before = [filesBeside(), readFileSync(path, 'latin1')];
  const cases: [string, string, boolean?][] = [
    [good, 'is there already. With --force it is kept', false],
    [join(folder, 'nothing'), 'There is no file'],
    [newer, 'of a newer Latchkey (it has 9999-next)'],
    [other, 'is no database of Latchkey'],
    [cut, 'cannot be restored'],
    [text, 'file is not a database'],
    [copied, 'is a database in use'],
    [path, 'the database itself'],
  ];
  for (const [file, words, force = true] of cases) {
    vi.stubEnv('DATABASE_URL', url);
    await expect(restoreCommand(file, { force })).rejects.toThrow(words);
  }
  expect([filesBeside(), readFileSync(path, 'latin1')]).toEqual(before);
});

test('while a server runs on the place nothing is restored to it', PATIENTLY, async () => {
  const file = join(folder, 'backup');
  expect(await run('backup', file)).toMatchObject({ code: 0 });
  const server = await start(url);
  const admin = { username: 'admin', password: PASSWORD };
  expect((await client.post(server, '/api/register/', admin)).status).toBe(201);
  const { code, output } = await run('restore', file, '--force');
  expect({ code, output }).toEqual({
    code: 1,
    output: `latchkey: A server is running on ${path}. Stop it first. Nothing was restored.\n`,
  });
  expect((await login(server, 'admin', PASSWORD)).status).toBe(200);
  await server.kill9();
  // what a killed server leaves beside the file belongs to what is replaced
  expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
  const aside = filesBeside().find((name) => /\.replaced-\d{8}T\d{9}Z$/.test(name)) ?? '';
  const [old, now] = [openCopyOf(join(dirname(path), aside)), openCopyOf(path)];
  const users = await Promise.all(
    [old, now].map(({ db }) => db.selectFrom('users').select('username').execute()),
  );
  expect(users).toEqual([[{ username: 'admin' }], []]);
  await Promise.all([old.close(), now.close()]);
});

test(
  'a database that is damaged beyond reading is replaced, and its log is not played into the backup',
  PATIENTLY,
  async () => {
    const file = join(folder, 'backup');
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    writeFileSync(path, 'this was a database once, and now it is something else altogether');
    writeFileSync(`${path}-wal`, 'a log');
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
    const server = await start(url);
    expect((await login(server, 'nobody', PASSWORD)).status).toBe(401);
  },
);

test(
  'where DATABASE_URL names a link, the file it leads to is replaced, and the link stays',
  PATIENTLY,
  async () => {
    const [file, link] = [join(folder, 'backup'), join(folder, 'link.sqlite3')];
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    symlinkSync(path, link);
    const replaced = statSync(path).ino;
    const databaseUrl = `sqlite:${link}`;
    expect(await runLatchkey(['restore', file, '--force'], { databaseUrl })).toMatchObject({ code: 0 });
    expect(readlinkSync(link)).toBe(path);
    expect(statSync(path).ino).not.toBe(replaced);
  },
);

test('a backup of an older version is brought to this one', PATIENTLY, async () => {
  const [file, old] = [join(folder, 'backup'), `sqlite:${folder}/older.sqlite3`];
  const older = openAt(old);
  const [first = ''] = Object.keys(MIGRATIONS);
  await migrate(older, { [first]: MIGRATIONS[first] } as typeof MIGRATIONS);
  await older.close();
  expect(await runLatchkey(['backup', file], { databaseUrl: old })).toMatchObject({ code: 0 });
  const place = { databaseUrl: `sqlite:${folder}/new.sqlite3` };
  expect(await runLatchkey(['restore', file], place)).toMatchObject({
    code: 0,
    output: expect.stringContaining('ran 0003-limits'),
  });
  await start(place.databaseUrl);
});

test(
  'a restore that is killed leaves the old database or the restored one, and never half of it [T-06] [T-21]',
  PATIENTLY,
  async () => {
    const file = join(folder, 'backup');
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    const started = Date.now();
    await run('restore', file, '--force');
    const takes = Date.now() - started;
    const found = { old: 0, restored: 0 };
    for (let i = 0; i < rounds(2, 50); i++) {
      const before = openCopyOf(path);
      const events = await appOn(before).store.audit.list(100);
      await before.close();
      const running = startLatchkey(['restore', file, '--force'], { databaseUrl: url });
      await sleep(randomInt(takes));
      await running.kill9();
      const after = openCopyOf(path);
      expect([await faultOfFile(after), await halvesOfAccounts(after)]).toEqual(['ok', 0]);
      const [newest, ...others] = await appOn(after).store.audit.list(100);
      expect([newest?.event.event, others.length]).toEqual(['database_restored', 0]);
      found[newest?.at === events[0]?.at ? 'old' : 'restored'] += 1;
      await after.close();
    }
    tell(`${rounds(2, 50)} kills of a restore: ${JSON.stringify(found)}`);
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
  },
);
