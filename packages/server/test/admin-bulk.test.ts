import { expect } from 'vitest';
import { make, PASSWORD, staff } from './support/admin.ts';
import { test } from './support/world.ts';

const USERS = '/api/admin/users/';

test('who ends the sessions of many keeps the one he is in', async ({ world }) => {
  const site = await staff(world, 'boss', ['view_user', 'delete_session']);
  const alice = await make(world, 'alice', 'ordinary');
  const boss = (await world.app.store.accounts.byLoginName('boss'))?.id;
  const body = { action: 'end_sessions', ids: [boss, alice] };
  const { json } = await site.ask('POST', `${USERS}bulk/`, body);
  expect(json).toEqual({ changed: 1, skipped: [{ id: boss, reason: 'own_account' }] });
  expect((await site.get(USERS)).status).toBe(200);
});

test('what is done to many is done to each, with its own note', async ({ world }) => {
  const site = await staff(world, 'boss', ['view_user', 'change_user', 'view_auditevent']);
  const ids = [await make(world, 'alice', 'ordinary'), await make(world, 'bob', 'ordinary')];
  const bulk = (action: string, of: readonly unknown[] = ids) =>
    site.ask('POST', `${USERS}bulk/`, { action, ids: of });
  expect((await bulk('verify')).json).toEqual({ changed: 2, skipped: [] });
  expect((await bulk('verify')).json.skipped.map((one: { reason: string }) => one.reason)).toEqual([
    'unchanged',
    'unchanged',
  ]);
  expect((await bulk('deactivate')).json.changed).toBe(2);
  const logIn = () => world.post('/api/token/', { username: 'alice', password: PASSWORD });
  expect((await logIn()).status).toBe(401);
  expect((await bulk('activate')).json.changed).toBe(2);
  expect((await logIn()).status).toBe(200);
  const { results } = (await site.get(`${USERS}${ids[1]}/history/`)).json;
  const who = results.map((one: { event: string; actor: { username: string } | null }) => [
    one.event,
    one.actor?.username,
  ]);
  expect(who.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ['account_changed', 'boss']));
  expect((await bulk('erase')).json).toHaveProperty('action');
  expect((await bulk('verify', ['1;2'])).status).toBe(400);
  const tooMany = Array.from({ length: 1001 }, (_, i) => i + 1);
  expect((await bulk('verify', tooMany)).status).toBe(400);
});
