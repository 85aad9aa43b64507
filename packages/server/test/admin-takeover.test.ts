import { describe, expect } from 'vitest';
import { make, staff } from './support/admin.ts';
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
