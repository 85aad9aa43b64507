import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn, reforge } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { rawRequest } from './support/raw.ts';
import { loggedIn, type Reply, type World } from './support/world.ts';

const PATH = '/api/token/refresh/';
const PASSWORD = 'Sup3rSecret!x';
const BLACKLISTED = [401, { detail: 'Token is blacklisted', code: 'token_not_valid' }];
const INVALID = [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }];
const NO_ACCOUNT = [401, { detail: 'No active account found for the given token.' }];

type Pair = Awaited<ReturnType<typeof loggedIn>>;

const answerOf = ({ status, json }: Reply) => [status, json];

async function refused(world: World, token: string): Promise<unknown[]> {
  return answerOf(await world.post(PATH, { refresh: token }));
}

/** Refreshes, and expects it to work. */
async function refresh(world: World, token: string): Promise<Pair> {
  const reply = await world.post(PATH, { refresh: token });
  if (reply.status !== 200) throw new Error(`refused: ${reply.text}`);
  return reply.json;
}

const accessWorks = async (world: World, { access }: Pair) =>
  (await world.get('/api/dashboard/', { token: access })).status === 200;

const reuseEvents = async ({ app }: World) =>
  (await app.store.audit.list(50)).filter(({ event }) => event.event === 'refresh_token_reused');

async function logInAgain(world: World, username = 'alice'): Promise<Pair> {
  return (await world.post('/api/token/', { username, password: PASSWORD })).json;
}

describe('a refresh token works once', () => {
  test('and gives a new pair of the same session', async ({ world }) => {
    const first = await loggedIn(world);
    world.pass(10);
    const second = await refresh(world, first.refresh);
    expect(Object.keys(second)).toEqual(['access', 'refresh']);
    const now = world.app.clock.now() / 1000;
    const { sid } = claimsIn(first.refresh);
    expect(claimsIn(second.access)).toMatchObject({ sid, iat: now, exp: now + 300, token_type: 'access' });
    expect(claimsIn(second.refresh)).toMatchObject({ sid, iat: now, exp: now + 4_320_000 });
    expect([await accessWorks(world, first), await accessWorks(world, second)]).toEqual([true, true]);
  });

  test('offered again after the grace it ends its session, once, and no other [R-02, R-27]', async ({
    world,
  }) => {
    const first = await loggedIn(world);
    const elsewhere = await logInAgain(world);
    const heir = await refresh(world, first.refresh);
    world.pass(30);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    expect(await accessWorks(world, heir)).toBe(false);
    expect(await refused(world, heir.refresh)).toEqual(BLACKLISTED);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    const { sid } = claimsIn(first.refresh);
    const event = { event: 'refresh_token_reused', userId: 1, sessionId: sid };
    expect(await reuseEvents(world)).toEqual([expect.objectContaining({ event, at: world.app.clock.now() })]);
    expect(await accessWorks(world, elsewhere)).toBe(true);
    await refresh(world, elsewhere.refresh);
  });

  test('offered again within the grace it gives the very same successor [R-03]', async ({ world }) => {
    const first = await loggedIn(world);
    const heir = await refresh(world, first.refresh);
    for (const seconds of [0, 10, 19]) {
      world.pass(seconds);
      const again = await refresh(world, first.refresh);
      expect(again.refresh).toBe(heir.refresh);
      expect(await accessWorks(world, again)).toBe(true);
    }
    expect(await reuseEvents(world)).toEqual([]);
    await refresh(world, heir.refresh);
  });

  test('so a client whose answer was lost stays logged in [R-08]', async ({ world }) => {
    const first = await loggedIn(world);
    const rotated = async () => {
      const session = await world.app.store.sessions.byId(claimsIn(first.refresh).sid);
      return session?.previousJti === claimsIn(first.refresh).jti;
    };
    const socket = connect(Number(new URL(world.baseUrl).port), '127.0.0.1').on('error', () => {});
    const body = JSON.stringify({ refresh: first.refresh });
    socket.write(rawRequest(`POST ${PATH}`, ['Content-Type: application/json'], body), () =>
      socket.destroy(),
    );
    for (let wait = 0; wait < 500 && !(await rotated()); wait += 1) await sleep(10);
    expect(await rotated()).toBe(true);
    await refresh(world, (await refresh(world, first.refresh)).refresh);
  });

  test('the grandparent ends the session, grace or not [R-06]', async ({ world }) => {
    const first = await loggedIn(world);
    const second = await refresh(world, first.refresh);
    const third = await refresh(world, second.refresh);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    expect(await accessWorks(world, third)).toBe(false);
    expect([await refused(world, third.refresh), (await reuseEvents(world)).length]).toEqual([
      BLACKLISTED,
      1,
    ]);
  });

  test('the parent ends the session once its successor was used, grace or not [R-07]', async ({ world }) => {
    const first = await loggedIn(world);
    const second = await refresh(world, first.refresh);
    await refresh(world, second.refresh);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    expect(await refused(world, second.refresh)).toEqual(BLACKLISTED);
  });

  test('with REFRESH_GRACE_SECONDS=0 once means once', async ({ open }) => {
    const world = await open({ REFRESH_GRACE_SECONDS: '0' });
    const first = await loggedIn(world);
    const heir = await refresh(world, first.refresh);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    expect([await refused(world, heir.refresh), await accessWorks(world, heir)]).toEqual([
      BLACKLISTED,
      false,
    ]);
  });
});

