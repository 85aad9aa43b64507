import { randomInt } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { MIGRATIONS, migrate } from '../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { backupCommand } from '../src/cli/commands/backup.ts';
import { restoreCommand } from '../src/cli/commands/restore.ts';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { Secret } from '../src/secret.ts';
import { keepAliveClient } from './support/client.ts';
import { DATABASE, only } from './support/database.ts';
import { addUser } from './support/django-tokens.ts';
import { forge } from './support/forge.ts';
import { faultOfFile, halvesOfAccounts } from './support/invariants.ts';
import { createDatabase } from './support/postgres.ts';
import { runLatchkey, type ServerProcess, startLatchkey, startServer } from './support/process.ts';
import { addAccount, openSession, tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const PASSWORD = 'Sup3rSecret!x';
const client = keepAliveClient();
const { refresh, blacklist, login, dashboard } = tokenRequests(client);

let folder: string;
let shared: SharedDatabase;
const started: ServerProcess[] = [];
let toDrop: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-backup-'));
  shared = await migratedSharedDatabase();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await shared.remove();
  for (const drop of toDrop) await drop();
  toDrop = [];
  rmSync(folder, { recursive: true });
});
afterAll(() => client.close());

async function start(databaseUrl: string, settings = {}): Promise<ServerProcess> {
  const server = await startServer({ databaseUrl, settings });
  started.push(server);
  return server;
}

const openAt = (url: string): Database =>
  openDatabase({ databaseUrl: new Secret(url), databasePool: 2, sqliteSynchronous: 'normal' });

interface Backup {
  /** puts it back; the address of the database it is in then */
  restore(): Promise<string>;
}

/** A backup as an operator makes it. On PostgreSQL a copy by template stands for pg_dump, which the packages do not have. */
async function backUp(): Promise<Backup> {
  if (DATABASE === 'sqlite') {
    const file = join(folder, 'backup.sqlite3');
    expect(await runLatchkey(['backup', file], { databaseUrl: shared.url })).toMatchObject({ code: 0 });
    return {
      async restore() {
        const url = `sqlite:${join(folder, 'restored.sqlite3')}`;
        const ended = await runLatchkey(['restore', file], { databaseUrl: url });
        expect(ended).toMatchObject({ code: 0, output: expect.stringContaining('has to log in again') });
        return url;
      },
    };
  }
  const template = new URL(shared.url).pathname.slice(1);
  const { url, drop } = await createDatabase(inject('postgresAdminUrl'), template);
  toDrop.push(drop);
  return {
    async restore() {
      const ended = await runLatchkey(['restore', '--after-pg-restore'], { databaseUrl: url });
      expect(ended).toMatchObject({ code: 0, output: expect.stringContaining('has to log in again') });
      return url;
    },
  };
}

const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/** A token of Django's, issued so many seconds ago. */
function ofDjango(type: 'access' | 'refresh', userId: number, age: number): string {
  const iat = inSeconds(Date.now()) - age;
  return forge({
    token_type: type,
    exp: iat + 86_400,
    iat,
    jti: `${type}-${userId}-${age}`,
    user_id: userId,
  });
}

const DJANGO = { DJANGO_TOKENS: 'on' };

