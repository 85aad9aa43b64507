import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect } from 'vitest';
import { migrate } from '../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { sqlStore } from '../src/adapters/sql/store.ts';
import { assemble } from '../src/assemble.ts';
import { readConfig } from '../src/config.ts';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { only } from './support/database.ts';
import { serve } from './support/second-server.ts';
import { CHEAP_HASH, loggedIn, SECRET_KEY, test, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';

let cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  cleanUp = [];
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

only('sqlite', () => {
  /** A server on a file, and a second connection to that file, which stands for another process. */
  async function serverOnFile() {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-file-'));
    const settings = {
      SECRET_KEY,
      PUBLIC_URL: 'http://127.0.0.1',
      LIMITS: 'off',
      DATABASE_URL: `sqlite:${folder}/data.sqlite3`,
      LOG_LEVEL: 'silent',
    };
    const config = readConfig('serve', settings);
    const [ours, other] = [openDatabase(config), openDatabase(config)] as const;
    await migrate(ours);
    const server = await serve(assemble(config, ours, { hashCost: CHEAP_HASH }));
    cleanUp.push(() => rmSync(folder, { recursive: true }), ours.close, other.close, server.close);
    await post(`${server.baseUrl}/api/register/`, { username: 'alice', password: PASSWORD });
    return { url: server.baseUrl, ours, other };
  }

  async function holdWriteLock({ db }: Database): Promise<() => Promise<void>> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started = () => {};
    const holding = new Promise<void>((resolve) => {
      started = resolve;
    });
    const transaction = db.transaction().execute(async () => {
      started();
      await released;
    });
    await holding;
    return () => {
      release();
      return transaction;
    };
  }

  test('a write waits for the writer of another process, and nobody else waits with it', async () => {
    const { url, other } = await serverOnFile();
    const credentials = { username: 'alice', password: PASSWORD };
    const { access } = (await (await post(`${url}/api/token/`, credentials)).json()) as { access: string };
    const release = await holdWriteLock(other);
    let answered = false;
    const login = post(`${url}/api/token/`, credentials).finally(() => {
      answered = true;
    });
    const headers = { Authorization: `Bearer ${access}` };
    const started = performance.now();
    for (let i = 0; i < 5; i += 1)
      expect((await fetch(`${url}/api/dashboard/`, { headers })).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(answered).toBe(false);
    await release();
    expect((await login).status).toBe(200);
  });

  test('a full disk is a 503, reads go on, and with room again all is well', async () => {
    const { url, ours } = await serverOnFile();
    const pages = async (count: number) => sql.raw(`pragma max_page_count = ${count}`).execute(ours.db);
    await pages(1);
    const replies = [];
    for (let i = 0; i < 40; i += 1)
      replies.push((await post(`${url}/api/register/`, { username: `bob${i}`, password: PASSWORD })).status);
    expect(new Set(replies)).toEqual(new Set([201, 503]));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await pages(1_000_000);
    expect((await post(`${url}/api/register/`, { username: 'carol', password: PASSWORD })).status).toBe(201);
  });
});

only('postgres', () => {
  test('a connection that breaks in a transaction is a 503 for its request and nothing for the server', async ({
    world,
  }) => {
    const { app, lent } = world;
    await loggedIn(world);
    const other = openDatabase({
      ...app.config,
      databaseUrl: lent.database.dialect === 'postgres' ? secretOf(lent.url) : app.config.databaseUrl,
    });
    cleanUp.push(other.close);
    const login = other.db.transaction().execute(async (transaction) => {
      await sql`select * from users where username = 'alice' for update`.execute(transaction);
      const waiting = world.post('/api/token/', { username: 'alice', password: PASSWORD });
      await untilSomebodyWaits(other, world);
      return waiting;
    });
    const reply = await login;
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('1');
    expect((await world.post('/api/token/', { username: 'alice', password: PASSWORD })).status).toBe(200);
  });

  test('a connection that breaks while a transaction holds it ends the transaction, not the process', async ({
    world,
  }) => {
    const { lent, app } = world;
    const pid = sql<{ pid: number }>`select pg_backend_pid() as pid`;
    const broken = lent.database.db.transaction().execute(async (transaction) => {
      const held = (await pid.execute(transaction)).rows[0]?.pid;
      const end = sql<{ ended: boolean }>`select pg_terminate_backend(${held}, 5000) as ended`;
      expect((await end.execute(lent.database.db)).rows).toEqual([{ ended: true }]);
      await pid.execute(transaction);
    });
    await expect(broken).rejects.toSatisfy((error) => app.store.isUnavailable(error));
    expect((await world.get('/readyz')).status).toBe(200);
  });

  const secretOf = (url: string) =>
    readConfig('serve', { SECRET_KEY, PUBLIC_URL: 'http://x.y', DATABASE_URL: url }).databaseUrl;

  /** Ends the backend that waits for a lock, once there is one. */
  async function untilSomebodyWaits({ db }: Database, world: World): Promise<void> {
    for (;;) {
      const ended = await sql<{ ended: boolean }>`
        select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
      if (ended.rows.length > 0) return;
      if ((await world.get('/healthz')).status !== 200) throw new Error('the server is gone');
    }
  }
});

test('a session whose token expires while it is purged is deleted, one that was just rotated is not [R-23]', async ({
  world,
}) => {
  const { access } = await loggedIn(world);
  const { sid } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());
  const session = await world.app.store.sessions.byId(sid);
  const { expiresAt } = session?.current ?? { expiresAt: 0 };
  expect(await world.app.store.sessions.purgeExpired(expiresAt, 10)).toBe(0);
  expect(await world.app.store.sessions.purgeExpired(expiresAt + 1, 10)).toBe(1);
});

test('a session is over when SESSION_MAX_SECONDS is lowered below its age', async ({ world }) => {
  const { refresh } = await loggedIn(world);
  world.pass(10 * 86_400);
  const config = readConfig('serve', {
    SECRET_KEY,
    PUBLIC_URL: 'http://127.0.0.1',
    LIMITS: 'off',
    SESSION_MAX_SECONDS: String(5 * 86_400),
  });
  const strict = await serve({ ...world.app, config });
  cleanUp.push(strict.close);
  const reply = await post(`${strict.baseUrl}/api/token/refresh/`, { refresh });
  expect(reply.status).toBe(401);
  expect((await world.post('/api/token/refresh/', { refresh })).status).toBe(200);
});

describe('an account is changed all or nothing', () => {
  test('a name that is taken is refused, and both keep theirs', async ({ world }) => {
    await loggedIn(world, 'alice');
    await loggedIn(world, 'bobby');
    const bob = await world.app.store.accounts.byLoginName('bobby');
    const changed = await changeAccount(
      world.app,
      bob?.id ?? 0,
      { username: 'ALICE', isStaff: true },
      COMMAND_LINE,
    );
    expect(changed).toMatchObject({ ok: false, reason: 'faulty_fields' });
    expect(await world.app.store.accounts.byLoginName('bobby')).toEqual(bob);
    expect((await world.post('/api/token/', { username: 'bobby', password: PASSWORD })).status).toBe(200);
  });

  test('a new name takes the place of the old one, which is free then', async ({ world }) => {
    await loggedIn(world, 'alice');
    const { id = 0 } = (await world.app.store.accounts.byLoginName('alice')) ?? {};
    expect(
      await changeAccount(world.app, id, { username: 'Alicia', email: 'a@b.example' }, COMMAND_LINE),
    ).toMatchObject({ ok: true });
    expect(await world.app.store.accounts.byLoginName('alice')).toBeUndefined();
    expect(await world.app.store.accounts.byLoginName('ALICIA')).toMatchObject({ id });
    expect(await world.app.store.accounts.byLoginName('A@B.example')).toMatchObject({ id });
    expect((await world.post('/api/register/', { username: 'alice', password: PASSWORD })).status).toBe(201);
  });

  test('an account that is not there is not found, and leaves no audit event', async ({ world }) => {
    const before = await world.app.store.audit.list(10);
    expect(await changeAccount(world.app, 99, { isActive: false }, COMMAND_LINE)).toMatchObject({
      reason: 'account_not_found',
    });
    expect(await setPassword(world.app, 99, PASSWORD, COMMAND_LINE)).toMatchObject({
      reason: 'user_not_found',
    });
    expect(await world.app.store.audit.list(10)).toEqual(before);
  });

  test('a profile that was missing is made by the first change', async ({ world }) => {
    await loggedIn(world, 'alice');
    await sql`delete from profiles`.execute(world.lent.database.db);
    await changeAccount(world.app, 1, { profile: { bio: 'back' } }, COMMAND_LINE);
    expect((await world.app.store.accounts.byId(1))?.profile).toEqual({
      fullName: '',
      bio: 'back',
      image: 'default.jpg',
      verified: false,
    });
  });
});

test('a store verb outside a transaction sees what a transaction has committed, and not before', async ({
  world,
}) => {
  await loggedIn(world, 'alice');
  const store = sqlStore(world.lent.database);
  await store.transaction((inner) => inner.accounts.change(1, { isStaff: true }));
  expect(await store.accounts.byId(1)).toMatchObject({ isStaff: true });
  const failed = store.transaction(async (inner) => {
    await inner.accounts.change(1, { isStaff: false });
    throw new Error('on purpose');
  });
  await expect(failed).rejects.toThrow('on purpose');
  expect(await store.accounts.byId(1)).toMatchObject({ isStaff: true });
});
