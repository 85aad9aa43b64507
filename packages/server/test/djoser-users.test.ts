import { expect } from 'vitest';
import { storedAs } from '../src/domain/admin/permissions.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn } from './support/forge.ts';
import { test } from './support/oracles.ts';
import { addAccount } from './support/race.ts';
import { loggedIn, type World } from './support/world.ts';

const ME = '/auth/users/me/';
const PASSWORD = { current_password: 'Sup3rSecret!x' };

async function person(world: World, name: string, rights?: { isStaff?: boolean; isSuperuser?: boolean }) {
  const { access: token, refresh } = await loggedIn(world, name);
  const id = Number(claimsIn(token).user_id);
  if (rights) await changeAccount(world.app, id, rights, COMMAND_LINE);
  return { id, token, refresh, path: `/auth/users/${id}/` };
}

test('to who is not of the staff, an id of somebody else is answered as an id of nobody', async ({
  world,
}) => {
  const alice = await person(world, 'alice');
  const boris = await person(world, 'boris');
  const nobody = '/auth/users/4711/';
  for (const [method, body] of [
    ['GET', undefined],
    ['PUT', { username: 'x' }],
    ['PATCH', {}],
    ['DELETE', PASSWORD],
  ] as const) {
    const [his, nobodys] = await Promise.all(
      [boris.path, nobody].map((path) => world.ask(method, path, { body, token: alice.token })),
    );
    expect([his?.status, his?.text]).toEqual([nobodys?.status, nobodys?.text]);
    expect(his?.status).toBe(method === 'DELETE' ? 403 : 404);
  }
  const { json } = await world.get('/auth/users/', { token: alice.token });
  expect(json).toEqual([{ username: 'alice', id: alice.id, email: '' }]);
});

test('staff without rights sees nobody else', async ({ world }) => {
  const { token, id } = await person(world, 'staff', { isStaff: true });
  const boris = await person(world, 'boris');
  expect((await world.get('/auth/users/', { token })).json).toEqual([{ username: 'staff', id, email: '' }]);
  expect((await world.get(boris.path, { token })).status).toBe(404);
  expect((await world.ask('DELETE', boris.path, { token, body: PASSWORD })).status).toBe(404);
});

test('staff with rights renames and, with its own password, deletes others, but no superuser', async ({
  open,
}) => {
  const world = await open({ ACCOUNT_DELETION_GRACE_DAYS: '0' });
  const staff = await person(world, 'staff', { isStaff: true });
  const give = (...rights: Parameters<typeof storedAs>[0][]) =>
    world.app.store.transaction((store) => store.rights.setPermissionsOf(staff.id, rights.map(storedAs)));
  await give('view_user');
  const root = await person(world, 'root', { isStaff: true, isSuperuser: true });
  const boris = await person(world, 'boris');
  const as = (method: string, path: string, body: object) =>
    world.ask(method, path, { body, token: staff.token });
  expect((await as('PATCH', boris.path, { username: 'Boris2' })).status).toBe(403);
  await give('view_user', 'change_user');
  expect((await as('DELETE', boris.path, PASSWORD)).status).toBe(403);
  await give('view_user', 'change_user', 'delete_user');
  expect((await as('PATCH', boris.path, { username: 'Boris2' })).json).toEqual({
    username: 'Boris2',
    id: boris.id,
    email: '',
  });
  expect((await as('PATCH', boris.path, { username: 'ROOT' })).json).toEqual({
    username: ['A user with that username already exists.'],
  });
  expect((await as('DELETE', boris.path, { current_password: 'x' })).status).toBe(400);
  expect((await as('DELETE', boris.path, PASSWORD)).status).toBe(204);
  expect((await as('DELETE', boris.path, PASSWORD)).status).toBe(404);
  expect((await as('PATCH', root.path, { username: 'mine' })).status).toBe(403);
  expect((await as('DELETE', root.path, PASSWORD)).status).toBe(403);
  expect((await world.get(ME, { token: root.token })).json.username).toBe('root');
});

