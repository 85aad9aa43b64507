import { describe, expect } from 'vitest';
import { type AdminSite, make, PASSWORD, staff } from './support/admin.ts';
import { boxOf, linkIn } from './support/mail.ts';
import { newAccount } from './support/race.ts';
import { type Reply, test, type World } from './support/world.ts';

const USERS = '/api/admin/users/';

/** Accounts with names, by the names they log in with; the ids. */
async function people(
  world: World,
  names: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const ids: Record<string, number> = {};
  const hashed = await world.app.passwords.hash(PASSWORD);
  const hash = hashed.ok ? hashed.value : '';
  for (const [username, fullName] of Object.entries(names)) {
    world.pass(60);
    const email = `${username}@${username.length % 2 === 0 ? 'even.example' : 'odd.example'}`;
    const account = { ...newAccount(username, email, hash), createdAt: world.app.clock.now() };
    ids[username] = await world.app.store.transaction(async (store) => {
      const added = await store.accounts.add(account);
      if ('taken' in added) throw new Error(`${username} is taken`);
      await store.accounts.change(added.id, { profile: { fullName } });
      return added.id;
    });
  }
  return ids;
}

const namesIn = ({ json, text }: Reply): string[] =>
  (json.results ?? [{ username: text }]).map((user: { username: string }) => user.username);

const found = async (site: AdminSite, query: string) => namesIn(await site.get(`${USERS}?${query}`));

const events = async (site: AdminSite, id: number, which = 'history') =>
  (await site.get(`${USERS}${id}/${which}/`)).json.results.map((event: Record<string, unknown>) => [
    event.event,
    (event.actor as { username: string } | null)?.username,
  ]);

const logIn = async (world: World, username: string, password = PASSWORD) => {
  const { status, json } = await world.post('/api/token/', { username, password });
  return status === 200 ? 'in' : (json.code ?? json.detail);
};

