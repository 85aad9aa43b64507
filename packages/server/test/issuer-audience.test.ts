import { describe, expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import { explainToken } from '../src/domain/refusals/explain.ts';
import { judgementLines } from '../src/http/explanation.ts';
import { addUser, djangoFixture } from './support/django-tokens.ts';
import { claimsIn, forge, reforge } from './support/forge.ts';
import { test } from './support/oracles.ts';
import { type Endpoint, refusalBody } from './support/simplejwt-bodies.ts';
import { loggedIn, SECRET_KEY, type World } from './support/world.ts';

const ISSUER = 'https://id.example.org';
const ONE = { JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'web' };
const TWO = { JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'web, app' };
const MISSING = undefined;
const ALICE = { username: 'alice', password: 'Sup3rSecret!x' };

/** What SimpleJWT 5.2.2 with PyJWT 2.6.0 says to tokens that are good otherwise, with AUDIENCE and ISSUER as above. */
const BAD = {
  aud: [
    MISSING,
    'Web',
    'WEB',
    'we',
    'web2',
    'web ',
    '',
    null,
    1,
    true,
    { web: 1 },
    [],
    ['x'],
    ['Web'],
    ['web', 1],
  ],
  iss: [MISSING, ISSUER.toUpperCase(), `${ISSUER}/`, ISSUER.slice(0, -1), [ISSUER], null, 1, ''],
} as const;
const GOOD = [{ aud: 'web' }, { aud: ['web'] }, { aud: ['x', 'web'] }] as const;

const INVALID = 'Token is invalid or expired';

function ask(world: World, endpoint: Endpoint, token: string) {
  if (endpoint === 'dashboard') return world.get('/api/dashboard/', { token });
  const path = endpoint === 'verify' ? '/api/token/verify/' : '/api/token/refresh/';
  return world.post(path, endpoint === 'verify' ? { token } : { refresh: token });
}

async function expectRefused(world: World, endpoint: Endpoint, token: string, note?: unknown) {
  const { status, text } = await ask(world, endpoint, token);
  expect([note, endpoint, status, text]).toEqual([note, endpoint, 401, refusalBody(endpoint, 401, INVALID)]);
}

test('without settings no token has iss or aud, and neither is looked at', async ({ world }) => {
  const { access, refresh } = await loggedIn(world);
  for (const token of [access, refresh])
    expect(Object.keys(claimsIn(token))).not.toEqual(expect.arrayContaining(['aud']));
  expect(Object.keys(claimsIn(access)).slice(-2)).toEqual(['verified', 'sid']);
  const odd = { aud: ['x', 1], iss: null };
  expect((await ask(world, 'dashboard', reforge(access, odd))).status).toBe(200);
  expect((await ask(world, 'refresh', reforge(refresh, odd))).status).toBe(200);
});

test.for([
  [ONE, 'web'],
  [TWO, ['web', 'app']],
] as const)(
  'tokens carry aud and iss where SimpleJWT writes them, refreshed ones too: %j',
  async ([settings, aud], { open }) => {
    const world = await open(settings);
    const pair = await loggedIn(world);
    const { json } = await ask(world, 'refresh', pair.refresh);
    for (const token of [pair.access, pair.refresh, json.access, json.refresh]) {
      expect(claimsIn(token)).toMatchObject({ aud, iss: ISSUER });
      expect(Object.keys(claimsIn(token)).slice(-4)).toEqual(['verified', 'aud', 'iss', 'sid']);
    }
    expect((await ask(world, 'dashboard', json.access)).status).toBe(200);
    expect((await ask(world, 'verify', json.refresh)).status).toBe(200);
  },
);

test('a cookie has them too', async ({ open }) => {
  const world = await open({ ...TWO, TOKEN_TRANSPORT: 'cookie-only' });
  await world.post('/api/register/', { ...ALICE, password2: ALICE.password });
  const reply = await world.post('/api/token/', ALICE);
  const tokens = reply.headers.getSetCookie().flatMap((line) => /^[^=]+=(eyJ[^;]+)/.exec(line)?.[1] ?? []);
  expect(tokens).toHaveLength(2);
  for (const token of tokens) expect(claimsIn(token)).toMatchObject({ aud: ['web', 'app'], iss: ISSUER });
});

describe.each([ONE, TWO])('with %j', (settings) => {
  test('a token for others or of others is refused everywhere, and its session stays [J-30, ASVS 9.2.3, 9.2.4, 10.3.1]', async ({
    open,
  }) => {
    const world = await open(settings);
    const { access, refresh } = await loggedIn(world);
    for (const [name, values] of Object.entries(BAD))
      for (const value of values) {
        const note = `${name}: ${JSON.stringify(value)}`;
        await expectRefused(world, 'dashboard', reforge(access, { [name]: value }), note);
        await expectRefused(world, 'verify', reforge(access, { [name]: value }), note);
        await expectRefused(world, 'refresh', reforge(refresh, { [name]: value }), note);
      }
    expect((await ask(world, 'refresh', refresh)).status).toBe(200);
  });

  test('one of a list is enough, on either side [J-30]', async ({ open }) => {
    const world = await open(settings);
    const { access } = await loggedIn(world);
    for (const claims of GOOD)
      expect((await ask(world, 'dashboard', reforge(access, claims))).status, JSON.stringify(claims)).toBe(
        200,
      );
    const isForApp = settings === TWO;
    expect((await ask(world, 'dashboard', reforge(access, { aud: 'app' }))).status).toBe(
      isForApp ? 200 : 401,
    );
  });
});

test('a claim that is inherited or comes twice does not help [J-30]', async ({ open }) => {
  const world = await open(ONE);
  const { access } = await loggedIn(world);
  const { aud: _gone, ...others } = claimsIn(access);
  const rest = JSON.stringify(others).slice(1);
  await expectRefused(world, 'dashboard', forge(`{"__proto__":{"aud":"web"},${rest}`));
  await expectRefused(world, 'dashboard', forge(`{"aud":"web","aud":"x",${rest}`));
});

test('the operator is told which of the two it was', async ({ open }) => {
  const world = await open(ONE);
  const { access } = await loggedIn(world);
  for (const name of ['iss', 'aud']) {
    const judged = await explainToken(world.app, reforge(access, { [name]: 'x' }));
    expect(judgementLines(judged)).toEqual(
      expect.arrayContaining(['refused  token_invalid', `claim    at fault: ${name}`]),
    );
  }
});

test('JWT_CLAIMS_SINCE lets in what was issued before that day, and nobody is logged out', async ({
  open,
}) => {
  // The day of the tests is 2026-01-05.
  const world = await open({ ...ONE, JWT_CLAIMS_SINCE: '2026-01-06' });
  const pair = await loggedIn(world);
  const old = { aud: MISSING, iss: MISSING };
  expect((await ask(world, 'dashboard', reforge(pair.access, old))).status).toBe(200);
  const { json } = await ask(
    world,
    'refresh',
    reforge(pair.refresh, { ...old, iss: 'http://old.example.org' }),
  );
  expect(claimsIn(json.refresh)).toMatchObject({ aud: 'web', iss: ISSUER });
  world.pass(15 * 3_600);
  const next = (await ask(world, 'refresh', json.refresh)).json;
  expect((await ask(world, 'dashboard', next.access)).status).toBe(200);
  await expectRefused(world, 'dashboard', reforge(next.access, old));
  await expectRefused(world, 'dashboard', reforge(next.access, { aud: 'x' }));
  const { iat: _gone, ...undated } = claimsIn(next.access);
  await expectRefused(world, 'dashboard', forge({ ...undated, ...old }));
});

test('JWT_CLAIMS_SINCE more than a week ahead is refused at the start: until then any issuer would do', () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const start = (day: string) => readConfig('dev', { ...ONE, SECRET_KEY, JWT_CLAIMS_SINCE: day });
  for (const days of [-400, 0, 1, 7]) expect(start(inDays(days)).jwtClaimsSince).toBe(inDays(days));
  for (const day of [inDays(9), '2206-12-01'])
    expect(() => start(day)).toThrow(
      `JWT_CLAIMS_SINCE must be at most a week ahead, not "${day}": until then tokens of every issuer, for every audience, are good`,
    );
});

