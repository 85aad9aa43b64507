import { createPublicKey, verify } from 'node:crypto';
import { describe, expect } from 'vitest';
import { assemble } from '../src/assemble.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { keysInForce } from '../src/domain/keys/in-force.ts';
import { newKey } from '../src/domain/keys/key-material.ts';
import { listKeys } from '../src/domain/keys/list.ts';
import { addKey, type KeyOutcome, retireKey, rotateKey } from '../src/domain/keys/manage.ts';
import { purgeRetiredKeys } from '../src/domain/keys/purge.ts';
import { SECRET_KEY_ID } from '../src/domain/keys/stored-key.ts';
import { signToken } from '../src/domain/tokens/jwt.ts';
import { hmacKey, type SigningAlgorithm } from '../src/domain/tokens/keys.ts';
import { Secret } from '../src/secret.ts';
import { claimsIn } from './support/forge.ts';
import { loggedIn, SECRET_KEY, test, type World } from './support/world.ts';

const PARTS = { hashCost: { memoryCost: 64, timeCost: 1, parallelism: 1 } };

function kidOf(outcome: KeyOutcome): string {
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.key.kid;
}

const rotate = (app: App, algorithm: SigningAlgorithm, delay = 10_000) =>
  rotateKey(app, { to: { algorithm }, delay, retiresOthers: false }, COMMAND_LINE);

/** Rotates, and lets the time pass until the new key signs. */
async function rotated(world: World, algorithm: SigningAlgorithm): Promise<string> {
  const kid = kidOf(await rotate(world.app, algorithm));
  world.pass(10);
  await world.app.keys.reload();
  return kid;
}

const headerOf = (token = '') => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
const statesOf = async (app: App) =>
  Object.fromEntries((await listKeys(app)).map(({ kid, state }) => [kid, state]));
const refresh = (world: World, token: string) => world.post('/api/token/refresh/', { refresh: token });
const dashboard = (world: World, token: string) => world.get('/api/dashboard/', { token });
const eventsOf = async (app: App) =>
  (await app.store.audit.list(20)).map(({ event }) => event).filter(({ event }) => event.startsWith('key_'));

test('without a ring tokens are as Django has them: HS256, SECRET_KEY and no kid [J-35]', async ({
  world,
}) => {
  await world.app.keys.reload();
  const { access } = await loggedIn(world);
  expect(access).toMatch(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./);
  const claims = claimsIn(access) as Parameters<typeof signToken>[0];
  expect(access).toBe(signToken(claims, hmacKey(SECRET_KEY)));
  const published = await world.get('/.well-known/jwks.json');
  expect(published.json).toEqual({ keys: [] });
  expect(published.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await statesOf(world.app)).toEqual({ SECRET_KEY: 'signing' });
});

describe.each<SigningAlgorithm>(['HS256', 'HS384', 'HS512', 'ES256', 'EdDSA'])(
  'with a key of %s',
  (algorithm) => {
    test('it signs once its time has come, and what came before goes on [J-34] [K-02]', async ({ world }) => {
      const before = await loggedIn(world);
      const kid = kidOf(await rotate(world.app, algorithm));
      await world.app.keys.reload();
      expect(await statesOf(world.app)).toEqual({ SECRET_KEY: 'signing', [kid]: 'next' });
      const early = await refresh(world, before.refresh);
      expect(headerOf(early.json.access)).toEqual({ alg: 'HS256', typ: 'JWT' });
      world.pass(10);
      await world.app.keys.reload();
      expect(await statesOf(world.app)).toEqual({ SECRET_KEY: 'old', [kid]: 'signing' });
      const later = await refresh(world, early.json.refresh);
      expect(headerOf(later.json.access)).toEqual({ alg: algorithm, typ: 'JWT', kid });
      for (const token of [before.access, early.json.access, later.json.access])
        expect((await dashboard(world, token)).status).toBe(200);
      expect((await refresh(world, later.json.refresh)).status).toBe(200);
    });
  },
);

