import { describe, expect } from 'vitest';
import { removeAccount, setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn, forge, reforge } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { loggedIn, type World } from './support/world.ts';

type Pair = Awaited<ReturnType<typeof loggedIn>>;

const PASSWORD = 'Sup3rSecret!x';
const FINE = [200, {}];
const INVALID = [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }];
const BLACKLISTED = [401, { detail: 'Token is blacklisted', code: 'token_not_valid' }];
const WRONG_TYPE = [401, { detail: 'Token has wrong type', code: 'token_not_valid' }];
const BLACKLISTED_AT_VERIFY = [400, { non_field_errors: ['Token is blacklisted'] }];

async function answer(world: World, path: string, body: object, token?: string): Promise<unknown[]> {
  const { status, json } = await world.post(path, body, token === undefined ? {} : { token });
  return [status, json];
}

const verify = (world: World, token: string) => answer(world, '/api/token/verify/', { token });
const blacklist = (world: World, refresh: string, by?: string) =>
  answer(world, '/api/token/blacklist/', { refresh }, by);
const refresh = (world: World, token: string) => answer(world, '/api/token/refresh/', { refresh: token });
const dashboard = async (world: World, token: string) =>
  (await world.get('/api/dashboard/', { token })).status;

async function rotated(world: World, { refresh: token }: Pair): Promise<Pair> {
  return (await world.post('/api/token/refresh/', { refresh: token })).json;
}

async function logInAgain(world: World): Promise<Pair> {
  return (await world.post('/api/token/', { username: 'alice', password: PASSWORD })).json;
}

async function eventsOf({ app }: World): Promise<string[]> {
  const events = (await app.store.audit.list(50)).map(({ event }) => event.event);
  return events.filter((event) => event !== 'account_registered' && event !== 'logged_in').reverse();
}

describe('verify', () => {
  test('says yes to both tokens of a session and changes nothing', async ({ world }) => {
    const pair = await loggedIn(world);
    await expectNothingHappened(world, async () => {
      expect(await verify(world, pair.access)).toEqual(FINE);
      expect(await verify(world, pair.refresh)).toEqual(FINE);
    });
  });

  test('says yes to the newest refresh token only, and a question about an old one ends nothing', async ({
    world,
  }) => {
    const first = await loggedIn(world);
    const heir = await rotated(world, first);
    world.pass(60);
    await expectNothingHappened(world, async () => {
      expect(await verify(world, first.refresh)).toEqual(BLACKLISTED_AT_VERIFY);
      for (const token of [first.access, heir.access, heir.refresh])
        expect(await verify(world, token)).toEqual(FINE);
    });
  });

  test('says no to both from the second on in which they expire', async ({ world }) => {
    const pair = await loggedIn(world);
    world.pass(299);
    expect(await verify(world, pair.access)).toEqual(FINE);
    world.pass(1);
    expect(await verify(world, pair.access)).toEqual(INVALID);
    world.pass(4_320_000 - 301);
    expect(await verify(world, pair.refresh)).toEqual(FINE);
    world.pass(1);
    expect(await verify(world, pair.refresh)).toEqual(INVALID);
  });

  const ends: [string, (world: World, pair: Pair) => Promise<unknown>, unknown[]][] = [
    ['a logout', (world, pair) => blacklist(world, pair.refresh), BLACKLISTED_AT_VERIFY],
    ['a new password', (world) => setPassword(world.app, 1, 'another', COMMAND_LINE), BLACKLISTED_AT_VERIFY],
    [
      'switching the account off',
      (world) => changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE),
      INVALID,
    ],
    ['deleting the account', (world) => removeAccount(world.app, 1, COMMAND_LINE), INVALID],
  ];
  test.for(ends)('says no after %s, to both [R-29]', async ([, end, words], { world }) => {
    const pair = await loggedIn(world);
    await end(world, pair);
    expect(await verify(world, pair.access)).toEqual(INVALID);
    expect(await verify(world, pair.refresh)).toEqual(words);
  });

  test('says no to what was not issued here, however well it is signed [R-17]', async ({ world }) => {
    const { access, refresh: token } = await loggedIn(world);
    const { sid } = claimsIn((await loggedIn(world, 'bob')).access);
    for (const claims of [
      { sid: undefined },
      { sid: 'f'.repeat(32) },
      { sid },
      { sid: 'a\0b' },
      { user_id: 3 },
    ]) {
      expect(await verify(world, reforge(access, claims)), JSON.stringify(claims)).toEqual(INVALID);
      expect(await verify(world, reforge(token, claims)), JSON.stringify(claims)).toEqual(INVALID);
    }
    expect(await verify(world, reforge(token, { jti: 'f'.repeat(32) }))).toEqual(BLACKLISTED_AT_VERIFY);
    expect(await verify(world, forge({ exp: 9e9 }))).toMatchObject([401, {}]);
  });
});

