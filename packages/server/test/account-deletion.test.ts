import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { deleteAccount } from '../src/domain/accounts/delete.ts';
import { eraseDueAccounts } from '../src/domain/accounts/erase.ts';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { make, PASSWORD, signIn } from './support/admin.ts';
import { boxOf, linkIn } from './support/mail.ts';
import { red, sendPicture, test } from './support/pictures.ts';
import type { World } from './support/world.ts';

const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };
const THIEF = 'thief@example.org';

const account = (world: World, id = 1) => world.app.store.accounts.byId(id);

/** Alice, who is logged in and has no mail waiting. */
async function withAlice(world: World) {
  await world.post('/api/register/', ALICE);
  const box = boxOf(world.app);
  await box.collect();
  const { json } = await world.post('/api/token/', ALICE);
  return { box, access: json.access as string };
}

const deleteOwn = (world: World, token: string) =>
  world.ask('DELETE', '/api/account/', { token, body: { current_password: PASSWORD } });

describe('who knows the password, has changed the e-mail and deletes the account', () => {
  /** The thief's address is that of the account; what the old one is told of it waits. */
  async function stolen(world: World) {
    const { box, access } = await withAlice(world);
    const body = { new_email: THIEF, current_password: PASSWORD };
    await world.post('/api/email/change/', body, { token: access });
    const [letter] = await box.collect();
    expect((await world.post('/api/email/change/confirm/', linkIn(letter))).status).toBe(200);
    return { box, access };
  }

  test('takes from its owner no way back: he gets the link that does, and that to his address stays', async ({
    world,
  }) => {
    const { box, access } = await stolen(world);
    const [notice] = await box.collect();
    await deleteOwn(world, access);
    const letters = await box.collect();
    expect(letters.map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Your account was deleted'],
    ]);
    expect((await world.post('/api/account/take-back/', linkIn(letters[0]))).status).toBe(200);
    expect((await world.post('/api/email/change/revert/', linkIn(notice))).status).toBe(200);
    expect(await account(world)).toMatchObject({ email: ALICE.email, isActive: true });
    expect((await box.collect()).map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Set a new password'],
    ]);
  });

  test('neither before the notice was sent', async ({ world }) => {
    const { box, access } = await stolen(world);
    await deleteOwn(world, access);
    const letters = await box.collect();
    expect(letters.map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Your e-mail address was changed'],
      [ALICE.email, 'Your account was deleted'],
    ]);
    expect((await world.post('/api/email/change/revert/', linkIn(letters[0]))).status).toBe(200);
    expect((await world.post('/api/account/take-back/', linkIn(letters[1]))).status).toBe(200);
    expect(await account(world)).toMatchObject({ email: ALICE.email, isActive: true });
  });

  test('is told himself when nobody can take the change back any more', async ({ world }) => {
    const { box } = await stolen(world);
    await box.collect();
    world.pass(7 * 86_400);
    const { json } = await world.post('/api/token/', { username: 'alice', password: PASSWORD });
    await deleteOwn(world, json.access);
    expect((await box.collect()).map(({ to }) => to)).toEqual([THIEF]);
  });
});

describe('a mail with the way back that waits', () => {
  test('is not sent when staff delete the account as well', async ({ world }) => {
    const { box, access } = await withAlice(world);
    await make(world, 'staff', 'superuser');
    await deleteOwn(world, access);
    const { json } = await world.post('/api/token/', { username: 'staff', password: PASSWORD });
    const body = { current_password: PASSWORD };
    expect((await world.ask('DELETE', '/auth/users/1/', { token: json.access, body })).status).toBe(204);
    expect(await box.collect()).toEqual([]);
    expect((await account(world))?.isActive).toBe(false);
  });

  test('nor when staff deactivate it, who is inactive already', async ({ world }) => {
    const { box, access } = await withAlice(world);
    await make(world, 'staff', 'superuser');
    const site = await signIn(world, 'staff');
    await deleteOwn(world, access);
    expect((await site.ask('PATCH', '/api/admin/users/1/', { is_active: false })).status).toBe(200);
    expect(await box.collect()).toEqual([]);
  });
});