describe('whose it is', () => {
  test('of an account that is switched off: refused, and switching it on revives nothing [R-15]', async ({
    world,
  }) => {
    const first = await loggedIn(world);
    await changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE);
    expect(await refused(world, first.refresh)).toEqual(NO_ACCOUNT);
    await changeAccount(world.app, 1, { isActive: true }, COMMAND_LINE);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
    expect(await accessWorks(world, first)).toBe(false);
  });

  test('of an account that is gone: refused [R-15]', async ({ world }) => {
    const first = await loggedIn(world);
    await removeAccount(world.app, 1, COMMAND_LINE);
    expect(await expectNothingHappened(world, () => refused(world, first.refresh))).toEqual(NO_ACCOUNT);
  });

  test('the token decides, not the Authorization header, a cookie or another field [R-16]', async ({
    world,
  }) => {
    const alice = await loggedIn(world, 'alice');
    const bob = await loggedIn(world, 'bob');
    const body = { refresh: alice.refresh, user_id: 2, sid: claimsIn(bob.refresh).sid };
    const headers = { Cookie: `refresh=${bob.refresh}` };
    const reply = await world.post(PATH, body, { token: bob.access, headers });
    expect(claimsIn(reply.json.access)).toMatchObject({ user_id: 1, sid: claimsIn(alice.refresh).sid });
    const session = await world.app.store.sessions.byId(claimsIn(bob.refresh).sid);
    expect(session).toMatchObject({ current: { jti: claimsIn(bob.refresh).jti }, previousJti: undefined });
  });

  test('what was never issued here is refused, however well it is signed [R-17]', async ({ world }) => {
    const { refresh: genuine, access } = await loggedIn(world, 'alice');
    const { sid } = claimsIn((await loggedIn(world, 'bob')).refresh);
    const unknown = [{ sid: undefined }, { sid: 'f'.repeat(32) }, { sid: 1 }, { sid: [sid] }, { sid: '' }];
    await expectNothingHappened(world, async () => {
      for (const claims of [...unknown, { sid }, { user_id: '01' }])
        expect(await refused(world, reforge(genuine, claims)), JSON.stringify(claims)).toEqual(INVALID);
      expect((await refused(world, reforge(genuine, { user_id: 3 })))[0]).toBe(401);
      const wrongType = { detail: 'Token has wrong type', code: 'token_not_valid' };
      expect(await refused(world, access)).toEqual([401, wrongType]);
    });
    await refresh(world, genuine);
  });

  test('a session id that no database can hold is an unknown session [R-17, S-15]', async ({ world }) => {
    const { refresh: genuine } = await loggedIn(world);
    for (const sid of ['a\0b', '\ud800', 's'.repeat(5_000)])
      expect(await refused(world, reforge(genuine, { sid })), JSON.stringify(sid)).toEqual(INVALID);
  });

  test('a jti that its session never gave out is reuse and ends it [R-17]', async ({ world }) => {
    const first = await loggedIn(world);
    expect(await refused(world, reforge(first.refresh, { jti: 'f'.repeat(32) }))).toEqual(BLACKLISTED);
    expect(await refused(world, first.refresh)).toEqual(BLACKLISTED);
  });
});