describe('blacklist', () => {
  test('ends the session with every token of it, once, and no other session', async ({ world }) => {
    const first = await loggedIn(world);
    const elsewhere = await logInAgain(world);
    const heir = await rotated(world, first);
    expect(await blacklist(world, heir.refresh)).toEqual(FINE);
    for (const { access } of [first, heir]) expect(await dashboard(world, access)).toBe(401);
    for (const token of [first.refresh, heir.refresh])
      expect(await refresh(world, token)).toEqual(BLACKLISTED);
    expect(await blacklist(world, heir.refresh)).toEqual(BLACKLISTED);
    expect(await eventsOf(world)).toEqual(['session_ended']);
    expect(await dashboard(world, elsewhere.access)).toBe(200);
    expect(await refresh(world, elsewhere.refresh)).toMatchObject([200, {}]);
  });

  test('takes the direct parent within the grace, for a client whose answer was lost', async ({ world }) => {
    const first = await loggedIn(world);
    const heir = await rotated(world, first);
    world.pass(29);
    expect(await blacklist(world, first.refresh)).toEqual(FINE);
    expect(await refresh(world, heir.refresh)).toEqual(BLACKLISTED);
  });

  test('of an older token is reuse: it ends the session and says blacklisted', async ({ world }) => {
    const first = await loggedIn(world);
    const heir = await rotated(world, first);
    world.pass(30);
    expect(await blacklist(world, first.refresh)).toEqual(BLACKLISTED);
    expect(await refresh(world, heir.refresh)).toEqual(BLACKLISTED);
    expect(await eventsOf(world)).toEqual(['refresh_token_reused']);
  });

  test('by somebody else ends the session of the token, not his own [R-16]', async ({ world }) => {
    const alice = await loggedIn(world, 'alice');
    const bob = await loggedIn(world, 'bob');
    expect(await blacklist(world, alice.refresh, bob.access)).toEqual(FINE);
    expect([await dashboard(world, alice.access), await dashboard(world, bob.access)]).toEqual([401, 200]);
    expect(await refresh(world, bob.refresh)).toMatchObject([200, {}]);
  });

  test('takes refresh tokens only, in time, of sessions of ours; anything else changes nothing', async ({
    world,
  }) => {
    const pair = await loggedIn(world);
    const { sid } = claimsIn((await loggedIn(world, 'bob')).refresh);
    await expectNothingHappened(world, async () => {
      expect(await blacklist(world, pair.access)).toEqual(WRONG_TYPE);
      for (const claims of [
        { sid: undefined },
        { sid: 'f'.repeat(32) },
        { sid },
        { sid: 'a\0b' },
        { user_id: 2 },
      ])
        expect(await blacklist(world, reforge(pair.refresh, claims)), JSON.stringify(claims)).toEqual(
          INVALID,
        );
      world.pass(4_320_000);
      expect(await blacklist(world, pair.refresh)).toEqual(INVALID);
    });
  });
});

describe('another spelling of a token', () => {
  const flipped = (token: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) ^ 1);
  };
  const spellings: [string, (token: string) => string][] = [
    ['padded', (token) => `${token}=`],
    ['with spare bits', flipped],
    ['with a zero-width joiner', (token) => `${token}\u200d`],
    ['with a full-width dot', (token) => token.replace('.', '\uff0e')],
    ['with a space inside', (token) => token.replace('.', ' .')],
    ['with the standard alphabet', (token) => `${token.slice(0, -4)}+/+/`],
    ['cut short', (token) => token.slice(0, -2)],
    ['with a fourth part', (token) => `${token}.x`],
    ['without a signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['without anything', () => '..'],
  ];

  test('is no token, before and after a logout [J-07, J-10, J-11]', async ({ world }) => {
    const pair = await loggedIn(world);
    const all = async () => {
      for (const [what, change] of spellings) {
        const token = change(pair.refresh);
        const answers = [
          await refresh(world, token),
          await blacklist(world, token),
          await verify(world, token),
        ];
        expect(answers, what).toEqual([INVALID, INVALID, INVALID]);
      }
    };
    await expectNothingHappened(world, all);
    await blacklist(world, pair.refresh);
    await expectNothingHappened(world, all);
  });

  test('a text that is too long for a token is refused unread [J-25]', async ({ world }) => {
    const { refresh: token } = await loggedIn(world);
    await expectNothingHappened(world, async () => {
      for (const text of ['.'.repeat(15_000), `${token}${'a'.repeat(16_000 - token.length)}`])
        for (const ask of [refresh, blacklist, verify]) expect(await ask(world, text)).toEqual(INVALID);
      for (const size of [16_384, 1 << 20])
        expect(await verify(world, 'a'.repeat(size))).toMatchObject([413, {}]);
    });
  });
});