describe('tokens of Django', () => {
  const { secret_key, tokens } = djangoFixture('tokens.json');
  const settings = {
    DJANGO_TOKENS: 'on',
    DJANGO_TOKEN_MAX_SECONDS: String(41 * 366 * 86_400),
    DJANGO_JWT_KEY: secret_key,
  };
  const named = (kind: string) =>
    tokens.find(
      (one: Record<string, unknown>) =>
        one.kind === kind &&
        /as extra claims|from that/.test(String(one.note)) &&
        (one.payload as Record<string, unknown>).aud === 'someone',
    )?.token;
  const access: string = named('access');
  const refresh: string = named('refresh');

  test('are taken over with the aud and iss that Django gave them', async ({ open }) => {
    const world = await open({ ...settings, JWT_AUDIENCE: 'us,someone', JWT_ISSUER: 'elsewhere' });
    await addUser(world.lent.database, 7);
    expect((await ask(world, 'dashboard', access)).status).toBe(200);
    const { status, json } = await ask(world, 'refresh', refresh);
    expect(status).toBe(200);
    expect(claimsIn(json.refresh)).toMatchObject({ aud: ['us', 'someone'], iss: 'elsewhere' });
  });

  test.for([{ JWT_AUDIENCE: 'Someone' }, { JWT_ISSUER: 'elsewhere/' }])(
    'are refused as Django refuses them with %j [J-30]',
    async (other, { open }) => {
      const world = await open({ ...settings, ...other });
      await addUser(world.lent.database, 7);
      await expectRefused(world, 'dashboard', access);
      await expectRefused(world, 'verify', access);
      await expectRefused(world, 'refresh', refresh);
    },
  );
});
