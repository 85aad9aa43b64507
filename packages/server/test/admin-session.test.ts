import { describe, expect } from 'vitest';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { purgeAdminSessions } from '../src/domain/admin/admin-session.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { make, ORIGIN, PASSWORD, postSession, signIn, staff } from './support/admin.ts';
import { loggedIn, test, type World } from './support/world.ts';

const SESSION = '/api/admin/session/';
const STEP_UP = `${SESSION}step-up/`;

const sessions = ({ lent }: World) => lent.database.db.selectFrom('admin_sessions').selectAll().execute();
const eventsOf = async ({ app }: World) => (await app.store.audit.list(20)).map(({ event }) => event.event);

describe('signing in', () => {
  test('staff sign in by a cookie that no page can read; its id is stored hashed alone', async ({
    world,
  }) => {
    await make(world, 'boss', 'superuser');
    const reply = await postSession(world, 'boss');
    expect(reply.status).toBe(200);
    expect(reply.json.user).toMatchObject({ username: 'boss', is_superuser: true });
    expect(reply.json.user.permissions).toContain('change_key');
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-latchkey_admin=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const [row] = await sessions(world);
    expect(row?.key).toMatch(/^[\w-]{43}$/);
    expect(cookie).not.toContain(row?.key);
    expect(await eventsOf(world)).toContain('admin_signed_in');
  });

  test('a wrong password, nobody, and who is no staff are told the same, and it costs them the same work [L-01]', async ({
    open,
  }) => {
    const world = await open({ LIMITS: 'on' });
    await make(world, 'boss', 'superuser');
    await make(world, 'user', 'ordinary');
    const gone = await make(world, 'gone', ['view_user']);
    await world.app.store.transaction((store) => store.accounts.change(gone, { isActive: false }));
    const replies = [
      await postSession(world, 'boss', 'wrong'),
      await postSession(world, 'nobody'),
      await postSession(world, 'user'),
      await postSession(world, 'gone'),
    ];
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(401);
    expect(replies.every(({ headers }) => headers.get('set-cookie') === null)).toBe(true);
    const counts = await world.lent.database.db.selectFrom('limit_counts').select('count').execute();
    // Each counts as a wrong password: for its own name, and all of them for the network.
    expect(counts.map(({ count }) => count).sort()).toEqual([1, 1, 1, 1, 4]);
  });

  test('ten wrong passwords block the name here as at every other way in', async ({ open }) => {
    const world = await open({ LIMITS: 'on' });
    await make(world, 'boss', 'superuser');
    for (let i = 0; i < 10; i++) expect((await postSession(world, 'boss', 'wrong')).status).toBe(401);
    expect((await postSession(world, 'boss')).status).toBe(429);
    expect((await world.post('/api/token/', { username: 'boss', password: PASSWORD })).status).toBe(429);
  });

  test('a cookie that was planted is never signed in: the id is new, and the old session is over [R-30]', async ({
    world,
  }) => {
    const first = await staff(world, 'boss', 'superuser');
    const body = { username: 'boss', password: PASSWORD };
    const again = await world.post(SESSION, body, { headers: { Cookie: first.cookie } });
    expect(again.headers.get('set-cookie')).not.toContain(first.cookie);
    expect((await first.get(SESSION)).status).toBe(401);
    expect(await sessions(world)).toHaveLength(1);
  });

  test('the admin’s cookie opens nothing else, and no other login opens the admin', async ({ open }) => {
    const world = await open({ TOKEN_TRANSPORT: 'cookie-only' });
    const site = await staff(world, 'boss', 'superuser');
    expect((await site.get('/api/profile/')).status).toBe(401);
    expect((await site.get('/api/dashboard/')).status).toBe(401);
    const login = await world.post('/api/token/', { username: 'boss', password: PASSWORD });
    const cookies = login.headers.getSetCookie().map((line) => line.split(';')[0]);
    const headers = { Cookie: cookies.join('; '), Origin: ORIGIN };
    expect((await world.get('/api/profile/', { headers })).status).toBe(200);
    expect((await world.get(SESSION, { headers })).status).toBe(401);
  });
});

