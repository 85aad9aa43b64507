import { expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { purgeExpiredSessions } from '../src/domain/tokens/purge.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { serve } from './support/second-server.ts';
import { loggedIn, SECRET_KEY, type World } from './support/world.ts';

const PATH = '/api/token/refresh/';
const PASSWORD = 'Sup3rSecret!x';
const DAY = 86_400;
const INVALID = [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }];

type Pair = Awaited<ReturnType<typeof loggedIn>>;

async function refused(world: World, token: string): Promise<unknown[]> {
  const { status, json } = await world.post(PATH, { refresh: token });
  return [status, json];
}

/** Refreshes, and expects it to work. */
async function refresh(world: World, token: string): Promise<Pair> {
  const reply = await world.post(PATH, { refresh: token });
  if (reply.status !== 200) throw new Error(`refused: ${reply.text}`);
  return reply.json;
}

async function logInAgain(world: World): Promise<Pair> {
  return (await world.post('/api/token/', { username: 'alice', password: PASSWORD })).json;
}

/** Refreshes at a server on the same database, with other settings. */
async function refreshElsewhere(world: World, token: string, settings: object): Promise<[number, Pair]> {
  const config = readConfig('serve', { SECRET_KEY, PUBLIC_URL: 'http://127.0.0.1', ...settings });
  const server = await serve({ ...world.app, config });
  const headers = { 'Content-Type': 'application/json', Connection: 'close' };
  const body = JSON.stringify({ refresh: token });
  const reply = await fetch(server.baseUrl + PATH, { method: 'POST', headers, body });
  const answer: [number, Pair] = [reply.status, (await reply.json()) as Pair];
  await server.close();
  return answer;
}

test('a token that was not used for its lifetime has expired, to the second [R-20]', async ({ world }) => {
  const [early, late] = [await loggedIn(world), await logInAgain(world)];
  world.pass(50 * DAY - 1);
  await refresh(world, early.refresh);
  world.pass(1);
  expect(await expectNothingHappened(world, () => refused(world, late.refresh))).toEqual(INVALID);
});

test('no rotation carries a session beyond SESSION_MAX_SECONDS [R-19]', async ({ world }) => {
  const start = world.app.clock.now() / 1000;
  let pair = await loggedIn(world);
  for (let day = 5; day < 90; day += 5) {
    world.pass(5 * DAY);
    pair = await refresh(world, pair.refresh);
    expect(claimsIn(pair.refresh).exp).toBe(start + Math.min(day + 50, 90) * DAY);
  }
  world.pass(5 * DAY);
  expect(await refused(world, pair.refresh)).toEqual(INVALID);
});

test('a session that is older than a lowered SESSION_MAX_SECONDS is refused [R-19]', async ({ world }) => {
  const { refresh: token } = await loggedIn(world);
  world.pass(10 * DAY);
  const settings = { SESSION_MAX_SECONDS: String(9 * DAY) };
  expect((await refreshElsewhere(world, token, settings))[0]).toBe(401);
});

test('lowering REFRESH_TOKEN_SECONDS logs nobody out, and counts from the next rotation', async ({
  world,
}) => {
  const { refresh: token } = await loggedIn(world);
  world.pass(10 * DAY);
  const [status, pair] = await refreshElsewhere(world, token, { REFRESH_TOKEN_SECONDS: String(DAY) });
  const claims = claimsIn(pair.refresh);
  expect([status, claims.exp - claims.iat]).toEqual([200, DAY]);
});

test('purging forgets sessions whose last token has expired, and no other', async ({ world }) => {
  const [used, unused] = [await loggedIn(world), await logInAgain(world)];
  world.pass(40 * DAY);
  const heir = await refresh(world, used.refresh);
  world.pass(11 * DAY);
  expect(await purgeExpiredSessions(world.app)).toBe(1);
  expect(await refused(world, unused.refresh)).toEqual(INVALID);
  await refresh(world, heir.refresh);
});

test('purging comes to every session, however many slices there are and begin in one moment', async ({
  world,
}) => {
  const first = await loggedIn(world);
  for (let count = 1; count < 8; count += 1) await logInAgain(world);
  world.pass(DAY);
  for (let count = 0; count < 5; count += 1) await logInAgain(world);
  const sessions = () => world.lent.database.db.selectFrom('sessions').select('id').execute();
  expect(await sessions()).toHaveLength(13);
  world.pass(49.5 * DAY);
  const purge = (limit: number) => world.app.store.sessions.purgeExpired(world.app.clock.now(), limit);
  expect(await purge(3)).toBe(8);
  expect(await sessions()).toHaveLength(5);
  world.pass(DAY);
  expect(await purge(2)).toBe(5);
  expect(await refused(world, first.refresh)).toEqual(INVALID);
});

test('the claims are those of now: a changed profile shows after a refresh [J-37]', async ({ world }) => {
  const first = await loggedIn(world);
  const profile = { verified: true, fullName: 'Alice Liddell' };
  await changeAccount(world.app, 1, { email: 'new@example.org', profile }, COMMAND_LINE);
  const pair = await refresh(world, first.refresh);
  const fresh = { email: 'new@example.org', verified: true, full_name: 'Alice Liddell', username: 'alice' };
  for (const token of [pair.access, pair.refresh]) expect(claimsIn(token)).toMatchObject(fresh);
});

test('answers with tokens are stored by nobody: no-store, no ETag, no cookie [R-24]', async ({ world }) => {
  const { refresh: token } = await loggedIn(world);
  const login = await world.post('/api/token/', { username: 'alice', password: PASSWORD });
  const replies = [
    login,
    await world.post(PATH, { refresh: token }),
    await world.post(PATH, { refresh: 'x' }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 401]);
  for (const { headers } of replies) {
    const seen = ['cache-control', 'etag', 'last-modified', 'set-cookie'].map((name) => headers.get(name));
    expect(seen).toEqual(['no-store', null, null, null]);
  }
});