describe('the list of accounts', () => {
  test('finds by the beginnings of words of name and e-mail, and by id [A-10, S-04]', async ({ world }) => {
    const site = await staff(world, 'boss', ['view_user']);
    const ids = await people(world, {
      'alice.smith': 'Alice Smith',
      bob: 'Robert Smithson',
      élodie: '100%_\\',
    });
    const looked: Record<string, string[]> = {
      smith: ['bob', 'alice.smith'],
      'SMITH ALI': ['alice.smith'],
      mith: [],
      'alice.smith@': ['alice.smith'],
      'odd.example': ['bob', 'alice.smith'],
      'bob@odd.example': ['bob'],
      [String(ids.bob)]: ['bob'],
      É: ['élodie'],
      '100%': ['élodie'],
      '%': [],
      _: [],
      '\\': [],
      "'": [],
      '@': [],
      '(?:a+)+$': [],
    };
    for (const [search, names] of Object.entries(looked))
      expect([search, await found(site, `search=${encodeURIComponent(search)}`)]).toEqual([search, names]);
    // Other names, other words.
    const rename = { username: 'carol', profile: { fullName: 'Carol Jones' } };
    await world.app.store.transaction((store) => store.accounts.change(ids.bob ?? 0, rename));
    expect([await found(site, 'search=smithson'), await found(site, 'search=jones')]).toEqual([
      [],
      ['carol'],
    ]);
    expect((await site.get(`${USERS}?search=${'x'.repeat(201)}`)).status).toBe(400);
  });

  test('is filtered by all that staff ask about, and by no secret [S-02]', async ({ world }) => {
    const site = await staff(world, 'boss', 'superuser');
    const ids = await people(world, { alice: '', bob: '', carol: '' });
    await site.stepUp();
    await site.ask('PATCH', `${USERS}${ids.alice}/`, { verified: true, is_active: false });
    await site.ask('POST', USERS, { username: 'dora' });
    world.pass(1200);
    await logIn(world, 'bob');
    const asked: Record<string, string[]> = {
      'is_active=false': ['alice'],
      'is_active=true&ordering=username': ['bob', 'boss', 'carol', 'dora'],
      'is_staff=true': ['boss'],
      'is_superuser=false&is_staff=false&ordering=id': ['alice', 'bob', 'carol', 'dora'],
      'verified=true': ['alice'],
      'verified=false&is_active=false': [],
      'has_usable_password=false': ['dora'],
      'has_usable_password=true&ordering=-username': ['carol', 'boss', 'bob', 'alice'],
      'hash=argon2&ordering=email': ['boss', 'alice', 'bob', 'carol'],
      'hash=md5': [],
      'last_login=never&ordering=username': ['alice', 'carol', 'dora'],
      'last_login_after=2026-01-05T09:20:00Z': ['bob'],
      'last_login_before=2026-01-05T09:20:00Z': ['boss'],
      'joined_after=2026-01-05T09:03:00Z&is_staff=false': ['dora', 'carol'],
      'joined_before=2026-01-05T09:02:00Z&search=alice': ['alice'],
      'group=1': [],
    };
    for (const [query, names] of Object.entries(asked)) {
      expect([query, await found(site, query)]).toEqual([query, names]);
      const { json } = await site.get(`${USERS}count/?${query.replace(/&?ordering=[^&]*/, '')}`);
      expect([query, json]).toEqual([query, { count: names.length }]);
    }
    const wrong = await site.get(`${USERS}?password=x&is_active=maybe&ordering=password&group=-1&hash=!`);
    expect([wrong.status, Object.keys(wrong.json).sort()]).toEqual([
      400,
      ['group', 'hash', 'is_active', 'ordering', 'password'],
    ]);
    expect((await site.get(`${USERS}count/?ordering=id`)).status).toBe(400);
  });

  test('is turned over page by page in any order, there and back [A-11]', async ({ world }) => {
    const site = await staff(world, 'boss', ['view_user']);
    await people(world, { anna: '', Bert: '', cleo: '', dirk: '', emma: '' });
    const path = (address: string) => address.replace('http://127.0.0.1', '');
    for (const ordering of ['-id', 'username', '-last_login']) {
      const all = await found(site, `ordering=${ordering}`);
      const pages: string[][] = [];
      let page = await site.get(`${USERS}?ordering=${ordering}&page_size=2`);
      for (pages.push(namesIn(page)); page.json.next !== null; pages.push(namesIn(page)))
        page = await site.get(path(page.json.next));
      expect([ordering, pages.flat(), pages.length]).toEqual([ordering, all, 3]);
      const back: string[][] = [];
      for (; page.json.previous !== null; back.unshift(namesIn(page)))
        page = await site.get(path(page.json.previous));
      expect(back.flat()).toEqual(all.slice(0, 4));
      const cursor = new URL(page.json.next).searchParams.get('cursor');
      const other = await site.get(`${USERS}?ordering=email&cursor=${cursor}`);
      expect([other.status, other.json]).toEqual([400, { cursor: ['Invalid cursor'] }]);
    }
    for (const size of ['0', '201', '1.5'])
      expect([size, (await site.get(`${USERS}?page_size=${size}`)).status]).toEqual([size, 400]);
  });

  test('goes into a spreadsheet as text, never as a formula [A-07]', async ({ world }) => {
    const site = await staff(world, 'boss', ['view_user', 'view_auditevent']);
    const cells = ['=1+1', '+1', '-1', '@x', ' =1', '＝1', 'a"b', 'a;b', 'plain'];
    await people(world, Object.fromEntries(cells.map((cell, i) => [`user${i}`, cell])));
    const reply = await site.ask('GET', `${USERS}export/?is_staff=false`, undefined, { Accept: 'text/csv' });
    expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="users.csv"');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const [head, ...lines] = reply.text.trimEnd().split('\r\n');
    expect(head).toMatch(/^id,username,email,full_name,is_active/);
    expect(lines.map((line) => line.replace(/^.*?example,(.*?),true,false.*$/, '$1'))).toEqual([
      `"'=1+1"`,
      `"'+1"`,
      `"'-1"`,
      `"'@x"`,
      `"' =1"`,
      `"'＝1"`,
      '"a""b"',
      '"a;b"',
      'plain',
    ]);
    const { json } = await site.get('/api/admin/audit/?event=users_exported');
    expect(json.results).toMatchObject([{ actor: { username: 'boss' } }]);
  });
});