test('a server that serves nothing for staff lets nobody at accounts of others', async ({ open }) => {
  const world = await open({ ADMIN_API: 'off' });
  const root = await person(world, 'root', { isStaff: true, isSuperuser: true });
  const boris = await person(world, 'boris');
  const as = async (method: string, path: string, body?: object) =>
    (await world.ask(method, path, { body, token: root.token })).status;
  const { json } = await world.get('/auth/users/', { token: root.token });
  expect(json).toEqual([{ username: 'root', id: root.id, email: '' }]);
  expect(await as('GET', boris.path)).toBe(404);
  expect(await as('PATCH', boris.path, { username: 'Boris2' })).toBe(404);
  expect(await as('DELETE', boris.path, PASSWORD)).toBe(404);
  expect(await as('PATCH', root.path, { username: 'Root2' })).toBe(200);
});

test('one may keep the own user name or spell it otherwise', async ({ world }) => {
  const { token } = await person(world, 'alice');
  for (const username of ['alice', 'Alice']) {
    const changed = await world.ask('PUT', ME, { body: { username }, token });
    expect([changed.status, changed.json.username]).toEqual([200, username]);
  }
});

test('after the deletion neither token is good, and the name is free', async ({ open }) => {
  const world = await open({ ACCOUNT_DELETION_GRACE_DAYS: '0' });
  const { token, refresh } = await person(world, 'alice');
  expect((await world.ask('DELETE', ME, { body: PASSWORD, token })).status).toBe(204);
  expect((await world.get('/api/dashboard/', { token })).status).toBe(401);
  expect((await world.post('/auth/jwt/refresh/', { refresh })).status).toBe(401);
  expect((await world.post('/auth/jwt/verify/', { token: refresh })).status).toBe(401);
  await person(world, 'alice');
});

test('HEAD is answered as GET, without the body', async ({ world }) => {
  const { token } = await person(world, 'alice');
  const head = await world.ask('HEAD', ME, { token });
  expect([head.status, head.text]).toEqual([200, '']);
  expect((await world.ask('HEAD', ME)).status).toBe(401);
});

test('wrong passwords at a deletion are counted as those of a login', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  const { token } = await person(world, 'alice');
  const statuses: number[] = [];
  for (let i = 0; i < 21; i += 1)
    statuses.push((await world.ask('DELETE', ME, { body: { current_password: 'x' }, token })).status);
  expect(statuses).toEqual([...Array(20).fill(400), 429]);
});

test('in cookie mode no refresh token is in a body under /auth/ either', async ({ open }) => {
  const world = await open({ TOKEN_TRANSPORT: 'cookie' });
  await world.post('/api/register/', { username: 'alice', password: 'Sup3rSecret!x' });
  const made = await world.post('/auth/jwt/create/', { username: 'alice', password: 'Sup3rSecret!x' });
  expect(made.status).toBe(200);
  expect(made.json).not.toHaveProperty('refresh');
  expect(made.headers.getSetCookie().join()).toContain('__Host-latchkey_refresh=');
});

test('in cookie mode the deletion of one’s own account takes the cookie away, that of another does not', async ({
  open,
}) => {
  const world = await open({ TOKEN_TRANSPORT: 'cookie' });
  await addAccount(world.app, 'alice', 'Sup3rSecret!x');
  const { id } = await addAccount(world.app, 'staff', 'Sup3rSecret!x');
  await world.app.store.transaction((store) =>
    store.accounts.change(id, { isStaff: true, isSuperuser: true }),
  );
  await addAccount(world.app, 'bob', 'Sup3rSecret!x');
  const remove = async (username: string, path: string) => {
    const { json } = await world.post('/auth/jwt/create/', { username, password: 'Sup3rSecret!x' });
    const reply = await world.ask('DELETE', path, { body: PASSWORD, token: json.access });
    return [reply.status, reply.headers.getSetCookie()];
  };
  expect(await remove('staff', '/auth/users/3/')).toEqual([204, []]);
  const gone = [expect.stringMatching(/^__Host-latchkey_refresh=;.* Max-Age=0$/)];
  expect(await remove('alice', ME)).toEqual([204, gone]);
});
