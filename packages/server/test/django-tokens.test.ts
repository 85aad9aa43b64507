import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { readDifferences } from './contract/differences.ts';
import { addUser, djangoFixture, record } from './support/django-tokens.ts';
import { claimsIn, forge } from './support/forge.ts';
import { type Endpoint, refusalBody } from './support/simplejwt-bodies.ts';
import { loggedIn, type Reply, test, type World } from './support/world.ts';

const { secret_key, rsa_public_key, ec_public_key, ...fixture } = djangoFixture('tokens.json');
const tokens: readonly Sample[] = fixture.tokens;

const INVALID = 'Token is invalid or expired';
const LIVES_LONG = { DJANGO_TOKEN_MAX_SECONDS: String(41 * 366 * 86_400) };
const ON = { DJANGO_TOKENS: 'on', ...LIVES_LONG };

const keyFor = (algorithm: string): string =>
  algorithm === 'RS256' ? rsa_public_key : algorithm === 'ES256' ? ec_public_key : secret_key;

/** What SimpleJWT takes and we do not: the page says which, what is answered to them as access tokens, and why. */
const STRICTER = readDifferences(
  readFileSync(new URL('../../../docs/differences.md', import.meta.url), 'utf8'),
  'token of Django',
);

/** Who the account is, is asked after the token was found good. */
const ACCOUNT: Readonly<Record<string, string>> = {
  'user-id-missing': 'Token contained no recognizable user identification',
  'user-id-null': 'User not found',
};

interface Sample {
  readonly name: string;
  readonly server_algorithm: string;
  readonly verdict: string;
  readonly token: string;
  readonly as_access: string | Record<string, string>;
  readonly as_refresh: string | Record<string, string>;
  readonly payload: { readonly user_id?: unknown } | null;
}

/** The sentence of the refusal in the words of 5.3.1; undefined for a token that is good. */
function refusalOf(sample: Sample, kind: 'access' | 'refresh'): string | undefined {
  const recorded = sample[`as_${kind}`];
  const said = typeof recorded === 'string' ? recorded : (recorded['5.3.1'] ?? '');
  if (said.startsWith('crash')) return INVALID;
  if (said !== 'accepted') return said.replace('refused: ', '');
  if (kind === 'access' && sample.name in ACCOUNT) return ACCOUNT[sample.name];
  if (!String(sample.payload?.user_id).includes('-')) return undefined;
  return kind === 'access' ? 'User not found' : 'No active account found for the given token.';
}

/** The whole answer: status and, when it is a refusal, body. */
function expected(sample: Sample, kind: 'access' | 'refresh'): string {
  if (sample.name === 'empty') return `400 ${refusalBody('refresh', 400, 'This field may not be blank.')}`;
  const endpoint = kind === 'access' ? 'dashboard' : 'refresh';
  const row = STRICTER.find(({ cases }) => cases.includes(sample.name));
  if (row !== undefined && kind === 'access') return `${row.status} ${JSON.stringify(row.body)}`;
  const said = row === undefined ? refusalOf(sample, kind) : INVALID;
  return said === undefined ? '200' : `401 ${refusalBody(endpoint, 401, said)}`;
}

function present(world: World, token: string, kind: 'access' | 'refresh'): Promise<Reply> {
  return kind === 'access'
    ? world.get('/api/dashboard/', { token })
    : world.post('/api/token/refresh/', { refresh: token });
}

const toldBy = ({ status, text }: Reply) => (status === 200 ? '200' : `${status} ${text}`);

/** 200, or the sentence of the refusal. */
async function answered(world: World, token: string, kind: 'access' | 'refresh'): Promise<string> {
  const reply = await present(world, token, kind);
  if (reply.status === 200) return '200';
  expect(reply.status).toBe(401);
  return reply.json.messages?.[0].message ?? reply.json.detail;
}

/** These need no header of more than a word, or none. */
const NOT_IN_HEADERS = ['empty', 'space-in-front', 'line-break-inside', 'bearer-in-front', 'one-word'];

describe.each(['HS256', 'HS384', 'HS512', 'RS256', 'ES256'])(
  'tokens of a Django server with %s',
  (algorithm) => {
    test('get the answers of SimpleJWT, as access and as refresh tokens', async ({ open }) => {
      const keys = { DJANGO_JWT_KEY: keyFor(algorithm), DJANGO_JWT_ALGORITHM: algorithm };
      const world = await open({ ...ON, ...keys });
      for (const id of [1, 7]) await addUser(world.lent.database, id);
      const mine = tokens.filter((one) => one.server_algorithm === algorithm);
      expect(mine.length).toBeGreaterThan(5);
      for (const sample of mine) {
        const kinds = NOT_IN_HEADERS.includes(sample.name)
          ? (['refresh'] as const)
          : (['access', 'refresh'] as const);
        for (const kind of sample.name === 'space-in-front' ? [] : kinds)
          expect([sample.name, kind, toldBy(await present(world, sample.token, kind))]).toEqual([
            sample.name,
            kind,
            expected(sample, kind),
          ]);
      }
    });
  },
);

