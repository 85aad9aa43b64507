import { describe, expect } from 'vitest';
import { assemble } from '../src/assemble.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { newKey } from '../src/domain/keys/key-material.ts';
import { addKey, retireKey, rotateKey } from '../src/domain/keys/manage.ts';
import { resealKeys } from '../src/domain/keys/reseal.ts';
import { SECRET_KEY_ID } from '../src/domain/keys/stored-key.ts';
import { csrfToken } from '../src/http/csrf.ts';
import { watchKeys } from '../src/jobs/watch-keys.ts';
import { Secret } from '../src/secret.ts';
import { addUser } from './support/django-tokens.ts';
import { claimsIn, forge } from './support/forge.ts';
import { until } from './support/until.ts';
import { CHEAP_HASH, loggedIn, SECRET_KEY, test, type World } from './support/world.ts';

const OLD = 'what SECRET_KEY was, in the tests: 9f8e7d6c5b4a';
const OLDER = 'and what it was before that: 0a1b2c3d4e5f6a7b';
const STRANGE = 'a key that nobody has named: 7c3e5a1b9d2f';
const FALLBACKS = { SECRET_KEY_FALLBACKS: JSON.stringify([OLD, OLDER]) };

/** The same token as a server would have signed it with another key. */
const signedWith = (key: string, token: string) => forge(claimsIn(token), undefined, key);
const refresh = (world: World, token: string) => world.post('/api/token/refresh/', { refresh: token });
const statusOf = async (world: World, token: string) =>
  (await world.get('/api/dashboard/', { token })).status;

async function rotate({ app, pass }: World): Promise<void> {
  const order = { to: { algorithm: 'EdDSA' as const }, delay: 10_000, retiresOthers: false };
  expect(await rotateKey(app, order, COMMAND_LINE)).toHaveProperty('key');
  pass(10);
  await app.keys.reload();
}

describe('what was signed with one of SECRET_KEY_FALLBACKS', () => {
  test('is good, and what comes of it is signed with SECRET_KEY', async ({ open }) => {
    const world = await open(FALLBACKS);
    let { access, refresh: token } = await loggedIn(world);
    for (const key of [OLD, OLDER]) {
      expect(await statusOf(world, signedWith(key, access))).toBe(200);
      const next = await refresh(world, signedWith(key, token));
      expect(next.status).toBe(200);
      ({ access, refresh: token } = next.json);
      expect([access, token]).toEqual([signedWith(SECRET_KEY, access), signedWith(SECRET_KEY, token)]);
    }
    await world.app.keys.reload();
    expect(await statusOf(world, signedWith(OLD, access))).toBe(200);
    expect(await statusOf(world, signedWith(STRANGE, access))).toBe(401);
    expect((await refresh(world, signedWith(STRANGE, token))).status).toBe(401);
  });

  test('is refused without them', async ({ world }) => {
    const { access, refresh: token } = await loggedIn(world);
    expect(await statusOf(world, signedWith(OLD, access))).toBe(401);
    expect((await refresh(world, signedWith(OLD, token))).status).toBe(401);
  });

  test('goes the ways of SECRET_KEY in the ring: for refreshing alone, and retired', async ({ open }) => {
    const world = await open(FALLBACKS);
    const { access, refresh: token } = await loggedIn(world);
    await rotate(world);
    expect(await statusOf(world, signedWith(OLD, access))).toBe(200);
    world.pass(300 + 121);
    await world.app.keys.reload();
    const now = world.app.clock.now() / 1000;
    const forged = forge({ ...claimsIn(access), iat: now, exp: now + 300 }, undefined, OLD);
    expect(await statusOf(world, forged)).toBe(401);
    const next = await refresh(world, signedWith(OLD, token));
    expect(next.status).toBe(200);
    await retireKey(world.app, SECRET_KEY_ID, COMMAND_LINE);
    await world.app.keys.reload();
    expect((await refresh(world, signedWith(OLD, next.json.refresh))).status).toBe(401);
    expect((await refresh(world, next.json.refresh)).status).toBe(200);
  });

  test("is good as Django's, too, unless Django has a key of its own", async ({ open }) => {
    for (const [own, status] of [
      [{}, 200],
      [{ DJANGO_JWT_KEY: SECRET_KEY }, 401],
    ] as const) {
      const world = await open({ ...FALLBACKS, DJANGO_TOKENS: 'on', ...own });
      await addUser(world.lent.database, 7);
      const iat = world.app.clock.now() / 1000;
      const claims = { token_type: 'refresh', exp: iat + 3600, iat, jti: 'a'.repeat(32), user_id: 7 };
      expect((await refresh(world, forge(claims, undefined, OLD))).status).toBe(status);
    }
  });

  test('is a CSRF token as well', async ({ open }) => {
    const world = await open({ ...FALLBACKS, TOKEN_TRANSPORT: 'cookie' });
    const { access } = (await loggedIn(world)) as { access: string };
    const login = await world.post('/api/token/', { username: 'alice', password: 'Sup3rSecret!x' });
    const Cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const sid = claimsIn(login.json.access).sid;
    const ask = (key: string) =>
      world.post('/api/token/refresh/', undefined, {
        headers: {
          Cookie,
          Origin: 'http://127.0.0.1',
          'X-CSRFToken': csrfToken({ secretKey: new Secret(key) }, sid),
        },
      });
    expect((await ask(STRANGE)).status).toBe(403);
    expect((await ask(OLD)).json).toMatchObject({
      csrf_token: csrfToken({ secretKey: new Secret(SECRET_KEY) }, sid),
    });
    expect(claimsIn(access).sid).not.toBe(sid);
  });
});

