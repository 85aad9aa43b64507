import { sql } from 'kysely';
import { expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { AuditEvent, AuditFilter, ServerStarted } from '../src/domain/audit/event.ts';
import { noteStart } from '../src/domain/audit/note-start.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { loggedIn, SECRET_KEY, test, type World } from './support/world.ts';

const NOBODY = { ip: '', userAgent: '', requestId: '' };
const DAY = 86_400_000;

const names = async ({ app }: World, filter?: AuditFilter) =>
  (await app.store.audit.list(50, filter)).map(({ event }) => event.event);

const changed = (userId: number, actorId?: number): AuditEvent => ({
  event: 'account_changed',
  userId,
  actorId,
  fields: ['bio'],
});

const purge = JOBS.find(({ name }) => name === 'purge old audit events');

test('who logs in and out is actor and target of what is noted, and the reason of the end is [S-09]', async ({
  world,
}) => {
  const { refresh } = await loggedIn(world);
  await world.post('/api/token/blacklist/', { refresh });
  const [ended, opened] = await world.app.store.audit.list(2);
  expect(opened?.event).toMatchObject({ event: 'logged_in', userId: 1, actorId: 1 });
  expect(ended?.event).toMatchObject({ event: 'session_ended', userId: 1, actorId: 1, why: 'logout' });
});

test('events are read by actor, target, kind, time and request, page by page', async ({ world }) => {
  const { audit } = world.app.store;
  for (let i = 1; i <= 5; i += 1)
    await audit.record(changed(i % 2, 7), i * 1000, { ...NOBODY, requestId: `r${i}` });
  await audit.record({ event: 'account_removed', userId: 1 }, 6000, { ...NOBODY, actorId: 8 });
  const times = async (filter: AuditFilter, limit = 50) =>
    (await audit.list(limit, filter)).map(({ at }) => at / 1000);
  expect(await times({})).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await times({ userId: 1 })).toEqual([6, 5, 3, 1]);
  expect(await times({ actorId: 7, userId: 0 })).toEqual([4, 2]);
  expect(await times({ actorId: 8 })).toEqual([6]);
  expect(await times({ event: 'account_removed' })).toEqual([6]);
  expect(await times({ requestId: 'r3' })).toEqual([3]);
  expect(await times({ requestId: '' })).toEqual([]);
  expect(await times({ since: 2000, until: 4000 })).toEqual([3, 2]);
  const [first] = await audit.list(1);
  expect(await times({ before: first?.id }, 2)).toEqual([5, 4]);
  const forward = await audit.listForward(2, { after: (first?.id ?? 0) - 3 });
  expect(forward.map(({ at }) => at / 1000)).toEqual([4, 5]);
});

test('no statement changes an event, and none deletes one of the last four weeks [A-17]', async ({
  world,
}) => {
  const { audit } = world.app.store;
  await audit.record(changed(1), Date.now() - 27 * DAY, NOBODY);
  const { db } = world.lent.database;
  await expect(sql`update audit_events set event = 'nothing'`.execute(db)).rejects.toThrow('never changed');
  await expect(sql`delete from audit_events`.execute(db)).rejects.toThrow('never deleted');
  await expect(audit.purge(Date.now(), 10)).rejects.toThrow('never deleted');
  expect(await names(world)).toEqual(['account_changed']);
});

test('events are purged when they are older than AUDIT_RETENTION_DAYS, and kept for good with 0', async ({
  open,
}) => {
  const world = await open({ AUDIT_RETENTION_DAYS: '30' });
  const now = world.app.clock.now();
  for (const days of [29, 31, 400])
    await world.app.store.audit.record(changed(days), now - days * DAY, NOBODY);
  const forGood = { ...world.app, config: { ...world.app.config, auditRetentionDays: 0 } };
  expect(await purge?.run(forGood)).toBe(0);
  expect(await purge?.run(world.app)).toBe(2);
  expect((await world.app.store.audit.list(9)).map(({ event }) => event.userId)).toEqual([29]);
});

const LOGIN = { username: 'alice', password: 'Wr0ng-secret!x' };

const fail = async (world: World, times: number) => {
  for (let i = 0; i < times; i += 1) await world.post('/api/token/', LOGIN);
};

const noted = async (world: World, event: string) => {
  await world.app.notebook.flush(world.app.store, world.app.clock.now());
  return (await world.app.store.audit.list(50, { event })).map(({ event: { event: _, ...more } }) => more);
};