describe('a session of the admin', () => {
  test('ends after 30 minutes without use, and after 12 hours whatever is done', async ({ world }) => {
    const site = await staff(world, 'boss', 'superuser');
    for (let minutes = 0; minutes < 700; minutes += 28) {
      expect((await site.get(SESSION)).status, `${minutes} minutes`).toBe(200);
      world.pass(28 * 60);
    }
    const { json } = await site.get(SESSION);
    expect(Date.parse(json.idle_expires_at)).toBe(Date.parse(json.expires_at));
    world.pass(20 * 60);
    expect((await site.get(SESSION)).status).toBe(401);
    const other = await signIn(world, 'boss');
    world.pass(30 * 60);
    const late = await other.get(SESSION);
    expect(late.status).toBe(401);
    expect(late.headers.get('set-cookie')).toContain('Max-Age=0');
  });

  test('is over at once when the account is signed out, deactivated, no staff any more, or has a new password', async ({
    world,
  }) => {
    await staff(world, 'keeper', 'superuser');
    const { store } = world.app;
    const id = await make(world, 'boss', ['view_user']);
    const deeds: [string, (site: Awaited<ReturnType<typeof signIn>>) => Promise<unknown>][] = [
      ['signed out', (site) => site.ask('DELETE', SESSION)],
      ['new password', () => setPassword(world.app, id, PASSWORD, COMMAND_LINE)],
      ['no staff', () => store.transaction((inside) => inside.accounts.change(id, { isStaff: false }))],
      ['inactive', () => store.transaction((inside) => inside.accounts.change(id, { isActive: false }))],
    ];
    for (const [name, deed] of deeds) {
      await store.transaction((inside) => inside.accounts.change(id, { isStaff: true }));
      const site = await signIn(world, 'boss');
      expect((await site.get(SESSION)).status, name).toBe(200);
      await deed(site);
      expect((await site.get(SESSION)).status, name).toBe(401);
    }
    expect(await eventsOf(world)).toContain('admin_signed_out');
  });

  test('takes no change without its CSRF token and the Origin of the site itself [A-18, ASVS 3.5.1]', async ({
    open,
  }) => {
    const world = await open({ CORS_ORIGINS: 'http://app.example' });
    const site = await staff(world, 'boss', 'superuser');
    const other = await staff(world, 'other', 'superuser');
    const forged = [
      { 'X-CSRFToken': '' },
      { 'X-CSRFToken': other.csrf },
      { Origin: 'http://evil.example' },
      { Origin: 'http://app.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ];
    for (const headers of forged) {
      const reply = await site.ask('DELETE', SESSION, undefined, headers);
      expect(reply.status, JSON.stringify(headers)).toBe(403);
      expect(reply.json.detail).toContain('CSRF');
    }
    const bare = await world.ask('DELETE', SESSION, {
      headers: { Cookie: site.cookie, 'X-CSRFToken': site.csrf },
    });
    expect(bare.status).toBe(403);
    const planted = { Origin: 'http://evil.example' };
    expect(
      (await world.post(SESSION, { username: 'boss', password: PASSWORD }, { headers: planted })).status,
    ).toBe(403);
    const reply = await site.get(SESSION);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(reply.headers.get('cache-control')).toContain('no-store');
  });

  test('a cookie that is malformed or came twice is none [H-21]', async ({ world }) => {
    const { cookie } = await staff(world, 'boss', 'superuser');
    const name = '__Host-latchkey_admin';
    for (const Cookie of [
      `${cookie}; ${cookie}`,
      `${cookie}x`,
      `${name}=`,
      `${name}="`,
      `${name}=%00`,
      'x=1',
    ])
      expect((await world.get(SESSION, { headers: { Cookie } })).status, Cookie).toBe(401);
  });
});

describe('authority', () => {
  test('is read from the database: who is demoted may nothing, whatever his token says [J-36]', async ({
    world,
  }) => {
    await loggedIn(world, 'alice');
    const { db } = world.lent.database;
    await db.updateTable('users').set({ is_staff: 1 }).where('username', '=', 'alice').execute();
    const login = await world.post('/api/token/', { username: 'alice', password: PASSWORD });
    const token = login.json.access;
    const may = await world.get(SESSION, { token });
    expect(may.status).toBe(200);
    expect(may.json).toMatchObject({ csrf_token: null, expires_at: null, user: { permissions: [] } });
    await db.updateTable('users').set({ is_staff: 0 }).where('username', '=', 'alice').execute();
    const denied = await world.get(SESSION, { token });
    expect(denied.status).toBe(403);
    expect(denied.json.code).toBe('permission_denied');
  });

  test('comes from the account itself and from its groups, and of Django’s names only those that are about the same', async ({
    world,
  }) => {
    const site = await staff(world, 'clerk', ['view_key']);
    const { db } = world.lent.database;
    const [{ id: user_id }] = (await db.selectFrom('users').select('id').execute()) as [{ id: number }];
    const { id: group_id } = await db
      .insertInto('groups')
      .values({ name: 'Support', base: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    const held = [
      'auth.view_user',
      'shop.change_group',
      'crm.delete_user',
      'sessions.delete_session',
      'view_setting',
    ];
    await db
      .insertInto('group_permissions')
      .values(held.map((permission) => ({ group_id, permission })))
      .execute();
    await db.insertInto('user_groups').values({ user_id, group_id }).execute();
    await db.insertInto('user_permissions').values({ user_id, permission: 'auth.view_group' }).execute();
    expect((await site.get(SESSION)).json.user.permissions).toEqual(['view_user', 'view_group', 'view_key']);
  });
});

describe('stepping up', () => {
  test('takes the password, lasts five minutes, and counts for its own session alone [A-16]', async ({
    world,
  }) => {
    const site = await staff(world, 'boss', 'superuser');
    const other = await signIn(world, 'boss');
    const wrong = await site.ask('POST', STEP_UP, { password: 'wrong' });
    expect([wrong.status, wrong.json]).toEqual([400, { password: [expect.any(String)] }]);
    expect((await site.get(SESSION)).json.stepped_up_until).toBeNull();
    const { json } = await site.ask('POST', STEP_UP, { password: PASSWORD });
    expect(Date.parse(json.stepped_up_until) - world.app.clock.now()).toBe(5 * 60_000);
    expect((await site.get(SESSION)).json.stepped_up_until).toBe(json.stepped_up_until);
    expect((await other.get(SESSION)).json.stepped_up_until).toBeNull();
    world.pass(5 * 60);
    expect((await site.get(SESSION)).json.stepped_up_until).toBeNull();
    expect(await eventsOf(world)).toContain('admin_stepped_up');
  });

  test('counts for the session of a bearer token in the same way', async ({ world }) => {
    await make(world, 'boss', 'superuser');
    const login = () => world.post('/api/token/', { username: 'boss', password: PASSWORD });
    const [one, two] = [(await login()).json.access, (await login()).json.access];
    expect((await world.post(STEP_UP, { password: PASSWORD }, { token: one })).status).toBe(200);
    expect((await world.get(SESSION, { token: one })).json.stepped_up_until).not.toBeNull();
    expect((await world.get(SESSION, { token: two })).json.stepped_up_until).toBeNull();
  });
});

test('old sessions of the admin are purged', async ({ world }) => {
  const site = await staff(world, 'boss', 'superuser');
  await site.stepUp();
  world.pass(12 * 3600 + 1);
  expect(await purgeAdminSessions(world.app)).toBe(1);
  expect(await world.lent.database.db.selectFrom('step_ups').selectAll().execute()).toEqual([]);
});