/** An application on the same database whose SECRET_KEY is another one. */
function otherApp(
  { app, lent }: World,
  key: string,
  fallbacks: readonly string[] = [],
  log: App['log'] = app.log,
): App {
  const keys = { secretKey: new Secret(key), secretKeyFallbacks: fallbacks.map((one) => new Secret(one)) };
  const parts = { hashCost: CHEAP_HASH, clock: app.clock, log };
  return assemble({ ...app.config, ...keys }, lent.database, parts);
}

describe('the keys of the ring', () => {
  test('open with one of SECRET_KEY_FALLBACKS, and with SECRET_KEY alone once they are sealed anew [K-03]', async ({
    world,
  }) => {
    const { access } = await loggedIn(world);
    await rotate(world);
    await addKey(world.app, newKey('HS512', world.app.random), COMMAND_LINE);
    const { signing, verifying } = world.app.keys.ring;
    const kids = verifying.flatMap(({ id }) => id ?? []).sort();
    const moving = otherApp(world, OLD, [SECRET_KEY]);
    await moving.keys.reload();
    expect(moving.keys.ring.signing.id).toBe(signing.id);
    // no server has to be told, and one that still has the other key goes on
    const before = await world.app.store.keys.all();
    const resealed = await resealKeys(moving, COMMAND_LINE);
    expect([...resealed.resealed].sort()).toEqual(
      before
        .map(({ kid }) => kid)
        .filter((kid) => kid !== SECRET_KEY_ID)
        .sort(),
    );
    await world.app.keys.reload();
    expect(world.app.keys.ring.signing.id).toBe(signing.id);
    expect(await statusOf(world, access)).toBe(200);
    const moved = otherApp(world, OLD);
    await moved.keys.reload();
    expect(moved.keys.ring.signing.id).toBe(signing.id);
    expect(moved.keys.published).toEqual(world.app.keys.published);
    expect(moved.keys.ring.verifying.flatMap(({ id }) => id ?? [])).toEqual(expect.arrayContaining(kids));
    await expect(otherApp(world, SECRET_KEY).keys.reload()).rejects.toThrow(/does not open/);
    // only the seal is another
    const unsealed = (all: typeof before) => all.map(({ sealed: _, ...rest }) => rest);
    expect(unsealed(await world.app.store.keys.all())).toEqual(unsealed(before));
    expect(await resealKeys(moved, COMMAND_LINE)).toMatchObject({ resealed: [], closed: [] });
    const events = (await world.app.store.audit.list(50)).filter(
      ({ event }) => event.event === 'keys_resealed',
    );
    expect(events.map(({ event }) => event)).toEqual([
      { event: 'keys_resealed', userId: undefined, count: 2 },
    ]);
  });

  test('that a server cannot open are in its log before they sign and when they do; it signs on with what it has', async ({
    world,
  }) => {
    const lines: string[] = [];
    const write = (note: { readonly kid?: string; readonly error?: unknown }, text: string) =>
      void lines.push(`${text} ${note.kid ?? note.error}`);
    const log = { info() {}, warn() {}, error: write, request() {} };
    const other = otherApp(world, OLD, [], log);
    await other.keys.reload();
    const order = { to: { algorithm: 'EdDSA' as const }, delay: 10_000, retiresOthers: false };
    await rotateKey(world.app, order, COMMAND_LINE);
    await other.keys.reload();
    const [next] = (await world.app.store.keys.all()).filter(({ kid }) => kid !== SECRET_KEY_ID);
    const early = `a signing key does not open with this SECRET_KEY: see docs/keys.md ${next?.kid}`;
    expect(lines).toEqual([early]);
    world.pass(10);
    const watch = watchKeys({ keys: other.keys, log });
    await until(() => lines.length > 1);
    await watch.stop();
    expect(lines).toEqual([
      early,
      expect.stringMatching(/^the signing keys could not be read .*does not open with this SECRET_KEY/),
    ]);
    expect(other.keys.ring.signing.id).toBeUndefined();
  });

  test('that open with none of them are told of, and left', async ({ world }) => {
    await rotate(world);
    const before = await world.app.store.keys.all();
    const kid = world.app.keys.ring.signing.id;
    expect(await resealKeys(otherApp(world, OLD, [OLDER]), COMMAND_LINE)).toEqual({
      resealed: [],
      already: [],
      closed: [kid],
    });
    expect(await world.app.store.keys.all()).toEqual(before);
  });
});
