import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { eraseDueAccounts, forgetRemovedInEvents } from '../src/domain/accounts/erase.ts';
import { takeBackAccount } from '../src/domain/accounts/take-back.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { boxOf, linkIn } from './support/mail.ts';
import { red, sendPicture, test } from './support/pictures.ts';
import type { World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };
const DAY = 86_400;

const png = () => red().png().toBuffer();
const account = (world: World, id = 1) => world.app.store.accounts.byId(id);
const logIn = (world: World) => world.post('/api/token/', ALICE);

/** Alice, who is logged in and has no mail waiting. */
async function withAlice(world: World) {
  await world.post('/api/register/', ALICE);
  const box = boxOf(world.app);
  await box.collect();
  const { json } = await logIn(world);
  return { box, access: json.access as string, refresh: json.refresh as string };
}

const deleteOwn = (world: World, token: string, current_password = PASSWORD) =>
  world.ask('DELETE', '/api/account/', { token, body: { current_password } });

/** Every row of every table, as one text. */
async function everything({ lent }: World): Promise<string> {
  const { db } = lent.database;
  const tables = (await db.introspection.getTables()).filter(({ name }) => !/^(kysely|latchkey)_/.test(name));
  const all = tables.map(async ({ name }) => [
    name,
    (await sql`select * from ${sql.table(name)}`.execute(db)).rows,
  ]);
  return JSON.stringify(Object.fromEntries(await Promise.all(all)));
}

const eventsAbout = (world: World, userId = 1) => world.app.store.audit.list(50, { userId });

describe('deleting one’s own account', () => {
  test('nobody can use it from then on, and nobody can have its names', async ({ world }) => {
    const { access, refresh } = await withAlice(world);
    const reply = await deleteOwn(world, access);
    expect([reply.status, reply.json]).toEqual([200, { erase_at: '2026-01-19T09:00:00.000Z' }]);
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(401);
    expect((await world.post('/api/token/refresh/', { refresh })).status).toBe(401);
    const login = await logIn(world);
    expect([login.status, login.json.detail]).toEqual([
      401,
      'No active account found with the given credentials',
    ]);
    expect((await world.post('/api/register/', ALICE)).json).toEqual({
      username: ['A user with that username already exists.'],
      email: ['user with this email already exists.'],
    });
    expect((await eventsAbout(world))[0]?.event).toMatchObject({
      event: 'account_deletion_asked',
      actorId: 1,
      sessionsEnded: 1,
    });
  });

  test('needs the password, which cannot be guessed here [G-23]', async ({ open }) => {
    const world = await open({ LIMITS: 'on' });
    const { access } = await withAlice(world);
    const wrong = await deleteOwn(world, access, 'wrong');
    expect([wrong.status, wrong.json]).toEqual([400, { current_password: ['Invalid password.'] }]);
    // ten by name, ten more from where he has logged in from
    for (let i = 0; i < 19; i += 1) await deleteOwn(world, access, `wrong ${i}`);
    expect((await deleteOwn(world, access)).status).toBe(429);
    expect((await account(world))?.isActive).toBe(true);
    expect(
      (await world.ask('DELETE', '/api/account/', { body: { current_password: PASSWORD } })).status,
    ).toBe(401);
  });

  test('is told by mail, and its link takes the account back, once', async ({ world }) => {
    const { box, access } = await withAlice(world);
    await deleteOwn(world, access);
    const [letter] = await box.collect();
    expect([letter?.to, letter?.subject]).toEqual([ALICE.email, 'Your account was deleted']);
    expect(letter?.plain).toContain('January 19, 2026');
    const link = linkIn(letter);
    expect((await world.get(`/api/account/take-back/?token=${link.token}`)).status).toBe(405);
    world.pass(14 * DAY - 1);
    expect(await eraseDueAccounts(world.app)).toBe(0);
    expect((await world.post('/api/account/take-back/', link)).status).toBe(200);
    expect((await world.post('/api/account/take-back/', link)).status).toBe(400);
    expect((await logIn(world)).status).toBe(200);
    world.pass(14 * DAY);
    expect(await eraseDueAccounts(world.app)).toBe(0);
  });

  test('the link is void when the time is up, and when staff deactivated the account meanwhile', async ({
    world,
  }) => {
    const { box, access } = await withAlice(world);
    await deleteOwn(world, access);
    const link = linkIn((await box.collect())[0]);
    world.pass(14 * DAY);
    expect((await world.post('/api/account/take-back/', link)).status).toBe(400);

    await world.post('/api/register/', { ...ALICE, username: 'bob', email: 'bob@example.org' });
    await box.collect();
    const { json } = await world.post('/api/token/', { username: 'bob', password: PASSWORD });
    await deleteOwn(world, json.access);
    const other = linkIn((await box.collect())[0]);
    await changeAccount(world.app, 2, { isActive: false }, COMMAND_LINE);
    expect((await world.post('/api/account/take-back/', other)).status).toBe(400);
    expect((await account(world, 2))?.isActive).toBe(false);
  });

  test('with ACCOUNT_DELETION_GRACE_DAYS=0 the account is gone at once, without a mail', async ({ open }) => {
    const world = await open({ ACCOUNT_DELETION_GRACE_DAYS: '0' });
    const { box, access } = await withAlice(world);
    expect((await deleteOwn(world, access)).status).toBe(200);
    expect(await account(world)).toBeUndefined();
    expect((await world.get('/auth/users/me/', { token: access })).json.code).toBe('user_not_found');
    expect(await box.collect()).toEqual([]);
    expect((await world.post('/api/register/', ALICE)).json.id).toBe(2);
  });
});