test('docs/differences.md lists the tokens that SimpleJWT takes and we refuse, and no others', () => {
  const lenient = tokens.filter(({ verdict }) => verdict === 'accepted by the original');
  expect(STRICTER.flatMap(({ cases }) => cases).sort()).toEqual(lenient.map(({ name }) => name).sort());
});

interface Planted {
  readonly note: string;
  readonly kind: 'access' | 'refresh';
  readonly verdict: string;
  readonly stored: string;
  readonly token: string;
  readonly payload: { readonly jti: string; readonly user_id: unknown };
  readonly original: Record<Endpoint, { status: number; says?: string }>;
}

const GONE = /^user (?:inactive|deleted)$/;

/** Newer SimpleJWT says more exactly what we say in the words of 5.3. */
const NEWER_WORDS: Readonly<Record<string, string>> = {
  'Token is invalid': INVALID,
  'Token is expired': INVALID,
};

/** What was recorded; but unlike SimpleJWT before 5.5 we ask for the account everywhere. */
function owed({ verdict, kind, original }: Planted, endpoint: Endpoint): string {
  const { status, says = '' } = original[endpoint];
  if (status !== 200) return `${status} ${refusalBody(endpoint, status, NEWER_WORDS[says] ?? says)}`;
  if (!GONE.test(verdict)) return '200';
  const isOfRefresh = endpoint === 'refresh' && kind === 'refresh';
  return `401 ${refusalBody(endpoint, 401, isOfRefresh ? 'No active account found for the given token.' : INVALID)}`;
}

