import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { Secret } from '../src/secret.ts';
import { keepAliveClient } from './support/client.ts';
import { DATABASE, only } from './support/database.ts';
import { addUser } from './support/django-tokens.ts';
import { forge } from './support/forge.ts';
import { createDatabase } from './support/postgres.ts';
import { runLatchkey, type ServerProcess, startServer } from './support/process.ts';
import { addAccount, openSession, tokenRequests } from './support/race.ts';
import { PATIENTLY } from './support/rounds.ts';
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
  openDatabase({
    databaseUrl: new Secret(url),
    databasePool: 2,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'normal',
  });

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