test('failed logins are summed up by account and network: the first at once, the others of its minute as one [S-09]', async ({
  world,
}) => {
  await loggedIn(world);
  await fail(world, 1);
  expect(await noted(world, 'login_failed')).toEqual([{ userId: 1, attempts: 1 }]);
  await fail(world, 4);
  expect(await noted(world, 'login_failed')).toHaveLength(1);
  world.pass(60);
  expect(await noted(world, 'login_failed')).toEqual([
    { userId: 1, attempts: 4 },
    { userId: 1, attempts: 1 },
  ]);
});

test('a flood from everywhere for every account is no more than 402 events a minute', async ({ world }) => {
  const { notebook, store, clock } = world.app;
  for (let i = 0; i < 2_000; i += 1)
    for (let again = 0; again < 2; again += 1) {
      notebook.failedLogins.failed(i, clock.now(), { ...NOBODY, ip: `10.0.${i >> 8}.${i & 255}` });
      if (i < 200 && again === 0) notebook.failedLogins.due(clock.now());
    }
  world.pass(60);
  await notebook.flush(store, clock.now());
  const events = (await store.audit.list(999)).map(({ event }) => event);
  expect(events).toHaveLength(201);
  expect(events.filter(({ userId }) => userId === undefined)).toEqual([
    { event: 'login_failed', userId: undefined, actorId: undefined, attempts: 3_600 },
  ]);
});

test('a block of a limit is noted once, not each request it turns away', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  await fail(world, 14);
  expect(await noted(world, 'limit_hit')).toEqual([
    { userId: undefined, actorId: undefined, limit: 'login-name', waitSeconds: 60 },
  ]);
});

test('no event and no note of a refusal holds a password, a token or a hash [S-08]', async ({ world }) => {
  const { access, refresh } = await loggedIn(world);
  await fail(world, 2);
  await world.post('/api/register/', { username: 'carl', password: LOGIN.password, password2: 'x' });
  await world.post('/api/token/', { username: LOGIN.password, password: LOGIN.password });
  for (const token of [`${access}x`, refresh]) {
    await world.get(`/api/dashboard/?token=${token}`, { token });
    await world.get(`/reset/${token}`);
  }
  const { json } = await world.post('/api/token/refresh/', { refresh });
  await world.post('/api/token/blacklist/', { refresh: json.refresh });
  await world.post('/api/token/verify/', { token: json.refresh });
  await world.app.notebook.flush(world.app.store, world.app.clock.now(), true);
  const { db } = world.lent.database;
  const rows = [
    ...(await sql`select * from audit_events`.execute(db)).rows,
    ...(await sql`select * from refusals`.execute(db)).rows,
  ];
  expect(rows.length).toBeGreaterThan(8);
  const text = JSON.stringify(rows);
  const secrets = [access, refresh, json.access, json.refresh].flatMap((token: string) =>
    token.split('.').slice(1),
  );
  for (const secret of [...secrets, LOGIN.password, 'Sup3rSecret!x', 'argon2'])
    expect(text).not.toContain(secret);
});

test('the first start is one event, with the settings that are set and no others; a later one tells what differs', async ({
  world,
}) => {
  const { app } = world;
  const start = async (set: Readonly<Record<string, string>> = {}) => {
    const config = readConfig('serve', { PUBLIC_URL: 'https://id.example.org', SECRET_KEY, ...set });
    await noteStart({ ...app, config }, '1.2.3');
    return (await noted(world, 'settings_changed')).map((event) => 'changed' in event && event.changed);
  };
  expect(await start()).toEqual([]);
  const [first] = await noted(world, 'server_started');
  expect(first).toMatchObject({ version: '1.2.3', profile: 'serve' });
  expect(Object.keys((first as ServerStarted).settings ?? {})).toEqual(['SECRET_KEY', 'PUBLIC_URL']);
  expect(await start()).toEqual([]);
  expect((await start({ PORT: '9' }))[0]).toEqual(['PORT']);
  const DATABASE_URL = 'postgres://latchkey:hunter22@db/latchkey';
  expect((await start({ DATABASE_URL, PORT: '9' }))[0]).toEqual(['DATABASE_URL']);
  const other = 'another key of the tests, long enough: 0123456789abcdef';
  expect((await start({ DATABASE_URL, PORT: '9', SECRET_KEY: other }))[0]).toEqual(['SECRET_KEY']);
  expect((await start({ DATABASE_URL, SECRET_KEY: other }))[0]).toEqual(['PORT']);
  expect(await noted(world, 'server_started')).toHaveLength(6);
  const { rows } = await sql`select detail from audit_events`.execute(world.lent.database.db);
  for (const secret of ['hunter22', SECRET_KEY, other]) expect(JSON.stringify(rows)).not.toContain(secret);
});
