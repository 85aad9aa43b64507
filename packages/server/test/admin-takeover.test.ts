import { describe, expect } from 'vitest';
import { deleteAccount } from '../src/domain/accounts/delete.ts';
import { renameAccount } from '../src/domain/accounts/rename.ts';
import type { Actor } from '../src/domain/actor.ts';
import { asStaff, type Staff } from '../src/domain/admin/staff.ts';
import { mailUser, setUserPassword } from '../src/domain/admin/users/help.ts';
import { removeUser } from '../src/domain/admin/users/remove.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { make, PASSWORD, staff } from './support/admin.ts';
import { boxOf } from './support/mail.ts';
import { test, type World } from './support/world.ts';

const USERS = '/api/admin/users/';

/** Gives an account an address, behind the back of everybody. */
const giveEmail = (world: World, id: number, email: string, verified: boolean) =>
  world.app.store.transaction((store) => store.accounts.change(id, { email, profile: { verified } }));

describe('with a stolen session of the admin site', () => {
  test('nobody gets an account by giving it an e-mail of his own, nor the password that he would step up with [A-16]', async ({
    world,
  }) => {
    const clerk = await make(world, 'alice', 'ordinary');
    const site = await staff(world, 'boss', ['view_user', 'change_user']);
    const boss = (await site.get('/api/admin/session/')).json.user.id;
    await giveEmail(world, boss, 'boss@example.com', true);
    await giveEmail(world, clerk, 'alice@example.com', false);
    for (const id of [boss, clerk]) {
      const { status, json } = await site.ask('PATCH', `${USERS}${id}/`, { email: 'thief@example.com' });
      expect([status, json.code]).toEqual([403, 'step_up_required']);
    }
    // what changes nothing asks for nothing
    const same = { email: 'boss@example.com', bio: 'The boss' };
    expect((await site.ask('PATCH', `${USERS}${boss}/`, same)).status).toBe(200);

    await site.stepUp();
    for (const [id, email] of [
      [boss, 'new@example.com'],
      [clerk, 'other@example.com'],
    ])
      expect((await site.ask('PATCH', `${USERS}${id}/`, { email })).json.email).toBe(email);
    // the address that was verified is told; that of Alice may be anybody's
    expect((await boxOf(world.app).collect()).map(({ to, subject }) => [to, subject])).toEqual([
      ['boss@example.com', 'Your e-mail address was changed'],
    ]);
  });
});

/** The application, but that something happens after so many transactions, just before the next. */
function meanwhile(app: App, transactions: number, happens: () => Promise<unknown>): App {
  let begun = 0;
  return {
    ...app,
    store: {
      ...app.store,
      async transaction(work) {
        if (begun++ === transactions) await happens();
        return app.store.transaction(work);
      },
    },
  };
}

type Clerk = Actor & { readonly staff: Staff };

/** What staff do to an account, each after so many transactions that look first. */
const DEEDS: readonly (readonly [
  name: string,
  looks: number,
  deed: (app: App, clerk: Clerk, id: number) => Promise<unknown>,
])[] = [
  [
    'set a password',
    1,
    (app, { staff }, id) => setUserPassword(app, staff, id, 'An0ther-secret-x', COMMAND_LINE),
  ],
  ['mail a link', 1, (app, { staff }, id) => mailUser(app, staff, id, 'reset_password', COMMAND_LINE)],
  ['delete in the admin', 1, (app, { staff }, id) => removeUser(app, staff, id, COMMAND_LINE)],
  ['delete as djoser does', 0, (app, clerk, id) => deleteAccount(app, clerk, id, PASSWORD, COMMAND_LINE)],
  ['rename as djoser does', 0, (app, clerk, id) => renameAccount(app, clerk, id, 'alicia', COMMAND_LINE)],
];

test.for(DEEDS)(
  'who is made a superuser at the last moment is out of reach of staff who were about to %s [A-03, ASVS 2.3.4]',
  async ([_name, looks, deed], { world }) => {
    const { app } = world;
    await make(world, 'boss', 'superuser');
    const id = await make(world, 'alice', 'ordinary');
    await giveEmail(world, id, 'alice@example.com', true);
    const clerkId = await make(world, 'clerk', ['view_user', 'change_user', 'delete_user']);
    const actor = { id: clerkId, username: 'clerk', isStaff: true, isSuperuser: false, sessionId: undefined };
    const clerk = await asStaff(app, actor, 'any');
    if (!clerk.ok) throw new Error(clerk.reason);
    const rise = () =>
      app.store.transaction((store) => store.accounts.change(id, { isStaff: true, isSuperuser: true }));
    const before = await app.store.accounts.byId(id);
    const outcome = await deed(meanwhile(app, looks, rise), { ...actor, staff: clerk.value }, id);
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/permission_denied|not_permitted/) });
    expect(await app.store.accounts.byId(id)).toEqual({ ...before, isStaff: true, isSuperuser: true });
    expect(await boxOf(app).collect()).toEqual([]);
  },
);