/** The application, in which something happens while a password is checked. */
const beside = ({ app }: World, happens: () => Promise<unknown>): App => ({
  ...app,
  passwords: {
    ...app.passwords,
    async check(...args) {
      await happens();
      return app.passwords.check(...args);
    },
  },
});

test('a picture that came while the password was checked goes with the account', async ({ open, folder }) => {
  const world = await open({ MEDIA_URL: `file:${folder}`, ACCOUNT_DELETION_GRACE_DAYS: '0' });
  const { access } = await withAlice(world);
  const picture = await red().png().toBuffer();
  const app = beside(world, () => sendPicture(world, access, picture));
  const actor = { id: 1, username: 'alice', isStaff: false, isSuperuser: false, sessionId: undefined };
  expect((await deleteAccount(app, actor, 1, PASSWORD, COMMAND_LINE)).ok).toBe(true);
  expect(await account(world)).toBeUndefined();
  expect(readdirSync(join(folder, 'pictures'))).toEqual([]);
});

test('a password that was changed while it was checked deletes nothing; one whose hash was only renewed does', async ({
  world,
}) => {
  const { access } = await withAlice(world);
  const actor = { id: 1, username: 'alice', isStaff: false, isSuperuser: false, sessionId: undefined };
  const once = (happens: () => Promise<unknown>): App => {
    let isOver = false;
    return beside(world, async () => {
      if (!isOver) await happens();
      isOver = true;
    });
  };
  const renewed = { current_password: PASSWORD, new_password: 'An0therSecret!y' };
  const changed = once(() => world.post('/api/password/change/', renewed, { token: access }));
  const refused = await deleteAccount(changed, actor, 1, PASSWORD, COMMAND_LINE);
  expect(refused).toMatchObject({
    reason: 'faulty_fields',
    faults: { current_password: [{ code: 'password_wrong' }] },
  });
  expect(await account(world)).toMatchObject({ isActive: true });
  expect(await world.app.store.audit.list(9, { event: 'account_deletion_asked' })).toEqual([]);

  const upgraded = once(async () => {
    const hash = await world.app.passwords.hash(renewed.new_password);
    if (hash.ok) await world.app.store.accounts.setPassword(1, hash.value);
  });
  const done = await deleteAccount(upgraded, actor, 1, renewed.new_password, COMMAND_LINE);
  expect(done.ok).toBe(true);
  expect(await account(world)).toMatchObject({ isActive: false });
});

/** The application while no picture can be removed. */
function withoutStorage({ app }: World): App {
  const { media } = app;
  if (media === undefined) throw new Error('there are no pictures');
  const remove = async () => {
    throw new Error('the storage is away');
  };
  return { ...app, media: { ...media, storage: { ...media.storage, remove } } };
}

test('who deleted an account at once is known also when its picture held that up', async ({ world }) => {
  const { access } = await withAlice(world);
  expect((await sendPicture(world, access, await red().png().toBuffer())).status).toBe(200);
  const origin = { ...COMMAND_LINE, actorId: 9 };
  expect((await removeAccount(withoutStorage(world), 1, origin)).ok).toBe(true);
  const now = world.app.clock.now();
  const eventsAbout = async () =>
    (await world.app.store.audit.list(2, { userId: 1 })).map(({ event }) => event);
  const asked = { event: 'account_deletion_asked', userId: 1, actorId: 9, eraseAt: now, sessionsEnded: 1 };
  expect((await eventsAbout())[0]).toEqual(asked);
  expect(await eraseDueAccounts(world.app)).toBe(1);
  expect(await eventsAbout()).toEqual([{ event: 'account_removed', userId: 1 }, asked]);
});
