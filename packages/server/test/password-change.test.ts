import { expect } from 'vitest';
import { knowing, startRangeServer } from './support/breached.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { loggedIn, type World } from './support/world.ts';

const PATH = '/api/password/change/';
const PASSWORD = 'Sup3rSecret!x';
const NEW = 'three blind mice ran';
const WRONG = [400, { current_password: ['Invalid password.'] }];

type Pair = Awaited<ReturnType<typeof loggedIn>>;

const logIn = (world: World, password = PASSWORD, username = 'alice') =>
  world.post('/api/token/', { username, password });

async function change(world: World, { access: token }: Pair, body: object): Promise<unknown[]> {
  const { status, json } = await world.post(PATH, body, { token });
  return [status, json];
}

const changed = [204, undefined];

test('the new password is the one that logs in, and the old one does so no more [ASVS 6.2.2]', async ({
  world,
}) => {
  const pair = await loggedIn(world);
  expect(await change(world, pair, { current_password: PASSWORD, new_password: NEW })).toEqual(changed);
  expect([(await logIn(world, NEW)).status, (await logIn(world)).status]).toEqual([200, 401]);
});

test('the session it was changed from goes on with its tokens, and every other one ends [R-14]', async ({
  world,
}) => {
  const [here, ...others] = [await loggedIn(world), (await logIn(world)).json, (await logIn(world)).json];
  const bob = await loggedIn(world, 'bob');
  await change(world, here, { current_password: PASSWORD, new_password: NEW });
  for (const { access, refresh } of others) {
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(401);
    expect((await world.post('/api/token/refresh/', { refresh })).status).toBe(401);
  }
  for (const { access, refresh } of [here, bob]) {
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(200);
    expect((await world.post('/api/token/refresh/', { refresh })).status).toBe(200);
  }
  const events = (await world.app.store.audit.list(9)).map(({ event }) => event);
  expect(events).toContainEqual({ event: 'password_changed', userId: 1, actorId: 1, sessionsEnded: 2 });
});

test('without the current password nothing happens, not with the hash of it either [G-23]', async ({
  world,
}) => {
  const pair = await loggedIn(world);
  const stored = (await world.app.store.accounts.byId(1))?.password ?? '';
  await expectNothingHappened(world, async () => {
    for (const current_password of ['Sup3rSecret!X', `${PASSWORD}x`, stored])
      expect(await change(world, pair, { current_password, new_password: NEW })).toEqual(WRONG);
    const missed = ['This field is required.'];
    expect(await change(world, pair, { old_password: PASSWORD, new_password1: NEW })).toEqual([
      400,
      { current_password: missed, new_password: missed },
    ]);
    expect((await world.post(PATH, { current_password: PASSWORD, new_password: NEW })).status).toBe(401);
    const refresh = { token: pair.refresh };
    const byRefresh = await world.post(PATH, { current_password: PASSWORD, new_password: NEW }, refresh);
    expect(byRefresh.status).toBe(401);
  });
});

test('a name in the body changes nothing about whose password it is [G-03, R-16]', async ({ world }) => {
  const [alice] = [await loggedIn(world), await loggedIn(world, 'bob')];
  const body = { current_password: PASSWORD, new_password: NEW, user_id: 2, username: 'bob', sid: 'x' };
  expect(await change(world, alice, body)).toEqual(changed);
  expect((await logIn(world, PASSWORD, 'bob')).status).toBe(200);
});

test('the rules hold for the new password, and are told to who knows the old one alone [ASVS 6.2.1]', async ({
  world,
}) => {
  const pair = await loggedIn(world, 'wonderland-alice');
  const common = 'This password is too common.';
  const cases: [string, string[]][] = [
    ['password123', [common]],
    [
      '12345',
      [
        'This password is too short. It must contain at least 8 characters.',
        common,
        'This password is entirely numeric.',
      ],
    ],
    [
      `${'long '.repeat(51)}ok`,
      ['This password is too long. It must contain at most 256 characters and 1,024 bytes.'],
    ],
    ['Wonderland-Alice1', ['The password is too similar to the username.']],
    ['Latchkey2026', ['The password is too similar to the name of this site.']],
  ];
  await expectNothingHappened(world, async () => {
    for (const [new_password, words] of cases) {
      const known = await change(world, pair, { current_password: PASSWORD, new_password });
      expect(known, new_password).toEqual([400, { new_password: words }]);
      expect(await change(world, pair, { current_password: 'another one', new_password })).toEqual(WRONG);
    }
  });
});

test('guesses of the current password are counted like logins [L-13]', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  const pair = await loggedIn(world);
  const guess = () => change(world, pair, { current_password: 'not this one', new_password: NEW });
  const replies = await Promise.all(Array.from({ length: 30 }, guess));
  const looked = replies.filter(([status]) => status === 400).length;
  expect(looked).toBeLessThanOrEqual(20);
  expect(replies.filter(([status]) => status === 429).length).toBe(30 - looked);
  const right = { current_password: PASSWORD, new_password: NEW };
  expect((await change(world, pair, right))[0]).toBe(429);
  expect((await logIn(world)).status).toBe(429);
  world.pass(3_600);
  expect(await change(world, pair, right)).toEqual([401, expect.anything()]);
});

test('who is staff needs fifteen characters, for there is no second factor [ASVS 6.2.1]', async ({
  world,
}) => {
  const pair = await loggedIn(world);
  const fourteen = 'nine of fourty';
  await world.app.store.transaction((store) => store.accounts.change(1, { isStaff: true }));
  for (const new_password of [fourteen, 'a1!b2?c'])
    expect(await change(world, pair, { current_password: PASSWORD, new_password })).toEqual([
      400,
      { new_password: ['This password is too short. It must contain at least 15 characters.'] },
    ]);
  expect(await change(world, pair, { current_password: PASSWORD, new_password: `${fourteen}!` })).toEqual(
    changed,
  );
});

test('the last guess before the limit is not lost on who then knows it', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  const pair = await loggedIn(world);
  for (let count = 0; count < 9; count += 1)
    expect(await change(world, pair, { current_password: 'not this one', new_password: NEW })).toEqual(WRONG);
  expect(await change(world, pair, { current_password: PASSWORD, new_password: 'a1!b2?c' })).toEqual([
    400,
    { new_password: ['This password is too short. It must contain at least 8 characters.'] },
  ]);
  expect(await change(world, pair, { current_password: PASSWORD, new_password: NEW })).toEqual(changed);
});

test('a password that was found in a breach is refused, to who registers and to who changes his [ASVS 6.2.12]', async ({
  open,
}) => {
  const server = await startRangeServer(knowing(NEW));
  const world = await open({ BREACHED_PASSWORDS: server.url });
  const said = ['This password has appeared in a data breach.'];
  try {
    const pair = await loggedIn(world);
    expect(await change(world, pair, { current_password: PASSWORD, new_password: NEW })).toEqual([
      400,
      { new_password: said },
    ]);
    const { status, json } = await world.post('/api/register/', { username: 'bob', password: NEW });
    expect([status, json]).toEqual([400, { password: said }]);
    server.behave((response) => void response.writeHead(503).end());
    expect(await change(world, pair, { current_password: PASSWORD, new_password: NEW })).toEqual(changed);
  } finally {
    await server.close();
  }
});
