import { describe, expect } from 'vitest';
import { addUser, djangoFixture, record } from './support/django-tokens.ts';
import { forge } from './support/forge.ts';
import { loggedIn, test, type World } from './support/world.ts';

const { tokens, secret_key, rsa_public_key, ec_public_key } = djangoFixture('tokens.json');

const INVALID = 'Token is invalid or expired';
const LIVES_LONG = { DJANGO_TOKEN_MAX_SECONDS: String(41 * 366 * 86_400) };
const ON = { DJANGO_TOKENS: 'on', ...LIVES_LONG };

const keyFor = (algorithm: string): string =>
  algorithm === 'RS256' ? rsa_public_key : algorithm === 'ES256' ? ec_public_key : secret_key;

/** What SimpleJWT takes and we do not, and why. */
const STRICTER: Readonly<Record<string, string>> = {
  'signature-unused-bit': 'a token has one spelling',
  'signature-padded': 'a token has one spelling',
  'signature-junk-inside': 'a token has one spelling',
  'kid-number': 'kid is a text, as in newer PyJWT',
  'crit-unknown': 'RFC 7515, and newer PyJWT',
  'jti-empty': 'it could not be blacklisted by itself',
};

/** Who the account is, is asked after the token was found good. */
const ACCOUNT: Readonly<Record<string, string>> = {
  'user-id-missing': 'Token contained no recognizable user identification',
  'user-id-null': 'User not found',
};

interface Sample {
  readonly name: string;
  readonly server_algorithm: string;
  readonly token: string;
  readonly as_access: string | Record<string, string>;
  readonly as_refresh: string | Record<string, string>;
  readonly payload: { readonly user_id?: unknown } | null;
}

/** 200, or the sentence of the refusal in the words of 5.3.1. */
function expected(sample: Sample, kind: 'access' | 'refresh'): string {
  const recorded = sample[`as_${kind}`];
  const said = typeof recorded === 'string' ? recorded : (recorded['5.3.1'] ?? '');
  if (sample.name in STRICTER) return INVALID;
  if (sample.name === 'empty') return kind === 'access' ? 'no token' : 'blank';
  if (said.startsWith('crash')) return INVALID;
  if (said !== 'accepted') return said.replace('refused: ', '');
  if (kind === 'access' && sample.name in ACCOUNT) return ACCOUNT[sample.name] ?? '';
  if (String(sample.payload?.user_id).includes('-'))
    return kind === 'access' ? 'User not found' : 'No active account found for the given token.';
  return '200';
}

async function answered(world: World, token: string, kind: 'access' | 'refresh'): Promise<string> {
  const reply =
    kind === 'access'
      ? await world.get('/api/dashboard/', { token })
      : await world.post('/api/token/refresh/', { refresh: token });
  if (reply.status === 200) return '200';
  if (reply.status === 400) return 'blank';
  expect(reply.status).toBe(401);
  return reply.json.messages?.[0].message ?? reply.json.detail;
}

describe.each(['HS256', 'HS384', 'HS512', 'RS256', 'ES256'])(
  'tokens of a Django server with %s',
  (algorithm) => {
    test('get the answers of SimpleJWT, as access and as refresh tokens', async ({ open }) => {
      const keys = { DJANGO_JWT_KEY: keyFor(algorithm), DJANGO_JWT_ALGORITHM: algorithm };
      const world = await open({ ...ON, ...keys });
      for (const id of [1, 7]) await addUser(world.lent.database, id);
      const mine: Sample[] = tokens.filter((one: Sample) => one.server_algorithm === algorithm);
      expect(mine.length).toBeGreaterThan(5);
      const odd = ['empty', 'space-in-front', 'line-break-inside', 'bearer-in-front', 'one-word'];
      for (const sample of mine) {
        // one that needs no header of more than a word
        if (!odd.includes(sample.name))
          expect([sample.name, await answered(world, sample.token, 'access')]).toEqual([
            sample.name,
            expected(sample, 'access'),
          ]);
        if (sample.name === 'space-in-front') continue;
        expect([sample.name, await answered(world, sample.token, 'refresh')]).toEqual([
          sample.name,
          expected(sample, 'refresh'),
        ]);
      }
    });
  },
);

interface Planted {
  readonly note: string;
  readonly kind: 'access' | 'refresh';
  readonly verdict: string;
  readonly stored: string;
  readonly token: string;
  readonly payload: { readonly jti: string; readonly user_id: unknown };
  readonly original: Record<'refresh' | 'verify' | 'dashboard', { status: number; says?: string }>;
}

const GONE = /^user (?:inactive|deleted)$/;

function statusesFor({ verdict, original }: Planted): number[] {
  const { refresh, verify, dashboard } = original;
  // Unlike SimpleJWT before 5.5 we ask for the account everywhere.
  return GONE.test(verdict)
    ? [401, 401, dashboard.status]
    : [refresh.status, verify.status, dashboard.status];
}

test.for(['3.2', '4.2', '5.2', '5.2-default'])(
  'the tokens of the database db-%s do what they did there',
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
      const got = [refresh.status, verify.status, dashboard.status];
      expect([one.verdict, one.kind, one.note, ...got]).toEqual([
        one.verdict,
        one.kind,
        one.note,
        ...statusesFor(one),
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
  const { sid, user_id } = JSON.parse(Buffer.from(refresh.split('.')[1] ?? '', 'base64url').toString());
  const copied = { sid, user_id, jti: 'made by Django' };
  expect(await answered(world, djangos('access', copied), 'access')).toBe('200');
  const beyondOurs = { ...copied, exp: AT + 400 * 86_400 };
  expect(await answered(world, djangos('refresh', beyondOurs), 'refresh')).toBe(INVALID);
  expect(await answered(world, djangos('refresh', copied), 'refresh')).toBe('Token is blacklisted');
  expect(await answered(world, access, 'access')).toBe(INVALID);
});

test("with two keys what Django's signed is Django's, whatever session it names, and ours needs one", async ({
  open,
}) => {
  const world = await open({ ...ON, DJANGO_JWT_KEY: rsa_public_key, DJANGO_JWT_ALGORITHM: 'RS256' });
  await addUser(world.lent.database, 7);
  expect(await answered(world, djangos('access'), 'access')).toBe(INVALID);
  expect(await answered(world, djangos('refresh'), 'refresh')).toBe(INVALID);
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
