import { describe, expect } from 'vitest';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { fateOf } from '../src/domain/import/check.ts';
import { rotateKey } from '../src/domain/keys/manage.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { addUser, record } from './support/django-tokens.ts';
import { forge, reforge } from './support/forge.ts';
import { loggedIn, test, type World } from './support/world.ts';

const LEEWAY = { JWT_LEEWAY_SECONDS: '180' };
const FIFTY_DAYS = 50 * 86_400;

const dashboard = async (world: World, token: string) =>
  (await world.get('/api/dashboard/', { token })).status;
const refresh = (world: World, token: string) => world.post('/api/token/refresh/', { refresh: token });
const secondsOf = (world: World) => world.app.clock.now() / 1000;

async function purge(world: World): Promise<void> {
  for (const { run } of JOBS) await run(world.app);
}

describe('with JWT_LEEWAY_SECONDS', () => {
  test('an access token is good for so much longer, and no second more, as with LEEWAY of SimpleJWT', async ({
    open,
  }) => {
    const world = await open(LEEWAY);
    const { access } = await loggedIn(world);
    const later = (claim: string, by: number) => reforge(access, { [claim]: secondsOf(world) + by });
    expect(await dashboard(world, later('nbf', 180))).toBe(200);
    expect(await dashboard(world, later('nbf', 181))).toBe(401);
    expect(await dashboard(world, later('iat', 180))).toBe(200);
    expect(await dashboard(world, later('iat', 181))).toBe(401);
    world.pass(300 + 179);
    expect(await dashboard(world, access)).toBe(200);
    expect((await world.post('/api/token/verify/', { token: access })).status).toBe(200);
    world.pass(1);
    expect(await dashboard(world, access)).toBe(401);
  });

  test('the session of a refresh token is kept for as long', async ({ open }) => {
    const world = await open(LEEWAY);
    const [early, late] = [await loggedIn(world), await loggedIn(world, 'boris')];
    world.pass(FIFTY_DAYS + 179);
    await purge(world);
    expect((await refresh(world, early.refresh)).status).toBe(200);
    world.pass(1);
    expect((await refresh(world, late.refresh)).status).toBe(401);
  });

  test('a key that signs no more verifies for as long', async ({ open }) => {
    const world = await open(LEEWAY);
    const { access, refresh: token } = await loggedIn(world);
    const order = { to: { algorithm: 'EdDSA' as const }, delay: 0, retiresOthers: false };
    await rotateKey(world.app, order, COMMAND_LINE);
    world.pass(300 + 179);
    await world.app.keys.reload();
    expect(await dashboard(world, access)).toBe(200);
    world.pass(FIFTY_DAYS - 300);
    await purge(world);
    await world.app.keys.reload();
    expect((await refresh(world, token)).status).toBe(200);
  });

  test('what Django blacklisted does not come back after its exp, and what it did not is adopted', async ({
    open,
  }) => {
    const world = await open({ ...LEEWAY, DJANGO_TOKENS: 'on' });
    await addUser(world.lent.database, 7);
    const issued = secondsOf(world);
    const exp = issued + 1_000;
    const ofDjango = (jti: string, times: object = { iat: issued }) =>
      forge({ token_type: 'refresh', exp, jti, user_id: 7, ...times });
    await record(world.lent.database, 'black', { expiresAt: exp * 1000, blacklisted: true });
    world.pass(1_000 + 179);
    await purge(world);
    expect((await refresh(world, ofDjango('black'))).json).toMatchObject({
      detail: 'Token is blacklisted',
    });
    expect((await refresh(world, ofDjango('without-iat', {}))).status).toBe(200);
    expect((await refresh(world, ofDjango('white'))).status).toBe(200);
    world.pass(1);
    expect((await refresh(world, ofDjango('late'))).status).toBe(401);
  });
});

test('a token of Django has its fate until the instant that it has expired by', () => {
  const token = { jti: 'x', userId: 7, expiresAt: 1_000, blacklistedAt: 1 };
  expect([999, 1_000].map((expiredBy) => fateOf(token, new Set(), expiredBy))).toEqual([
    'blacklisted',
    'expired',
  ]);
});