test.for(['3.2', '4.2', '5.2', '5.2-default'])(
  'the tokens of the database db-%s get the answers they got there',
  async (version, { open }) => {
    const manifest = djangoFixture(`db-${version}.json`);
    const world = await open({ ...ON, DJANGO_JWT_KEY: secret_key });
    const { database } = world.lent;
    for (const { id, is_active } of manifest.accounts) await addUser(database, id, is_active);
    const planted: Planted[] = manifest.tokens;
    for (const { stored, payload } of planted)
      if (stored !== 'no')
        await record(database, payload.jti, { blacklisted: stored.includes('blacklisted') });
    for (const one of planted) {
      const verify = await world.post('/api/token/verify/', { token: one.token });
      const dashboard = await world.get('/api/dashboard/', { token: one.token });
      const refresh = await world.post('/api/token/refresh/', { refresh: one.token });
      expect([one.note, toldBy(verify), toldBy(dashboard), toldBy(refresh)]).toEqual([
        one.note,
        owed(one, 'verify'),
        owed(one, 'dashboard'),
        owed(one, 'refresh'),
      ]);
    }
    const rows = await database.db.selectFrom('django_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('eyJ');
  },
);

const AT = Date.UTC(2026, 0, 5, 9) / 1000;

function djangos(type: 'access' | 'refresh', more: object = {}): string {
  return forge({ token_type: type, exp: AT + 86_400, iat: AT - 60, jti: `jti-${type}`, user_id: 7, ...more });
}

test('while DJANGO_TOKENS is off no token without a session is good', async ({ world }) => {
  await addUser(world.lent.database, 7);
  expect(await answered(world, djangos('access'), 'access')).toBe(INVALID);
  expect(await answered(world, djangos('refresh'), 'refresh')).toBe(INVALID);
});

test('after the day of DJANGO_TOKENS only recorded refresh tokens are adopted', async ({ open }) => {
  const world = await open({ DJANGO_TOKENS: '2026-01-05' });
  await addUser(world.lent.database, 7);
  await record(world.lent.database, 'recorded');
  const long = { exp: AT + 30 * 86_400 };
  expect(await answered(world, djangos('refresh', { ...long, jti: 'early' }), 'refresh')).toBe('200');
  world.pass(15 * 3600);
  expect(await answered(world, djangos('refresh', { ...long, jti: 'late' }), 'refresh')).toBe(INVALID);
  expect(await answered(world, djangos('refresh', { ...long, jti: 'recorded' }), 'refresh')).toBe('200');
  expect(await answered(world, djangos('access', long), 'access')).toBe('200');
});

test('a token that claims to live longer than the cap is refused', async ({ open }) => {
  const world = await open({ DJANGO_TOKENS: 'on' });
  await addUser(world.lent.database, 7);
  expect(await answered(world, djangos('refresh', { exp: AT + 7_776_000 }), 'refresh')).toBe(INVALID);
  expect(await answered(world, djangos('access', { exp: AT + 7_776_000 }), 'access')).toBe(INVALID);
});

test("a new password revokes Django's tokens for good, those without iat too", async ({ open }) => {
  const world = await open({ DJANGO_TOKENS: 'on' });
  await addUser(world.lent.database, 7);
  expect(await answered(world, djangos('access', { iat: undefined }), 'access')).toBe('200');
  await world.app.store.transaction((store) => store.sessions.endAllOf(7, AT * 1000));
  expect(await answered(world, djangos('access', { iat: undefined }), 'access')).toBe(INVALID);
  expect(await answered(world, djangos('access'), 'access')).toBe(INVALID);
  expect(await answered(world, djangos('refresh'), 'refresh')).toBe(
    'No active account found for the given token.',
  );
  expect(await answered(world, djangos('access', { iat: AT }), 'access')).toBe('200');
});

test('with one key for both a copied session id makes a token ours, and a reused one ends the session', async ({
  open,
}) => {
  const world = await open({ DJANGO_TOKENS: 'on', ...LIVES_LONG });
  const { refresh, access } = await loggedIn(world);
  const { sid, user_id } = claimsIn(refresh);
  const copied = { sid, user_id, jti: 'made by Django' };
  expect(await answered(world, djangos('access', copied), 'access')).toBe('200');
  const beyondOurs = { ...copied, exp: AT + 400 * 86_400 };
  expect(await answered(world, djangos('refresh', beyondOurs), 'refresh')).toBe(INVALID);
  expect(await answered(world, djangos('refresh', copied), 'refresh')).toBe('Token is blacklisted');
  expect(await answered(world, access, 'access')).toBe(INVALID);
});

test('with two keys ours needs a session', async ({ open }) => {
  const world = await open({ ...ON, DJANGO_JWT_KEY: rsa_public_key, DJANGO_JWT_ALGORITHM: 'RS256' });
  await addUser(world.lent.database, 7);
  expect(await answered(world, djangos('access'), 'access')).toBe(INVALID);
  expect(await answered(world, djangos('refresh'), 'refresh')).toBe(INVALID);
});

test("with two keys what Django's signed is Django's, whatever session it names, and does nothing to that session", async ({
  open,
}) => {
  const world = await open({ ...ON, DJANGO_JWT_KEY: secret_key });
  const own = await loggedIn(world);
  const { sid, user_id, jti } = claimsIn(own.refresh);
  const claims = { sid, user_id, exp: AT + 86_400, iat: AT - 60 };
  const signed = (more: object) => forge({ ...claims, ...more }, undefined, secret_key);
  const refresh = signed({ token_type: 'refresh', jti: 'made by Django' });
  const reply = await world.post('/api/token/refresh/', { refresh });
  expect(reply.status).toBe(200);
  expect(claimsIn(reply.json.refresh).sid).not.toBe(sid);
  // not even with the id of our own token, which is current
  const copy = await world.post('/api/token/refresh/', {
    refresh: signed({ token_type: 'refresh', jti }),
  });
  expect(claimsIn(copy.json.refresh).sid).not.toBe(sid);
  const next = await world.post('/api/token/refresh/', { refresh: own.refresh });
  expect([next.status, claimsIn(next.json.refresh).sid]).toEqual([200, sid]);
  await world.post('/api/token/blacklist/', { refresh: next.json.refresh });
  expect(await answered(world, next.json.access, 'access')).toBe(INVALID);
  expect(await answered(world, signed({ token_type: 'access', jti: 'a' }), 'access')).toBe('200');
  // our key signs nothing of Django's, whatever else the token says
  const ours = forge({ ...claims, token_type: 'refresh', jti: 'made by nobody', sid: undefined });
  expect(await answered(world, ours, 'refresh')).toBe(INVALID);
});

test('logging out with a token of Django ends it, and it stays so', async ({ open }) => {
  const world = await open({ DJANGO_TOKENS: 'on' });
  await addUser(world.lent.database, 7);
  const refresh = djangos('refresh');
  expect((await world.post('/api/token/blacklist/', { refresh })).status).toBe(200);
  expect((await world.post('/api/token/blacklist/', { refresh })).status).toBe(401);
  expect((await world.post('/api/token/verify/', { token: refresh })).status).toBe(400);
  expect(await answered(world, refresh, 'refresh')).toBe('Token is blacklisted');
});

test('a session that was adopted from Django is listed, and logging out everywhere ends it', async ({
  open,
}) => {
  const world = await open({ DJANGO_TOKENS: 'on' });
  await addUser(world.lent.database, 7);
  const { access: token } = (await world.post('/api/token/refresh/', { refresh: djangos('refresh') })).json;
  const [adopted, ...more] = (await world.get('/api/sessions/', { token })).json;
  expect([adopted.device, adopted.is_current, more]).toEqual(['node', true, []]);
  const [asDjangos] = (await world.get('/api/sessions/', { token: djangos('access') })).json;
  expect([asDjangos.id, asDjangos.is_current]).toEqual([adopted.id, false]);
  expect((await world.post('/api/logout/', undefined, { token: djangos('access') })).json).toEqual({
    detail: 'This access token belongs to no session. Blacklist its refresh token, or log out everywhere.',
    code: 'no_session',
  });
  world.pass(1);
  expect((await world.post('/api/logout/all/', undefined, { token: djangos('access') })).status).toBe(204);
  expect(await answered(world, token, 'access')).toBe(INVALID);
  expect(await answered(world, djangos('access'), 'access')).toBe(INVALID);
});