test('an operator takes an account back, and so do staff who make it active', async ({ world }) => {
  const { access } = await withAlice(world);
  await deleteOwn(world, access);
  expect(await takeBackAccount(world.app, 1, COMMAND_LINE)).toMatchObject({ ok: true });
  expect(await takeBackAccount(world.app, 1, COMMAND_LINE)).toMatchObject({ reason: 'user_not_found' });
  await deleteOwn(world, (await logIn(world)).json.access);
  await changeAccount(world.app, 1, { isActive: true }, COMMAND_LINE);
  world.pass(15 * DAY);
  expect(await eraseDueAccounts(world.app)).toBe(0);
  expect((await logIn(world)).status).toBe(200);
});

test('staff delete others’ accounts with their own password; the owner gets no link for that', async ({
  world,
}) => {
  const { box } = await withAlice(world);
  await world.post('/api/register/', { username: 'staff', password: PASSWORD });
  await changeAccount(world.app, 2, { isStaff: true, isSuperuser: true }, COMMAND_LINE);
  const { json } = await world.post('/api/token/', { username: 'staff', password: PASSWORD });
  const body = { current_password: PASSWORD };
  expect((await world.ask('DELETE', '/auth/users/1/', { token: json.access, body })).status).toBe(204);
  expect((await account(world))?.isActive).toBe(false);
  expect(await box.collect()).toEqual([]);
  world.pass(14 * DAY);
  expect(await eraseDueAccounts(world.app)).toBe(1);
});

/** What came with an import, beside the account. */
async function broughtFromDjango({ lent }: World): Promise<void> {
  const { db } = lent.database;
  await db
    .insertInto('django_tokens')
    .values({
      jti: 'alices-jti',
      user_id: 1,
      expires_at: 4_000_000_000_000,
      blacklisted_at: null,
      session_id: null,
    })
    .execute();
  await db.insertInto('django_accounts').values({ user_id: 1, base: '{"username":"alice"}' }).execute();
  await db.insertInto('groups').values({ id: 7, name: 'editors', base: null }).execute();
  await db.insertInto('user_groups').values({ user_id: 1, group_id: 7 }).execute();
  await db.insertInto('user_permissions').values({ user_id: 1, permission: 'blog.add_post' }).execute();
}

