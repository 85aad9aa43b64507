import { describe, expect } from 'vitest';
import { changeRights, withinReach } from '../src/domain/admin/grants.ts';
import { asStaff } from '../src/domain/admin/staff.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { make, staff } from './support/admin.ts';
import { test, type World } from './support/world.ts';

const GROUPS = '/api/admin/groups/';

const eventsOf = async ({ app }: World) => (await app.store.audit.list(20)).map(({ event }) => event);

const boss = async (world: World) => {
  const site = await staff(world, 'boss', 'superuser');
  await site.stepUp();
  return site;
};

/** What the staff of this name may, as a use case is given it. */
async function staffNamed({ app }: World, username: string) {
  const account = await app.store.accounts.byLoginName(username);
  if (account === undefined) throw new Error(`there is no ${username}`);
  const found = await asStaff(app, { ...account, sessionId: undefined }, 'any');
  if (!found.ok) throw new Error(`${username} is no staff`);
  return found.value;
}

describe('groups', () => {
  test('are made, listed, renamed, given other permissions and deleted, and all of it is remembered', async ({
    world,
  }) => {
    const site = await boss(world);
    const made = await site.ask('POST', GROUPS, {
      name: 'Support',
      permissions: ['view_user', 'view_session'],
    });
    expect([made.status, made.json]).toEqual([
      201,
      {
        id: expect.any(Number),
        name: 'Support',
        permissions: ['view_user', 'view_session'],
        version: expect.any(String),
      },
    ]);
    const one = `${GROUPS}${made.json.id}/`;
    await site.ask('POST', GROUPS, { name: 'Auditors' });
    const list = await site.get(`${GROUPS}?search=SUPP`);
    expect(list.json).toEqual({ next: null, previous: null, results: [made.json] });
    const page = await site.get(`${GROUPS}?page_size=1`);
    expect(page.json.results).toEqual([made.json]);
    const next = new URL(page.json.next, 'http://127.0.0.1');
    expect((await site.get(next.pathname + next.search)).json).toMatchObject({
      next: null,
      results: [{ name: 'Auditors', permissions: [] }],
    });
    const changed = await site.ask('PATCH', one, {
      name: 'Help desk',
      permissions: ['view_user', 'change_user'],
    });
    expect(changed.json).toMatchObject({
      id: made.json.id,
      name: 'Help desk',
      permissions: ['view_user', 'change_user'],
    });
    expect((await site.get(one)).json).toEqual(changed.json);
    expect((await site.ask('DELETE', one)).status).toBe(204);
    expect((await site.get(one)).status).toBe(404);
    expect((await site.ask('DELETE', one)).status).toBe(404);
    const events = (await eventsOf(world)).filter(({ event }) => event.startsWith('group_'));
    expect(events.slice(0, 2)).toMatchObject([
      { event: 'group_removed', name: 'Help desk' },
      {
        event: 'group_changed',
        name: 'Help desk',
        oldName: 'Support',
        granted: ['latchkey.change_user'],
        taken: ['latchkey.view_session'],
      },
    ]);
  });

  test('a name that is taken, an unknown permission and what is no list are faults of their fields', async ({
    world,
  }) => {
    const site = await boss(world);
    const { json } = await site.ask('POST', GROUPS, { name: 'One' });
    await site.ask('POST', GROUPS, { name: 'Two' });
    const faults = [
      [await site.ask('POST', GROUPS, { name: 'One' }), { name: ['Group with this Name already exists.'] }],
      [
        await site.ask('PATCH', `${GROUPS}${json.id}/`, { name: 'Two' }),
        { name: [expect.stringMatching('already')] },
      ],
      [
        await site.ask('POST', GROUPS, { name: 'Three', permissions: ['auth.view_user'] }),
        { permissions: ['"auth.view_user" is not a valid choice.'] },
      ],
      [
        await site.ask('POST', GROUPS, { permissions: 'view_user' }),
        { name: ['This field is required.'], permissions: ['Expected a list of items but got type "str".'] },
      ],
    ] as const;
    for (const [reply, wanted] of faults) expect([reply.status, reply.json]).toEqual([400, wanted]);
    for (const id of ['0', '-1', '1.0', '1;2', 'NaN', '99999999999999999999', '999', '%31'])
      expect((await site.get(`${GROUPS}${id}/`)).status, id).toBe(404);
    for (const query of ['page_size=0', 'page_size=201', 'cursor=a!', 'ordering=name', 'search=%00'])
      expect((await site.get(`${GROUPS}?${query}`)).status, query).toBe(400);
    expect((await site.get(`${GROUPS}?search=${encodeURIComponent('%_\\')}`)).json.results).toEqual([]);
  });

  test('what a group holds for a Django project alone opens nothing, is not shown, and stays', async ({
    world,
  }) => {
    const site = await boss(world);
    const { db } = world.lent.database;
    const { id } = await db
      .insertInto('groups')
      .values({ name: 'Editors', base: '[]' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const held = ['shop.change_group', 'auth.view_user', 'api.change_user'];
    await db
      .insertInto('group_permissions')
      .values(held.map((permission) => ({ group_id: id, permission })))
      .execute();
    expect((await site.get(`${GROUPS}${id}/`)).json.permissions).toEqual(['view_user', 'change_user']);
    await site.ask('PATCH', `${GROUPS}${id}/`, { permissions: ['view_user', 'view_key'] });
    const rows = await db
      .selectFrom('group_permissions')
      .select('permission')
      .where('group_id', '=', id)
      .execute();
    expect(rows.map(({ permission }) => permission).sort()).toEqual([
      'auth.view_user',
      'latchkey.view_key',
      'shop.change_group',
    ]);
  });

  test('nobody makes or changes one beyond what he holds himself [A-03]', async ({ world }) => {
    const all = await boss(world);
    const rights = ['view_user', 'view_group', 'add_group', 'change_group', 'delete_group'] as const;
    const clerk = await staff(world, 'clerk', rights);
    await clerk.stepUp();
    const own = await clerk.ask('POST', GROUPS, { name: 'Own', permissions: ['view_user'] });
    expect(own.status).toBe(201);
    const high = await all.ask('POST', GROUPS, { name: 'High', permissions: ['view_user', 'change_key'] });
    const denied = [
      await clerk.ask('POST', GROUPS, { name: 'More', permissions: ['view_user', 'delete_user'] }),
      await clerk.ask('PATCH', `${GROUPS}${own.json.id}/`, { permissions: ['view_user', 'change_user'] }),
      await clerk.ask('PATCH', `${GROUPS}${high.json.id}/`, { permissions: ['view_user'] }),
      await clerk.ask('DELETE', `${GROUPS}${high.json.id}/`),
    ];
    for (const { status, json } of denied) expect([status, json.code]).toEqual([403, 'permission_denied']);
    expect((await all.get(GROUPS)).json.results.map(({ name }: { name: string }) => name)).toEqual([
      'Own',
      'High',
    ]);
    expect((await clerk.ask('DELETE', `${GROUPS}${own.json.id}/`)).status).toBe(204);
  });
});

describe('the rights of an account [A-03]', () => {
  const change = (world: World, by: Awaited<ReturnType<typeof staffNamed>>, id: number, changes: object) =>
    world.app.store.transaction((store) =>
      changeRights(store, by, id, changes, { clock: world.app.clock, origin: COMMAND_LINE }),
    );

  test('a superuser gives and takes any; what changed is one event', async ({ world }) => {
    const site = await boss(world);
    const group = await site.ask('POST', GROUPS, { name: 'Support', permissions: ['view_user'] });
    const id = await make(world, 'clerk', ['view_key']);
    const by = await staffNamed(world, 'boss');
    expect(
      await change(world, by, id, { groups: [group.json.id], permissions: ['view_setting'] }),
    ).toMatchObject({
      ok: true,
    });
    const clerk = await staffNamed(world, 'clerk');
    expect([...clerk.permissions]).toEqual(['view_user', 'view_setting']);
    expect((await eventsOf(world))[0]).toEqual({
      event: 'rights_changed',
      userId: id,
      actorId: undefined,
      joined: ['Support'],
      left: [],
      granted: ['latchkey.view_setting'],
      taken: ['latchkey.view_key'],
    });
    const before = (await eventsOf(world)).length;
    await change(world, by, id, { groups: [group.json.id] });
    expect(await eventsOf(world)).toHaveLength(before);
    expect(await change(world, by, id, { groups: [group.json.id, 999] })).toMatchObject({
      reason: 'faulty_fields',
      faults: { groups: [{ code: 'group_unknown', id: 999 }] },
    });
  });

  test('that is made as staff or as a superuser stand in the event of that [A-17]', async ({ world }) => {
    const site = await boss(world);
    for (const flags of [{}, { is_staff: true }, { is_staff: true, is_superuser: true }]) {
      const username = `user${Object.keys(flags).length}`;
      expect((await site.ask('POST', '/api/admin/users/', { username, ...flags })).status).toBe(201);
    }
    const made = (await eventsOf(world)).filter(({ event }) => event === 'account_created').reverse();
    const given = [false, true];
    expect(made.map((event) => ('changes' in event ? event.changes : undefined))).toEqual([
      undefined,
      { isStaff: given },
      { isStaff: given, isSuperuser: given },
    ]);
  });

  test('others hand out and take only what they hold, put into no group that holds more, and never change their own', async ({
    world,
  }) => {
    const site = await boss(world);
    const high = await site.ask('POST', GROUPS, { name: 'High', permissions: ['change_key'] });
    const low = await site.ask('POST', GROUPS, { name: 'Low', permissions: ['view_user'] });
    const clerkId = await make(world, 'clerk', ['view_user', 'change_user']);
    const id = await make(world, 'alice', ['view_key']);
    const clerk = await staffNamed(world, 'clerk');
    expect(await change(world, clerk, id, { groups: [low.json.id] })).toMatchObject({ ok: true });
    const both = ['view_key', 'view_user'];
    expect(await change(world, clerk, id, { permissions: both })).toMatchObject({ ok: true });
    for (const [whose, changes] of [
      [id, { groups: [high.json.id] }],
      [id, { permissions: [...both, 'delete_user'] }],
      [id, { permissions: ['view_user'] }],
      [clerkId, { groups: [low.json.id] }],
      [clerkId, { permissions: ['view_user'] }],
    ] as const)
      expect(await change(world, clerk, whose, changes)).toMatchObject({ reason: 'permission_denied' });
  });

  test('no superuser is within the reach of others, and no staff who may more than they', async ({
    world,
  }) => {
    const ids = {
      boss: await make(world, 'boss', 'superuser'),
      clerk: await make(world, 'clerk', ['change_user', 'view_user']),
      lesser: await make(world, 'lesser', ['view_user']),
      greater: await make(world, 'greater', ['view_user', 'change_key']),
      user: await make(world, 'user', 'ordinary'),
    };
    const reach = async (name: string) => {
      const by = await staffNamed(world, name);
      const found: string[] = [];
      for (const [whose, id] of Object.entries(ids)) {
        const outcome = await world.app.store.transaction((store) => withinReach(store, by, id));
        if (outcome.ok) found.push(whose);
      }
      return found;
    };
    expect(await reach('clerk')).toEqual(['clerk', 'lesser', 'user']);
    expect(await reach('boss')).toEqual(Object.keys(ids));
    const by = await staffNamed(world, 'boss');
    expect(await world.app.store.transaction((store) => withinReach(store, by, 999))).toMatchObject({
      reason: 'account_not_found',
    });
  });
});