test(
  'a restore revives no token: neither one that was revoked after the backup nor any other [T-21] [R-17]',
  PATIENTLY,
  async () => {
    const before = shared.open();
    const app = appOn(before);
    const alice = await addAccount(app, 'alice', PASSWORD);
    const [left, rotated, kept, changed] = [
      await openSession(app, alice),
      await openSession(app, alice),
      await openSession(app, alice),
      await openSession(app, await addAccount(app, 'bobby', PASSWORD)),
    ];
    await addUser(before, 70);
    await before.close();
    const backup = await backUp();

    const server = await start(shared.url, DJANGO);
    const adoptable = ofDjango('refresh', 70, 60);
    const heir = await refresh(server, rotated.refresh);
    const adopted = await refresh(server, adoptable);
    const opened = await login(server, 'alice', PASSWORD);
    expect([heir.status, adopted.status, opened.status]).toEqual([200, 200, 200]);
    for (const token of [left.refresh, adopted.json.refresh])
      expect((await blacklist(server, token)).status).toBe(200);
    await server.stop();
    const after = shared.open();
    const bobby = await appOn(after).store.accounts.byLoginName('bobby');
    await setPassword(appOn(after), bobby?.id ?? 0, 'an0ther-Secret!', COMMAND_LINE);
    await after.close();

    const restored = await start(await backup.restore(), DJANGO);
    const refreshes = [left, rotated, kept, changed, heir.json, opened.json, adopted.json].map(
      (pair) => pair.refresh,
    );
    refreshes.push(adoptable, ofDjango('refresh', 70, 30));
    const accesses = [left, rotated, kept, changed, heir.json, opened.json, adopted.json].map(
      (pair) => pair.access,
    );
    accesses.push(ofDjango('access', 70, 60));
    const verify = (token: string) => client.post(restored, '/api/token/verify/', { token });
    const replies = await Promise.all([
      ...[...refreshes, ...accesses].map(verify),
      ...refreshes.map((token) => refresh(restored, token)),
      ...accesses.map((token) => dashboard(restored, token)),
    ]);
    expect(replies.filter(({ status }) => status === 200)).toEqual([]);
    expect(replies.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await login(restored, 'alice', PASSWORD)).status).toBe(200);
  },
);

test(
  'what Django issued before a restore is refused for accounts, too, that an import brings later, and what comes after is taken',
  PATIENTLY,
  async () => {
    const old = ofDjango('refresh', 71, 60);
    const url = await (await backUp()).restore();
    const database = openAt(url);
    await addUser(database, 71);
    const events = await appOn(database).store.audit.list(5);
    expect(events.map(({ event }) => event)).toEqual([
      { event: 'database_restored', userId: undefined, sessionsEnded: 0 },
    ]);
    await database.close();
    const server = await start(url, DJANGO);
    expect((await dashboard(server, ofDjango('access', 71, 60))).status).toBe(401);
    expect((await refresh(server, old)).status).toBe(401);
    // as after a day
    expect((await dashboard(server, ofDjango('access', 71, -2))).status).toBe(200);
    expect((await refresh(server, ofDjango('refresh', 71, -2))).status).toBe(200);
  },
);

// How the commands talk, and what they do to files.
only('sqlite', () => {
  let path: string;
  let url: string;
  const run = (...parameters: string[]) => runLatchkey(parameters, { databaseUrl: url });
  const filesBeside = () => readdirSync(dirname(path)).sort();

  // Made by a process that is gone: this one would keep the file in use until its memory is tidied up.
  beforeEach(async () => {
    mkdirSync(join(folder, 'place'));
    path = join(folder, 'place', 'data.sqlite3');
    url = `sqlite:${path}`;
    expect(await run('migrate')).toMatchObject({ code: 0 });
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
});

only('postgres', () => {
  test(
    'backup and restore say which programs of PostgreSQL do it, and the step after them bites in a running server',
    PATIENTLY,
    async () => {
      const run = (...parameters: string[]) => runLatchkey(parameters, { databaseUrl: shared.url });
      const name = new URL(shared.url).pathname;
      expect(await run('backup', 'my file')).toEqual({
        code: 1,
        output: expect.stringMatching(
          `^latchkey: PostgreSQL .*${name} is backed up by PostgreSQL. Run: pg_dump --format=custom --file='my file'`,
        ),
      });
      expect(await run('restore', 'file')).toEqual({
        code: 1,
        output: expect.stringContaining('npx latchkey restore --after-pg-restore\n'),
      });

      const app = appOn(shared.open());
      const { access, refresh: token } = await openSession(app, await addAccount(app, 'alice', PASSWORD));
      const server = await start(shared.url);
      expect((await dashboard(server, access)).status).toBe(200);
      expect(await run('restore', '--after-pg-restore')).toMatchObject({
        code: 0,
        output: expect.stringContaining(': 1 sessions that lived in it are ended'),
      });
      expect((await dashboard(server, access)).status).toBe(401);
      expect((await refresh(server, token)).status).toBe(401);
      expect((await login(server, 'alice', PASSWORD)).status).toBe(200);
    },
  );
});