describe('erasing', () => {
  test('leaves nothing of a person but the id, and his address in the audit trail for four weeks', async ({
    world,
    folder,
  }) => {
    const { access } = await withAlice(world);
    const headers = { 'User-Agent': 'the browser of alice' };
    await world.post('/api/token/', ALICE, { headers });
    await world.ask('PATCH', '/api/profile/', { token: access, body: { full_name: 'Alice Liddell' } });
    expect((await sendPicture(world, access, await png())).status).toBe(200);
    await broughtFromDjango(world);
    const entry = {
      id: 3,
      action: 'change',
      objectType: 'user',
      objectId: '1',
      object: 'alice',
      message: 'Changed alice',
    } as const;
    await world.app.store.audit.record(
      { event: 'django_admin_action', userId: 1, actorId: 9, ...entry },
      world.app.clock.now(),
      COMMAND_LINE,
    );
    await world.post('/api/password/reset/', { email: ALICE.email });
    await deleteOwn(world, access);
    world.pass(14 * DAY);
    expect(await eraseDueAccounts(world.app)).toBe(1);
    expect(await eraseDueAccounts(world.app)).toBe(0);
    expect(readdirSync(join(folder, 'pictures'))).toEqual([]);
    const held = JSON.parse(await everything(world));
    const { audit_events: events, refusals: _, groups: __, key_ring: ___, ...others } = held;
    const rows = Object.values(others).flat();
    expect(rows).toEqual([{ user_id: 1, base: '{}' }]);
    expect(JSON.stringify(events)).toContain('the browser of alice');
    world.pass(28 * DAY + 1);
    expect(await forgetRemovedInEvents(world.app)).toBe(1);
    expect(await forgetRemovedInEvents(world.app)).toBe(0);
    expect(await everything(world)).not.toMatch(/alice|Liddell/i);
    const left = await eventsAbout(world);
    expect(left.length).toBeGreaterThan(4);
    for (const { origin } of left) expect([origin.ip, origin.userAgent]).toEqual(['', '']);
  });

  test('waits while the picture cannot be deleted, and others do not wait for it', async ({
    world,
    folder,
  }) => {
    const { access } = await withAlice(world);
    expect((await sendPicture(world, access, await png())).status).toBe(200);
    await world.post('/api/register/', { username: 'bob', password: PASSWORD });
    const { json } = await world.post('/api/token/', { username: 'bob', password: PASSWORD });
    await deleteOwn(world, access);
    await deleteOwn(world, json.access);
    world.pass(14 * DAY);
    const { media } = world.app;
    if (media === undefined) throw new Error('there are no pictures');
    const storage = {
      ...media.storage,
      remove: async () => {
        throw new Error('the storage is away');
      },
    };
    expect(await eraseDueAccounts({ ...world.app, media: { ...media, storage } })).toBe(1);
    expect([(await account(world, 1))?.isActive, await account(world, 2)]).toEqual([false, undefined]);
    expect(await eraseDueAccounts(world.app)).toBe(1);
    expect(readdirSync(join(folder, 'pictures'))).toEqual([]);
  });

  test('an audit event loses what tells who it was, and nothing else, and not in its first four weeks', async ({
    world,
  }) => {
    const { db } = world.lent.database;
    const event = { event: 'account_changed', userId: 1, fields: ['bio'] } as const;
    const origin = { ip: '192.0.2.1', userAgent: 'x', requestId: 'r' };
    for (const days of [27, 29])
      await world.app.store.audit.record(event, Date.now() - days * DAY * 1000, origin);
    const forget = (days: number) =>
      sql`update audit_events set ip = '', user_agent = '' where at > ${Date.now() - (days + 1) * DAY * 1000}`.execute(
        db,
      );
    await expect(forget(27)).rejects.toThrow('never changed');
    for (const change of ["detail = '{}'", 'at = 1', 'user_id = 2', "request_id = ''", "ip = 'x'"])
      await expect(
        sql`update audit_events set ${sql.raw(change)}, user_agent = '' where id = 2`.execute(db),
      ).rejects.toThrow('never changed');
    await sql`update audit_events set ip = '', user_agent = '' where id = 2`.execute(db);
  });
});

const EXPORT = '/api/account/export/';

