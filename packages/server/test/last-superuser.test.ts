import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { asStaff, type Staff } from '../src/domain/admin/staff.ts';
import { actOnUsers } from '../src/domain/admin/users/bulk.ts';
import { changeUser } from '../src/domain/admin/users/change.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import type { AccountChanges } from '../src/domain/store.ts';
import { make, PASSWORD } from './support/admin.ts';
import { changeAccount } from './support/change-account.ts';
import { addAccount, tally } from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';
import { test } from './support/world.ts';

const LOSSES: readonly AccountChanges[] = [{ isActive: false }, { isSuperuser: false }, { isStaff: false }];

test('the last active superuser is neither deactivated, demoted nor deleted, by whoever and whichever way [A-05]', async ({
  world,
}) => {
  const { app } = world;
  const id = await make(world, 'boss', 'superuser');
  // These could not bring him back.
  const inactive = await make(world, 'inactive', 'superuser');
  await app.store.transaction((store) => store.accounts.change(inactive, { isActive: false }));
  await make(world, 'clerk', ['change_user']);
  for (const changes of LOSSES)
    expect(await changeAccount(app, id, changes, COMMAND_LINE), JSON.stringify(changes)).toMatchObject({
      reason: 'last_superuser',
    });
  expect(await removeAccount(app, id, COMMAND_LINE)).toMatchObject({ reason: 'last_superuser' });
  const login = await world.post('/api/token/', { username: 'boss', password: PASSWORD });
  const token = login.json.access;
  for (const path of ['/auth/users/me/', `/auth/users/${id}/`]) {
    const reply = await world.ask('DELETE', path, { token, body: { current_password: PASSWORD } });
    expect([reply.status, reply.json.code]).toEqual([400, 'last_superuser']);
  }
  expect(await app.store.accounts.byId(id)).toMatchObject({
    isActive: true,
    isStaff: true,
    isSuperuser: true,
  });
  expect((await changeAccount(app, id, { isActive: true, username: 'chief' }, COMMAND_LINE)).ok).toBe(true);

  await make(world, 'second', 'superuser');
  expect((await changeAccount(app, id, { isSuperuser: false }, COMMAND_LINE)).ok).toBe(true);
  expect((await removeAccount(app, id, COMMAND_LINE)).ok).toBe(true);
  expect((await removeAccount(app, inactive, COMMAND_LINE)).ok).toBe(true);
});

/** How often two superusers take each other's rights at once. */
const DUELS = rounds(25, 1_000);

let shared: SharedDatabase;
let databases: readonly Database[];
let apps: readonly App[];

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  databases = [shared.open(), shared.open()];
  apps = databases.map(appOn);
}, PATIENTLY.timeout);

afterAll(async () => {
  await shared?.remove();
});

/** Each race is about superusers of its own. */
afterEach(async () => {
  await databases[0]?.db.updateTable('users').set({ is_superuser: 0 }).execute();
});

/** Who asks, just after he gave his password again. */
async function superuser(app: App, id: number): Promise<Staff> {
  const sessionId = `of ${id}`;
  await app.store.adminSessions.stepUp(sessionId, id, app.clock.now());
  const actor = { id, username: '', isStaff: true, isSuperuser: true, sessionId };
  const staff = await asStaff(app, actor, 'change_user');
  if (!staff.ok) throw new Error(staff.reason);
  return staff.value;
}

test(
  'of two superusers who take each other’s rights at once, in whichever way, one keeps his [A-05, ASVS 2.3.4]',
  PATIENTLY,
  async () => {
    const [here, there] = apps as [App, App];
    const ids = [(await addAccount(here, 'one')).id, (await addAccount(here, 'two')).id] as const;
    const all = { isActive: true, isStaff: true, isSuperuser: true };
    const raise = (id: number) => here.store.transaction((store) => store.accounts.change(id, all));
    const outcomes = await tally(DUELS, async (round) => {
      for (const id of ids) await raise(id);
      const changes = [LOSSES[round % 3] ?? {}, LOSSES[(round + Math.floor(round / 3)) % 3] ?? {}];
      const staff = await Promise.all(ids.map((id) => superuser(here, id)));
      const fallen = await Promise.all([
        changeUser(here, staff[1] as Staff, ids[0], changes[0] ?? {}, COMMAND_LINE),
        changeUser(there, staff[0] as Staff, ids[1], changes[1] ?? {}, COMMAND_LINE),
      ]);
      const left = await Promise.all(ids.map((id) => here.store.accounts.byId(id)));
      const able = left.filter((one) => one?.isActive && one.isStaff && one.isSuperuser);
      return `fallen: ${fallen.filter(({ ok }) => ok).length}, left: ${able.length}`;
    });
    expect(outcomes).toEqual({ 'fallen: 1, left: 1': DUELS });
  },
);

test(
  'nobody waits for ever when a superuser verifies many accounts while another, who is among them, deactivates one of the others [A-05]',
  PATIENTLY,
  async () => {
    const [here, there] = apps as [App, App];
    // The first account has the lower id: whoever locks many does so in order of id.
    const { id: clerk } = await addAccount(here, 'clerk');
    const ids = [(await addAccount(here, 'three')).id, (await addAccount(here, 'four')).id] as const;
    const all = { isActive: true, isStaff: true, isSuperuser: true };
    for (const id of ids) await here.store.transaction((store) => store.accounts.change(id, all));
    const staff = await Promise.all(ids.map((id) => superuser(here, id)));
    const outcomes = await tally(DUELS, async () => {
      await here.store.transaction((store) => store.accounts.change(clerk, { isActive: true }));
      const [many, one] = await Promise.all([
        actOnUsers(here, staff[0] as Staff, 'verify', [clerk, ids[1]], COMMAND_LINE),
        changeUser(there, staff[1] as Staff, clerk, { isActive: false }, COMMAND_LINE),
      ]);
      return `${many.ok}, ${one.ok}`;
    });
    expect(outcomes).toEqual({ 'true, true': DUELS });
  },
);
