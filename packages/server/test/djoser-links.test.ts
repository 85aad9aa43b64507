import { expect } from 'vitest';
import { changeUsername } from '../src/domain/accounts/rename.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { boxOf, linkIn } from './support/mail.ts';
import { test } from './support/oracles.ts';
import type { World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };

/** Alice, who is logged in and has no mail waiting. */
async function withAlice(world: World) {
  await world.post('/api/register/', ALICE);
  const box = boxOf(world.app);
  await box.collect();
  const { json } = await world.post('/api/token/', ALICE);
  return { box, token: json.access as string };
}

const djoser = (world: World, path: string, body: object, token?: string) =>
  world.post(`/auth/users/${path}/`, body, token === undefined ? {} : { token });

const alice = ({ app }: World) => app.store.accounts.byId(1);

test('set_username needs the password and a name that nobody has', async ({ world }) => {
  const { token } = await withAlice(world);
  await world.post('/api/register/', { username: 'bob', password: PASSWORD });
  const set = (new_username: string, current_password = PASSWORD) =>
    djoser(world, 'set_username', { new_username, current_password }, token);
  expect((await set('carol', 'wrong')).json).toEqual({ current_password: ['Invalid password.'] });
  expect((await set('BOB')).json).toEqual({ new_username: ['A user with that username already exists.'] });
  const done = await set('carol');
  expect([done.status, done.text]).toEqual([204, '']);
  expect((await alice(world))?.username).toBe('carol');
});

test('a password that was changed while it was checked changes no name', async ({ world }) => {
  const { token } = await withAlice(world);
  const { app } = world;
  const renewed = { current_password: PASSWORD, new_password: 'An0therSecret!y' };
  const beside: App = {
    ...app,
    passwords: {
      ...app.passwords,
      async check(...args) {
        const checked = await app.passwords.check(...args);
        await world.post('/api/password/change/', renewed, { token });
        return checked;
      },
    },
  };
  const actor = { id: 1, username: 'alice', isStaff: false, isSuperuser: false, sessionId: undefined };
  const refused = await changeUsername(beside, actor, { current: PASSWORD, wanted: 'carol' }, COMMAND_LINE);
  expect(refused).toMatchObject({ faults: { current_password: [{ code: 'password_wrong' }] } });
  expect((await alice(world))?.username).toBe('alice');
});

test('reset_username gives a link by which the name is changed, once', async ({ world }) => {
  const { box } = await withAlice(world);
  await world.post('/api/register/', { username: 'bob', password: PASSWORD });
  expect((await djoser(world, 'reset_username', { email: 'ALICE@example.org' })).status).toBe(204);
  const [letter] = await box.collect();
  expect([letter?.to, letter?.subject]).toEqual([ALICE.email, 'Choose a new user name']);
  const confirm = (new_username: string) =>
    djoser(world, 'reset_username_confirm', { ...linkIn(letter), new_username });
  expect((await confirm('bob')).json).toEqual({
    new_username: ['A user with that username already exists.'],
  });
  expect((await confirm('carol')).status).toBe(204);
  expect((await confirm('dora')).json).toEqual({ token: ['Invalid token for given user.'] });
  expect((await alice(world))?.username).toBe('carol');
});

test('reset_email needs no password, but the new address has to prove itself', async ({ world }) => {
  const { box } = await withAlice(world);
  await djoser(world, 'reset_email', { email: ALICE.email });
  const [first] = await box.collect();
  const body = { ...linkIn(first), new_email: 'new@example.org' };
  expect((await djoser(world, 'reset_email_confirm', body)).status).toBe(204);
  expect((await alice(world))?.email).toBe(ALICE.email);
  const [second] = await box.collect();
  expect(second?.to).toBe('new@example.org');
  expect((await world.post('/api/email/change/confirm/', linkIn(second))).status).toBe(200);
  expect((await alice(world))?.email).toBe('new@example.org');
});

test('links that are none use up nothing of the mails that an address may get', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  const { box } = await withAlice(world);
  await djoser(world, 'reset_email', { email: ALICE.email });
  const [first] = await box.collect();
  const new_email = 'new@example.org';
  for (let i = 0; i < 10; i += 1) {
    const body = { ...linkIn(first), token: 'x'.repeat(43), new_email };
    expect((await djoser(world, 'reset_email_confirm', body)).status).toBe(400);
  }
  expect((await djoser(world, 'reset_email_confirm', { ...linkIn(first), new_email })).status).toBe(204);
  expect((await box.collect()).map(({ to }) => to)).toEqual([new_email]);
});

test('a new password voids the links that change a name', async ({ world }) => {
  const { box, token } = await withAlice(world);
  await djoser(world, 'reset_username', { email: ALICE.email });
  await djoser(world, 'reset_email', { email: ALICE.email });
  const links = (await box.collect()).map(linkIn);
  await djoser(world, 'set_password', { current_password: PASSWORD, new_password: 'An0therSecret!y' }, token);
  for (const link of links)
    for (const path of ['reset_username_confirm', 'reset_email_confirm']) {
      const body = { ...link, new_username: 'carol', new_email: 'new@example.org' };
      expect((await djoser(world, path, body)).status).toBe(400);
    }
});