describe('exporting', () => {
  test('gives all that is held about a person, and no secret', async ({ world }) => {
    const { access, refresh } = await withAlice(world);
    await broughtFromDjango(world);
    await world.post('/api/password/reset/', { email: ALICE.email });
    const reply = await world.get(EXPORT, { token: access });
    expect(reply.status).toBe(200);
    const session = {
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ip: expect.stringContaining('127.0.0.1'),
      user_agent: 'node',
      created_at: '2026-01-05T09:00:00.000Z',
      last_used_at: '2026-01-05T09:00:00.000Z',
      expires_at: '2026-02-24T09:00:00.000Z',
      ended_at: null,
    };
    expect(reply.json).toEqual({
      exported_at: '2026-01-05T09:00:00.000Z',
      account: {
        id: 1,
        username: 'alice',
        email: ALICE.email,
        is_active: true,
        is_staff: false,
        is_superuser: false,
        date_joined: '2026-01-05T09:00:00.000Z',
        last_login: '2026-01-05T09:00:00.000Z',
        groups: ['editors'],
        permissions: ['blog.add_post'],
      },
      profile: {
        full_name: '',
        first_name: '',
        last_name: '',
        bio: '',
        image: 'default.jpg',
        image_url: 'http://127.0.0.1/media/default.jpg',
        verified: false,
      },
      sessions: [session],
      admin_sessions: [],
      django_tokens: [{ jti: 'alices-jti', expires_at: '2096-10-02T07:06:40.000Z', blacklisted_at: null }],
      mails: [
        {
          to: ALICE.email,
          kind: 'reset_password',
          language: 'en',
          created_at: '2026-01-05T09:00:00.000Z',
          delivered_at: null,
        },
      ],
      links: [{ purpose: 'verify_email', email: ALICE.email, expires_at: '2026-01-06T09:00:00.000Z' }],
      events: ['account_exported', 'logged_in', 'account_registered'].map((event) =>
        expect.objectContaining({ event, at: '2026-01-05T09:00:00.000Z' }),
      ),
    });
    const { db } = world.lent.database;
    const { password } = await db.selectFrom('users').select('password').executeTakeFirstOrThrow();
    const { token_hash } = await db.selectFrom('mail_links').select('token_hash').executeTakeFirstOrThrow();
    const { current_jti } = await db.selectFrom('sessions').select('current_jti').executeTakeFirstOrThrow();
    for (const secret of [password, token_hash, current_jti, access, refresh])
      expect(reply.text).not.toContain(secret);
  });

  test('is for its owner alone, five times an hour', async ({ open }) => {
    const world = await open({ LIMITS: 'on' });
    const { access } = await withAlice(world);
    expect((await world.get(EXPORT)).status).toBe(401);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await world.get(EXPORT, { token: access })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('tells where events by others came from only if nobody knows who they were', async ({ world }) => {
    const { access } = await withAlice(world);
    const from = { ip: '203.0.113.7', userAgent: 'the browser of staff', requestId: 'r7' };
    const { audit } = world.app.store;
    const note = (actorId?: number) =>
      audit.record({ event: 'account_changed', userId: 1, fields: ['bio'], actorId }, 1, from);
    for (const actorId of [9, 1, undefined]) await note(actorId);
    const { json } = await world.get(EXPORT, { token: access });
    const told = { ip: from.ip, user_agent: from.userAgent, request_id: from.requestId };
    const events = json.events.filter(({ event }: { event: string }) => event === 'account_changed');
    expect(events).toMatchObject([
      { actor_id: null, ...told },
      { actor_id: 1, ...told },
      { actor_id: 9, ip: '', user_agent: '', request_id: '' },
    ]);
  });

  /** Where a person stands, and what becomes of it. A new table with people in it belongs here, and where this says. */
  const PLACES = {
    admin_sessions: 'exported; goes with the account',
    audit_events: 'exported; erasing leaves the ids',
    contested_names: 'the names are exported; goes with the account',
    django_accounts: 'what an import agreed on, the same as the account; erasing leaves the id',
    django_tokens: 'exported and erased',
    login_names: 'the names are exported; goes with the account',
    mail_links: 'exported; goes with the account',
    profiles: 'exported; goes with the account',
    sessions: 'exported; goes with the account',
    step_ups: 'goes with the account, and after a day',
    user_groups: 'exported; goes with the account',
    user_permissions: 'exported; goes with the account',
    user_words: 'the words of names, to search by; goes with the account',
  };

  test('every table that names accounts was thought of', async ({ world }) => {
    const tables = await world.lent.database.db.introspection.getTables();
    const naming = tables.filter(({ columns }) => columns.some(({ name }) => name === 'user_id'));
    expect(naming.map(({ name }) => name).sort()).toEqual(Object.keys(PLACES));
  });
});
