import { describe, expect } from 'vitest';
import { boxOf, linkIn } from './support/mail.ts';
import { test } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };

describe('a registration that does not tell who is here', () => {
  test('with REGISTRATION_TELLS_TAKEN_EMAIL=off a taken address is answered alike, and its owner is told', async ({
    open,
  }) => {
    const world = await open({ LOGIN_NEEDS_VERIFIED_EMAIL: 'on', REGISTRATION_TELLS_TAKEN_EMAIL: 'off' });
    const box = boxOf(world.app);
    const taken = await world.post('/api/register/', ALICE);
    const again = await world.post('/api/register/', { ...ALICE, username: 'mallory' });
    expect([taken.status, taken.json]).toEqual([201, { id: 1, username: 'alice', email: ALICE.email }]);
    expect([again.status, Object.keys(again.json)]).toEqual([201, ['id', 'username', 'email']]);
    expect(again.json).toMatchObject({ username: 'mallory', email: ALICE.email });
    const login = (username: string) => world.post('/api/token/', { username, password: PASSWORD });
    expect((await login('mallory')).text).toBe((await login('alice')).text);
    expect((await box.collect()).map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Confirm your e-mail address'],
      [ALICE.email, 'You have an account already'],
    ]);
  });

  test('neither does a login by e-mail with the password that one registered with tell whether it was taken', async ({
    open,
  }) => {
    const world = await open({ LOGIN_NEEDS_VERIFIED_EMAIL: 'on', REGISTRATION_TELLS_TAKEN_EMAIL: 'off' });
    await world.post('/api/register/', ALICE);
    const [password, email] = ['An0therSecret!y', 'free@example.org'];
    await world.post('/api/register/', { username: 'mallory', email: ALICE.email, password });
    await world.post('/api/register/', { username: 'trudy', email, password });
    const answers = [];
    for (const login of [
      { username: email },
      { email },
      { username: email.toUpperCase() },
      { username: ALICE.email },
      { email: ALICE.email },
    ])
      answers.push((await world.post('/api/token/', { ...login, password })).text);
    const wrong = await world.post('/api/token/', { username: 'mallory', password: 'wrong' });
    expect(answers).toEqual(Array(5).fill(wrong.text));
    for (const username of ['mallory', 'Trudy']) {
      const { json } = await world.post('/api/token/', { username, password });
      expect(json.code).toBe('email_not_verified');
    }
  });

  test('nor does a user name: none has an @, whoever has the address, where people choose it', async ({
    open,
  }) => {
    const world = await open({ LOGIN_NEEDS_VERIFIED_EMAIL: 'on', REGISTRATION_TELLS_TAKEN_EMAIL: 'off' });
    await world.post('/api/register/', ALICE);
    const [welcome] = await boxOf(world.app).collect();
    await world.post('/api/email/verify/confirm/', linkIn(welcome));
    const { access: token } = (await world.post('/api/token/', ALICE)).json;
    const refused = ['A username may not contain an @.'];
    for (const username of [
      ALICE.email,
      'free@example.org',
      'alice\uff20example.org',
      'free\uff20example.org',
    ]) {
      const body = { username, email: 'm@example.org', password: PASSWORD };
      for (const path of ['/api/register/', '/auth/users/'])
        expect((await world.post(path, body)).json).toEqual({ username: refused });
      const renamed = await world.ask('PATCH', '/auth/users/me/', { token, body: { username } });
      expect(renamed.json).toEqual({ username: refused });
      const set = { new_username: username, current_password: PASSWORD };
      expect((await world.post('/auth/users/set_username/', set, { token })).json).toEqual({
        new_username: refused,
      });
    }
  });

  test('otherwise it is told, as the original does; and one setting without the other is refused', async ({
    world,
    open,
  }) => {
    await world.post('/api/register/', ALICE);
    const again = await world.post('/api/register/', { ...ALICE, username: 'mallory' });
    expect([again.status, again.json]).toEqual([400, { email: ['user with this email already exists.'] }]);
    await expect(open({ REGISTRATION_TELLS_TAKEN_EMAIL: 'off' })).rejects.toThrow(
      /LOGIN_NEEDS_VERIFIED_EMAIL/,
    );
  });
});
