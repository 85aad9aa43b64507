import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { App } from '../src/domain/app.ts';
import { make, PASSWORD, staff } from './support/admin.ts';
import { keepAliveClient } from './support/client.ts';
import {
  addAccount,
  type Pair,
  startPair,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';
import { test, type World } from './support/world.ts';

const USERS = '/api/admin/users/';
const GROUPS = '/api/admin/groups/';

const boss = async (world: World, name = 'boss') => {
  const site = await staff(world, name, 'superuser');
  await site.stepUp();
  return site;
};

describe('an account or a group that was changed after it was read', () => {
  test('is not saved over: who comes second reads what is there now, and saves over that if he wants to [A-14]', async ({
    world,
  }) => {
    const alice = `${USERS}${await make(world, 'alice', 'ordinary')}/`;
    const [one, other] = [await boss(world, 'one'), await boss(world, 'other')];
    const { version } = (await one.get(alice)).json;
    const first = await one.ask('PATCH', alice, { version, full_name: 'Alice One', verified: true });
    expect(first.status).toBe(200);
    const typed = { full_name: 'Alice Two', bio: 'Typed meanwhile' };
    const second = await other.ask('PATCH', alice, { version, ...typed });
    expect([second.status, second.json]).toEqual([
      409,
      {
        detail: 'This was changed after you read it: full_name, verified. Nothing was saved.',
        code: 'changed_meanwhile',
        changed: { full_name: 'Alice One', verified: true },
        version: first.json.version,
      },
    ]);
    expect((await other.get(alice)).json).toEqual(first.json);
    expect((await one.get(`${alice}history/`)).json.results.length).toBe(1);
    const over = await other.ask('PATCH', alice, { version: second.json.version, ...typed });
    expect([over.status, over.json]).toMatchObject([200, { ...typed, verified: true }]);
    expect((await one.get(alice)).json.version).toBe(over.json.version);
  });

  test('is another by everything that a save can change, whoever changed it [A-14]', async ({ world }) => {
    const id = await make(world, 'alice', 'ordinary');
    const site = await boss(world);
    const { id: group } = (await site.ask('POST', GROUPS, { name: 'Support' })).json;
    const token = (await world.post('/api/token/', { username: 'alice', password: PASSWORD })).json.access;
    const { version } = (await site.get(`${USERS}${id}/`)).json;
    const own = { full_name: 'Alice' };
    expect((await world.ask('PATCH', '/api/profile/', { token, body: own })).status).toBe(200);
    const changes = {
      username: 'alicia',
      email: 'a@b.example',
      bio: 'Here',
      is_active: false,
      verified: true,
      is_staff: true,
      is_superuser: true,
      groups: [group],
      permissions: ['view_user'],
    };
    for (const [field, value] of Object.entries(changes))
      expect([field, (await site.ask('PATCH', `${USERS}${id}/`, { [field]: value })).status]).toEqual([
        field,
        200,
      ]);
    const refused = await site.ask('PATCH', `${USERS}${id}/`, { version, bio: 'There' });
    expect(refused.json.changed).toEqual({
      ...changes,
      ...own,
      groups: [{ id: group, name: 'Support' }],
    });
  });

  test('is the same when nothing of it is another: after a login, back and forth, and with a group renamed', async ({
    world,
  }) => {
    const alice = `${USERS}${await make(world, 'alice', 'ordinary')}/`;
    const site = await boss(world);
    const group = (await site.ask('POST', GROUPS, { name: 'Support' })).json;
    await site.ask('PATCH', alice, { groups: [group.id] });
    const { version } = (await site.get(alice)).json;
    await world.post('/api/token/', { username: 'alice', password: PASSWORD });
    for (const is_active of [false, true]) await site.ask('PATCH', alice, { is_active });
    await site.ask('PATCH', `${GROUPS}${group.id}/`, { name: 'Help desk' });
    const saved = await site.ask('PATCH', alice, { version, bio: 'Here' });
    expect([saved.status, saved.json.bio]).toEqual([200, 'Here']);
  });

  test('is saved over by who sends no version, and by nobody with one that says nothing', async ({
    world,
  }) => {
    const alice = `${USERS}${await make(world, 'alice', 'ordinary')}/`;
    const site = await boss(world);
    const { version } = (await site.get(alice)).json;
    expect((await site.ask('PATCH', alice, { bio: 'One' })).status).toBe(200);
    expect((await site.ask('PATCH', alice, { bio: 'Two' })).json.bio).toBe('Two');
    for (const nothing of ['1', '..........', version.slice(1), '*'.repeat(200)]) {
      const reply = await site.ask('PATCH', alice, { version: nothing, bio: 'Three' });
      expect([reply.status, reply.json.changed.username], nothing).toEqual([409, 'alice']);
    }
    expect((await site.ask('PATCH', alice, { version: 'x'.repeat(201) })).json).toHaveProperty('version');
    expect((await site.get(alice)).json.bio).toBe('Two');
  });

  test('tells nobody what is there now who may not change it', async ({ world }) => {
    const id = await make(world, 'chief', 'superuser');
    const clerk = await staff(world, 'clerk', ['change_user']);
    const reply = await clerk.ask('PATCH', `${USERS}${id}/`, { version: 'old', bio: 'x' });
    expect([reply.status, reply.json.code]).toEqual([403, 'permission_denied']);
  });

  test('can be a group: its name and all that it holds were saved together [A-14]', async ({ world }) => {
    const site = await boss(world);
    const made = (await site.ask('POST', GROUPS, { name: 'Support', permissions: ['view_user'] })).json;
    const group = `${GROUPS}${made.id}/`;
    const { version } = (await site.get(group)).json;
    expect(version).toBe(made.version);
    const first = await site.ask('PATCH', group, { version, permissions: ['view_user', 'view_group'] });
    const whole = { name: 'Help desk', permissions: ['view_user'] };
    const second = await site.ask('PATCH', group, { version, ...whole });
    expect([second.status, second.json]).toMatchObject([
      409,
      { changed: { permissions: ['view_user', 'view_group'] }, version: first.json.version },
    ]);
    expect(Object.keys(second.json.changed)).toEqual(['permissions']);
    expect((await site.get(group)).json).toEqual(first.json);
    const over = await site.ask('PATCH', group, { version: second.json.version, ...whole });
    expect([over.status, over.json]).toMatchObject([200, whole]);
  });
});

describe('at two servers', () => {
  /** How often two save what both read. */
  const SAVES = rounds(8, 500);

  const client = keepAliveClient();
  const { login } = tokenRequests(client);
  let shared: SharedDatabase;
  let app: App;
  let pair: Pair;
  let token: string;

  beforeAll(async () => {
    shared = await migratedSharedDatabase();
    app = appOn(shared.open());
    pair = await startPair({ databaseUrl: shared.url });
    const { id } = await addAccount(app, 'boss', PASSWORD);
    const rights = { isStaff: true, isSuperuser: true };
    await app.store.transaction((store) => store.accounts.change(id, rights));
    token = (await login(pair[0], 'boss', PASSWORD)).json.access;
    await client.post(pair[0], '/api/admin/session/step-up/', { password: PASSWORD }, token);
  }, PATIENTLY.timeout);

  afterAll(async () => {
    client.close();
    await Promise.all((pair ?? []).map((server) => server.stop()));
    await shared?.remove();
  });

  /** Two who have read the same each save a value of their own: who is told that he saved, and whose value is there. */
  const race = (path: string, field: string) =>
    tally(SAVES, async (round) => {
      const { version } = (await client.get(pair[0], path, token)).json;
      const replies = await together(pair, 2, async (server, i) => {
        const value = `${round} of ${i}`;
        return { value, ...(await client.patch(server, path, { version, [field]: value }, token)) };
      });
      const saved = replies.find(({ status }) => status === 200)?.value;
      const told = replies.filter(({ status, json }) => status === 409 && json.changed[field] === saved);
      const isThere = (await client.get(pair[1], path, token)).json[field] === saved;
      return `${statusesOf(replies)}; told: ${told.length}; it is there: ${isThere}`;
    });

  const ONE_SAVES = { '1 x 200, 1 x 409; told: 1; it is there: true': SAVES };

  test(
    'of two who save an account that both have read, one does, and the other reads what he saved [A-14]',
    PATIENTLY,
    async () => {
      const { id } = await addAccount(app, 'alice');
      expect(await race(`${USERS}${id}/`, 'full_name')).toEqual(ONE_SAVES);
    },
  );

  test('of two who save a group, too [A-14]', PATIENTLY, async () => {
    const { id } = (await client.post(pair[0], GROUPS, { name: 'Support' }, token)).json;
    expect(await race(`${GROUPS}${id}/`, 'name')).toEqual(ONE_SAVES);
  });
});