describe('an account', () => {
  test('is changed field by field, and what changed is remembered with who did it [A-17]', async ({
    world,
  }) => {
    const site = await staff(world, 'boss', ['view_user', 'change_user', 'view_auditevent']);
    const { alice } = await people(world, { alice: 'Alice', bob: '' });
    const changes = { username: 'alicia', full_name: 'Alicia', bio: 'Hello', verified: true };
    const changed = await site.ask('PATCH', `${USERS}${alice}/`, changes);
    expect([changed.status, changed.json]).toMatchObject([200, { ...changes, id: alice, sessions_live: 0 }]);
    expect(changed.text).not.toContain('argon2id');
    await site.stepUp();
    const moved = await site.ask('PATCH', `${USERS}${alice}/`, { email: 'new@Example.com' });
    expect(moved.json).toMatchObject({ email: 'new@example.com', verified: false });
    const [, first] = (await site.get(`${USERS}${alice}/history/`)).json.results;
    expect(first).toMatchObject({
      event: 'account_changed',
      actor: { username: 'boss' },
      detail: { fields: ['username', 'fullName', 'bio', 'verified'], changes: { verified: [false, true] } },
    });
    await site.ask('PATCH', `${USERS}${alice}/`, { username: 'alicia' });
    expect((await events(site, alice ?? 0)).length).toBe(2);
    const taken = await site.ask('PATCH', `${USERS}${alice}/`, { username: 'BOB', bio: 'Lost' });
    expect([taken.status, taken.json]).toEqual([
      400,
      { username: ['A user with that username already exists.'] },
    ]);
    expect((await site.get(`${USERS}${alice}/`)).json.bio).toBe('Hello');
    for (const path of ['999/', '0/', '-1/', '1.0/', 'NaN/', '999/history/'])
      expect([path, (await site.get(USERS + path)).status]).toEqual([path, 404]);
  });

  test('of a superuser, or of staff who may more, is out of reach of other staff [A-03]', async ({
    world,
  }) => {
    await make(world, 'root', 'superuser');
    const root = (await world.app.store.accounts.byLoginName('root'))?.id;
    const chief = await make(world, 'chief', ['change_user', 'delete_user']);
    const alice = await make(world, 'alice', 'ordinary');
    const site = await staff(world, 'clerk', ['view_user', 'change_user', 'delete_session', 'add_user']);
    const refused = async (method: string, path: string, body: unknown) => {
      const { status, json } = await site.ask(method, USERS + path, body);
      return [status, json?.code];
    };
    for (const id of [root, chief]) {
      expect(await refused('PATCH', `${id}/`, { email: 'mine@example.com' })).toEqual([
        403,
        'permission_denied',
      ]);
      expect(await refused('POST', `${id}/send-reset/`, {})).toEqual([403, 'permission_denied']);
      expect(await refused('POST', `${id}/sessions/end/`, {})).toEqual([403, 'permission_denied']);
    }
    expect(await refused('PATCH', `${alice}/`, { is_staff: true })).toEqual([403, 'permission_denied']);
    expect(await refused('PATCH', `${alice}/`, { permissions: ['view_user'] })).toEqual([
      403,
      'step_up_required',
    ]);
    await site.stepUp();
    expect(await refused('PATCH', `${alice}/`, { permissions: ['delete_user'] })).toEqual([
      403,
      'permission_denied',
    ]);
    expect(await refused('POST', '', { username: 'eve', is_superuser: true })).toEqual([
      403,
      'permission_denied',
    ]);
    const granted = await site.ask('PATCH', `${USERS}${alice}/`, { permissions: ['view_user'] });
    expect(granted.json.permissions).toEqual(['view_user']);
    const bulk = await site.ask('POST', `${USERS}bulk/`, { action: 'deactivate', ids: [root, chief, alice] });
    expect(bulk.json).toMatchObject({
      changed: 1,
      skipped: [{ id: root, reason: 'permission_denied' }, { id: chief }],
    });
    expect(await refused('POST', 'bulk/', { action: 'delete', ids: [alice] })).toEqual([
      403,
      'permission_denied',
    ]);
  });

  test('is created without a password, which a link sets that is given or sent', async ({ world }) => {
    const site = await staff(world, 'boss', ['view_user', 'add_user', 'view_auditevent']);
    const { status, json } = await site.ask('POST', USERS, { username: 'alice', full_name: 'Alice' });
    expect([status, json]).toMatchObject([
      201,
      { username: 'alice', has_usable_password: false, hash: null },
    ]);
    const [, uid, token] = /\/([\w-]+)\/([\w-]{43})$/.exec(json.set_up_link) ?? [];
    const set = (link: object) =>
      world.post('/api/password/reset/confirm/', { ...link, new_password: 'An0ther!Secret' });
    expect([(await set({ uid, token })).status, (await set({ uid, token })).status]).toEqual([200, 400]);
    expect(await logIn(world, 'alice', 'An0ther!Secret')).toBe('in');
    expect((await site.get(`${USERS}${json.id}/`)).json.verified).toBe(false);
    const sent = { username: 'bob', email: 'bob@example.com', send_set_up_link: true };
    const bob = await site.ask('POST', USERS, sent);
    expect(bob.json.set_up_link).toBe(null);
    const [letter] = await boxOf(world.app).collect();
    expect([letter?.to, letter?.subject]).toEqual(['bob@example.com', 'Set your password']);
    expect((await set(linkIn(letter))).status).toBe(200);
    expect((await site.get(`${USERS}${bob.json.id}/`)).json.verified).toBe(true);
    expect((await site.ask('POST', USERS, sent)).json).toHaveProperty('username');
    expect((await site.ask('POST', USERS, { username: 'eve', send_set_up_link: true })).json).toHaveProperty(
      'email',
    );
    expect(await events(site, bob.json.id)).toContainEqual(['account_created', 'boss']);
  });

  test('that is created without rights wants no password again, also when it is said that it has none', async ({
    world,
  }) => {
    const site = await staff(world, 'boss', 'superuser');
    world.pass(6 * 60);
    const none = { is_staff: false, is_superuser: false, groups: [], permissions: [] };
    const made = await site.ask('POST', USERS, { username: 'alice', ...none });
    expect(made.status).toBe(201);
    const asked = await site.ask('POST', USERS, { username: 'bob', ...none, is_staff: true });
    expect([asked.status, asked.json.code]).toEqual([403, 'step_up_required']);
  });

  test('can be told to have a new password, and then nobody logs in before a link has set one', async ({
    world,
  }) => {
    const site = await staff(world, 'boss', ['view_user', 'change_user', 'view_session', 'delete_session']);
    const { alice } = await people(world, { alice: '' });
    expect(await logIn(world, 'alice')).toBe('in');
    await site.ask('POST', `${USERS}${alice}/require-new-password/`, { required: true });
    expect(await logIn(world, 'alice')).toBe('new_password_required');
    expect(await logIn(world, 'alice', 'wrong')).toBe('No active account found with the given credentials');
    const sent = await site.ask('POST', `${USERS}${alice}/send-reset/`, {});
    expect([sent.status, sent.json]).toEqual([200, { sent_to: 'alice@odd.example' }]);
    const [letter] = await boxOf(world.app).collect();
    const link = { ...linkIn(letter), new_password: 'An0ther!Secret' };
    expect((await world.post('/api/password/reset/confirm/', link)).status).toBe(200);
    expect(await logIn(world, 'alice', 'An0ther!Secret')).toBe('in');
    const verified = await site.ask('POST', `${USERS}${alice}/send-verification/`, {});
    expect([verified.status, verified.json]).toEqual([
      400,
      { verified: ['This address is verified already.'] },
    ]);
  });

  test('loses its sessions, one or all, and gets another password', async ({ world }) => {
    const site = await staff(world, 'boss', 'superuser');
    const { alice } = await people(world, { alice: '' });
    for (let i = 0; i < 3; i += 1) await logIn(world, 'alice');
    const path = `${USERS}${alice}/sessions/`;
    const [session] = (await site.get(path)).json;
    expect((await site.get(`${USERS}${alice}/tokens/`)).json.results.length).toBe(3);
    expect((await site.ask('DELETE', `${path}${session.id}/`)).status).toBe(204);
    expect((await site.ask('DELETE', `${path}${session.id}/`)).status).toBe(404);
    expect((await site.ask('POST', `${path}end/`, {})).json).toEqual({ ended: 2 });
    expect((await site.get(path)).json).toEqual([]);
    const set = `${USERS}${alice}/set-password/`;
    expect((await site.ask('POST', set, { password: 'An0ther!Secret' })).json.code).toBe('step_up_required');
    await site.stepUp();
    expect((await site.ask('POST', set, { password: 'alice' })).status).toBe(400);
    expect((await site.ask('POST', set, { password: 'An0ther!Secret' })).json).toEqual({ ended: 0 });
    expect(await logIn(world, 'alice', 'An0ther!Secret')).toBe('in');
    expect((await events(site, alice ?? 0, 'events')).slice(0, 4)).toEqual([
      ['logged_in', 'alice'],
      ['password_changed', 'boss'],
      ['sessions_ended', 'boss'],
      ['session_ended', 'boss'],
    ]);
  });

  test('is deleted after it was shown what goes with it, but never one’s own [A-05]', async ({ world }) => {
    const site = await staff(world, 'boss', 'superuser');
    const ids = await people(world, { alice: '', bob: '', carol: '' });
    await logIn(world, 'alice');
    const { json } = await site.get(`${USERS}${ids.alice}/deletion/`);
    expect(json).toEqual({
      username: 'alice',
      sessions: 1,
      tokens: 0,
      groups: 0,
      permissions: 0,
      picture: false,
    });
    expect((await site.ask('DELETE', `${USERS}${ids.alice}/`)).json.code).toBe('step_up_required');
    await site.stepUp();
    expect((await site.ask('DELETE', `${USERS}${ids.alice}/`)).status).toBe(204);
    const boss = (await site.get('/api/admin/session/')).json.user.id;
    const all = { action: 'delete', ids: [ids.alice, ids.bob, ids.carol, boss] };
    const bulk = await site.ask('POST', `${USERS}bulk/`, all);
    expect([bulk.status, bulk.json]).toEqual([
      200,
      {
        changed: 2,
        skipped: [
          { id: boss, reason: 'own_account' },
          { id: ids.alice, reason: 'account_not_found' },
        ],
      },
    ]);
    expect((await site.ask('DELETE', `${USERS}${boss}/`)).json.code).toBe('own_account');
    expect((await site.ask('PATCH', `${USERS}${boss}/`, { is_superuser: false })).json.code).toBe(
      'own_account',
    );
    expect(await found(site, 'search=alice')).toEqual([]);
    const removed = await site.get('/api/admin/audit/?event=account_removed');
    expect(removed.json.results.map((one: { user: { id: number } }) => one.user.id).sort()).toEqual(
      [ids.alice, ids.bob, ids.carol].sort(),
    );
  });
});