test('others verify our tokens with what is published, and nothing secret is in it [J-35]', async ({
  world,
}) => {
  const kids = [await rotated(world, 'ES256'), await rotated(world, 'HS256'), await rotated(world, 'EdDSA')];
  const { keys } = (await world.get('/.well-known/jwks.json')).json;
  expect(keys.map(({ kid }: { kid: string }) => kid).sort()).toEqual([kids[0], kids[2]].sort());
  for (const key of keys) expect(Object.keys(key).join()).toMatch(/^crv,kty,x,(?:y,)?kid,alg,use$/);
  const { access } = await loggedIn(world);
  const jwk = keys.find(({ kid }: { kid: string }) => kid === headerOf(access).kid);
  const [head, body, signature = ''] = access.split('.');
  const signed = Buffer.from(`${head}.${body}`);
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('a key is published before it signs', async ({ world }) => {
  const kid = kidOf(await rotate(world.app, 'EdDSA'));
  await world.app.keys.reload();
  expect((await world.get('/.well-known/jwks.json')).json.keys).toMatchObject([{ kid, alg: 'EdDSA' }]);
});

test('a retired key is refused at once, whatever was remembered of its tokens [K-04] [J-34]', async ({
  world,
}) => {
  const old = await loggedIn(world);
  await rotated(world, 'EdDSA');
  expect((await dashboard(world, old.access)).status).toBe(200);
  kidOf(await retireKey(world.app, SECRET_KEY_ID, COMMAND_LINE));
  await world.app.keys.reload();
  expect((await dashboard(world, old.access)).json).toMatchObject({ code: 'token_not_valid' });
  expect((await refresh(world, old.refresh)).status).toBe(401);
  expect((await dashboard(world, (await loggedIn(world, 'bert')).access)).status).toBe(200);
});

test('a rotation after a theft refuses all that other keys signed, and new logins work [K-04]', async ({
  world,
}) => {
  const standby = kidOf(await addKey(world.app, newKey('ES256', world.app.random), COMMAND_LINE));
  const pending = kidOf(await rotate(world.app, 'HS512'));
  const old = await loggedIn(world);
  const order = { to: { algorithm: 'EdDSA' as const }, delay: 0, retiresOthers: true };
  const kid = kidOf(await rotateKey(world.app, order, COMMAND_LINE));
  await world.app.keys.reload();
  const retired = { SECRET_KEY: 'retired', [standby]: 'retired', [pending]: 'retired' };
  expect(await statesOf(world.app)).toEqual({ ...retired, [kid]: 'signing' });
  expect((await dashboard(world, old.access)).status).toBe(401);
  expect((await refresh(world, old.refresh)).status).toBe(401);
  expect((await dashboard(world, (await loggedIn(world, 'bert')).access)).status).toBe(200);
});

test('of an old key access tokens are believed for their lifetime, refresh tokens for theirs', async ({
  open,
}) => {
  const world = await open({ REFRESH_TOKEN_SECONDS: '86400' });
  const { refresh: token, access } = await loggedIn(world);
  await rotated(world, 'EdDSA');
  world.pass(300 + 121);
  await world.app.keys.reload();
  // somebody has stolen the key and makes access tokens with it
  const now = world.app.clock.now() / 1000;
  const forged = { ...claimsIn(access), iat: now, exp: now + 300 } as unknown as Parameters<
    typeof signToken
  >[0];
  expect((await dashboard(world, signToken(forged, hmacKey(SECRET_KEY)))).status).toBe(401);
  const next = await refresh(world, token);
  expect(next.status).toBe(200);
  expect((await dashboard(world, next.json.access)).status).toBe(200);
  world.pass(86_400);
  await world.app.keys.reload();
  expect(await statesOf(world.app)).toMatchObject({ SECRET_KEY: 'retired' });
  expect(await purgeRetiredKeys(world.app)).toBe(1);
  expect(Object.values(await statesOf(world.app))).toEqual(['signing']);
  await world.app.keys.reload();
  expect(world.app.keys.ring.verifying.length).toBe(1);
});

test('a server that lags reads the keys again for a kid it does not know, but rarely [J-41]', async ({
  world,
}) => {
  const order = { to: { algorithm: 'EdDSA' as const }, delay: 0, retiresOthers: false };
  kidOf(await rotateKey(world.app, order, COMMAND_LINE));
  await world.app.keys.reload();
  const { access } = await loggedIn(world);
  let elapsed = 1e6;
  let reads = 0;
  const keys = { ...world.app.store.keys };
  const revision = () => {
    reads += 1;
    return keys.revision();
  };
  const counted = { ...keys, revision };
  const clock = { now: world.app.clock.now, elapsed: () => elapsed };
  const lagging = keysInForce({ ...world.app.config, keys: counted, clock, log: world.app.log });
  const stranger = signToken(claimsIn(access) as never, hmacKey('x'.repeat(32), 'HS256', 'nobody'));
  expect(await Promise.all(Array.from({ length: 100 }, () => lagging.learns(stranger)))).not.toContain(true);
  for (let i = 0; i < 100; i++) await lagging.learns(stranger);
  expect(reads).toBe(1);
  expect(await world.app.keys.learns(access)).toBe(false);
  elapsed += 250;
  expect(await lagging.learns(stranger)).toBe(false);
  expect(reads).toBe(2);
  expect(lagging.ring.byId.has(headerOf(access).kid)).toBe(true);
  expect(await lagging.learns('')).toBe(false);
  expect(await lagging.learns('a.b.c')).toBe(false);
});

test('of two rotations one is refused while the other is under way, and --now drops it', async ({
  world,
}) => {
  const first = kidOf(await rotate(world.app, 'EdDSA'));
  expect(await rotate(world.app, 'ES256')).toEqual({ refused: 'rotation_under_way' });
  const second = kidOf(await rotate(world.app, 'ES256', 0));
  await world.app.keys.reload();
  expect(await statesOf(world.app)).toEqual({ SECRET_KEY: 'old', [first]: 'old', [second]: 'signing' });
  world.pass(60);
  await world.app.keys.reload();
  expect(world.app.keys.ring.signing.id).toBe(second);
});

test('SECRET_KEY can sign again, and tokens are as before', async ({ world }) => {
  const kid = await rotated(world, 'EdDSA');
  const order = { to: { kid: SECRET_KEY_ID }, delay: 10_000, retiresOthers: false };
  kidOf(await rotateKey(world.app, order, COMMAND_LINE));
  world.pass(10);
  await world.app.keys.reload();
  expect(await statesOf(world.app)).toEqual({ SECRET_KEY: 'signing', [kid]: 'old' });
  expect(headerOf((await loggedIn(world)).access)).toEqual({ alg: 'HS256', typ: 'JWT' });
});

test('a key that signs, will sign, is unknown or has no private half is refused what it cannot do', async ({
  world,
}) => {
  const { app } = world;
  const material = newKey('ES256', app.random);
  const half = kidOf(await addKey(app, { ...material, secret: undefined }, COMMAND_LINE));
  const to = (kid: string) => rotateKey(app, { to: { kid }, delay: 0, retiresOthers: false }, COMMAND_LINE);
  expect(await addKey(app, material, COMMAND_LINE)).toEqual({ refused: 'key_exists' });
  expect(await to(half)).toEqual({ refused: 'key_only_verifies' });
  expect(await to('__proto__')).toEqual({ refused: 'key_unknown' });
  expect(await to(SECRET_KEY_ID)).toEqual({ refused: 'key_is_signing' });
  expect(await retireKey(app, SECRET_KEY_ID, COMMAND_LINE)).toEqual({ refused: 'key_is_signing' });
  expect(await retireKey(app, 'nobody', COMMAND_LINE)).toEqual({ refused: 'key_unknown' });
  const next = kidOf(await rotate(app, 'EdDSA'));
  expect(await retireKey(app, next, COMMAND_LINE)).toEqual({ refused: 'key_is_next' });
  kidOf(await retireKey(app, half, COMMAND_LINE));
  expect(await retireKey(app, half, COMMAND_LINE)).toEqual({ refused: 'key_is_retired' });
  expect(await to(half)).toEqual({ refused: 'key_is_retired' });
});

test('each change of the keys is an event, and private parts are in none, nor readable in the table [S-08]', async ({
  world,
}) => {
  const { app } = world;
  const material = newKey('EdDSA', app.random);
  const kid = kidOf(await addKey(app, material, COMMAND_LINE));
  kidOf(await rotateKey(app, { to: { kid }, delay: 0, retiresOthers: false }, COMMAND_LINE));
  kidOf(await retireKey(app, SECRET_KEY_ID, COMMAND_LINE));
  const algorithm = 'EdDSA';
  expect(await eventsOf(app)).toEqual([
    { event: 'key_retired', userId: undefined, kid: SECRET_KEY_ID },
    {
      event: 'key_rotated',
      userId: undefined,
      kid,
      algorithm,
      signsFrom: app.clock.now(),
      retiresOthers: false,
    },
    { event: 'key_added', userId: undefined, kid, algorithm },
  ]);
  const rows = JSON.stringify(await world.lent.database.db.selectFrom('signing_keys').selectAll().execute());
  const seed = material.secret?.subarray(-32) ?? Buffer.alloc(0);
  for (const form of ['hex', 'base64', 'base64url'] as const) expect(rows).not.toContain(seed.toString(form));
  expect(JSON.stringify([await listKeys(app), await eventsOf(app)])).not.toMatch(/sealed|"d"/);
});

// While SECRET_KEY is an old key of the ring, a server with another one would sign with that, and the others refuse it.
for (const retiresOthers of [true, false])
  test(`with another SECRET_KEY the ring does not open: that is said, and a start is refused [K-03], others retired: ${retiresOthers}`, async ({
    world,
  }) => {
    const { app, lent } = world;
    const order = { to: { algorithm: 'EdDSA' as const }, delay: 0, retiresOthers };
    kidOf(await rotateKey(app, order, COMMAND_LINE));
    const notes: string[] = [];
    const log = { ...app.log, error: (_note: object, text: string) => notes.push(text) };
    const config = {
      ...app.config,
      secretKey: new Secret('another key of the tests, just as long 0a1b2c3d'),
    };
    const other = assemble(config, lent.database, { ...PARTS, clock: app.clock, log });
    await expect(other.keys.reload()).rejects.toThrow(
      /The signing key of the ring does not open with this SECRET_KEY/,
    );
    expect(notes).toEqual(['a signing key does not open with this SECRET_KEY: see docs/keys.md']);
  });
