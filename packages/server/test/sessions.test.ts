import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import { sessionStore } from '../src/adapters/sql/sessions.ts';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import type { SessionStore } from '../src/domain/store.ts';
import { changeAccount } from './support/change-account.ts';
import { DATABASE } from './support/database.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { openSession } from './support/race.ts';
import { loggedIn, type World } from './support/world.ts';

const PATH = '/api/sessions/';
const PASSWORD = 'Sup3rSecret!x';
const DAY = 86_400;
const NOT_FOUND = [404, { detail: 'Not found.' }];
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0';

type Pair = Awaited<ReturnType<typeof loggedIn>>;

const sidOf = ({ access }: Pair): string => claimsIn(access).sid;

async function logIn(world: World, username = 'alice', headers = {}): Promise<Pair> {
  return (await world.post('/api/token/', { username, password: PASSWORD }, { headers })).json;
}

async function listed(world: World, { access }: Pair): Promise<Record<string, unknown>[]> {
  return (await world.get(PATH, { token: access })).json;
}

/** Whether both tokens of a session are good for something: `access 200, refresh 200`. */
async function stateOf(world: World, { access, refresh }: Pair): Promise<string> {
  const looked = await world.get('/api/dashboard/', { token: access });
  const refreshed = await world.post('/api/token/refresh/', { refresh });
  return `access ${looked.status}, refresh ${refreshed.status}`;
}

const ALIVE = 'access 200, refresh 200';
const DEAD = 'access 401, refresh 401';

const end = async (world: World, { access }: Pair, id: string) => {
  const { status, json } = await world.ask('DELETE', `${PATH}${id}/`, { token: access });
  return [status, json];
};

test('lists where somebody is logged in, the newest first, in plain words', async ({ world }) => {
  const first = await loggedIn(world);
  world.pass(60);
  const second = await logIn(world, 'alice', { 'User-Agent': FIREFOX });
  world.pass(60);
  const third = await logIn(world, 'alice', { 'User-Agent': 'okhttp/4.12.0' });
  const body = [
    {
      id: sidOf(third),
      device: 'okhttp',
      ip: '127.0.0.1',
      created_at: '2026-01-05T09:02:00.000Z',
      last_used_at: '2026-01-05T09:02:00.000Z',
      is_current: false,
    },
    {
      id: sidOf(second),
      device: 'Firefox on Windows',
      ip: '127.0.0.1',
      created_at: '2026-01-05T09:01:00.000Z',
      last_used_at: '2026-01-05T09:01:00.000Z',
      is_current: true,
    },
    {
      id: sidOf(first),
      device: 'node',
      ip: '127.0.0.1',
      created_at: '2026-01-05T09:00:00.000Z',
      last_used_at: '2026-01-05T09:00:00.000Z',
      is_current: false,
    },
  ];
  const reply = await world.get(PATH, { token: second.access });
  expect([reply.status, reply.json, reply.headers.get('allow')]).toEqual([200, body, 'GET, OPTIONS']);
});

test('last used is the last refresh, and looking at something writes nothing [ASVS 3.5.3]', async ({
  world,
}) => {
  const pair = await loggedIn(world);
  world.pass(3_600);
  const next: Pair = (await world.post('/api/token/refresh/', { refresh: pair.refresh })).json;
  const [session] = await listed(world, next);
  expect([session?.created_at, session?.last_used_at]).toEqual([
    '2026-01-05T09:00:00.000Z',
    '2026-01-05T10:00:00.000Z',
  ]);
  await expectNothingHappened(world, async () => {
    await world.get(PATH, { token: next.access });
    await world.get('/api/dashboard/', { token: next.access });
  });
});

test('only live sessions are listed, and only the own ones [G-03]', async ({ world }) => {
  const [old, alice] = [await loggedIn(world), await logIn(world)];
  const bob = await loggedIn(world, 'bob');
  await world.post('/api/token/blacklist/', { refresh: old.refresh });
  expect((await listed(world, alice)).map(({ id }) => id)).toEqual([sidOf(alice)]);
  expect((await listed(world, bob)).map(({ id }) => id)).toEqual([sidOf(bob)]);
  world.pass(50 * DAY);
  const late = await logIn(world);
  expect((await listed(world, late)).map(({ id }) => id)).toEqual([sidOf(late)]);
});

test('a session beyond its absolute age is not listed [R-19]', async ({ open }) => {
  const world = await open({ SESSION_MAX_SECONDS: String(2 * DAY), REFRESH_TOKEN_SECONDS: String(DAY) });
  await loggedIn(world);
  world.pass(2 * DAY);
  const pair = await logIn(world);
  expect((await listed(world, pair)).map(({ id }) => id)).toEqual([sidOf(pair)]);
});

test('the id of a session opens nothing [A-20]', async ({ world }) => {
  const pair = await loggedIn(world);
  const id = sidOf(pair);
  await expectNothingHappened(world, async () => {
    expect((await world.get(PATH, { token: id })).status).toBe(401);
    for (const route of ['refresh', 'blacklist'])
      expect((await world.post(`/api/token/${route}/`, { refresh: id })).status).toBe(401);
    expect((await world.get(PATH, { headers: { Cookie: `sid=${id}; sessionid=${id}` } })).status).toBe(401);
  });
});

test('ending a session stops both its tokens at once, and no other session', async ({ world }) => {
  const [mine, lost] = [await loggedIn(world), await logIn(world)];
  const reply = await world.ask('DELETE', `${PATH}${sidOf(lost)}/`, { token: mine.access });
  expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([204, '', null]);
  expect(reply.headers.get('content-length')).toBe(null);
  expect(await stateOf(world, lost)).toBe(DEAD);
  expect(await stateOf(world, mine)).toBe(ALIVE);
  const [event] = await world.app.store.audit.list(1);
  expect(event?.event).toMatchObject({
    event: 'session_ended',
    userId: 1,
    sessionId: sidOf(lost),
    why: 'owner',
  });
});

test("a stranger's session, an unknown and an ended one are the same 404 [R-16, G-21]", async ({ world }) => {
  const [alice, ended] = [await loggedIn(world), await logIn(world)];
  const bob = await loggedIn(world, 'bob');
  await end(world, alice, sidOf(ended));
  await expectNothingHappened(world, async () => {
    for (const id of [sidOf(bob), '0'.repeat(32), sidOf(ended)])
      expect(await end(world, alice, id)).toEqual(NOT_FOUND);
    expect((await world.ask('DELETE', `${PATH}${sidOf(bob)}/`)).status).toBe(401);
  });
  expect(await stateOf(world, bob)).toBe(ALIVE);
});

test('what is no id is a path that is not there, also for strangers [S-03]', async ({ world }) => {
  const alice = await loggedIn(world);
  for (const id of ['1', 'x'.repeat(32), sidOf(alice).toUpperCase(), `${sidOf(alice)}0`, "'", '%27%20or%201'])
    for (const token of [alice.access, 'no token'])
      expect((await world.ask('DELETE', `${PATH}${id}/`, { token })).text, id).toBe(
        '{"detail":"Not found."}',
      );
  expect(await stateOf(world, alice)).toBe(ALIVE);
});

test('a session cannot be changed, only ended [R-28]', async ({ world }) => {
  const alice = await loggedIn(world);
  const body = { expires_at: null, created_at: '2030-01-01', user_id: 2 };
  await expectNothingHappened(world, async () => {
    for (const method of ['PATCH', 'PUT', 'POST', 'GET']) {
      const sent = method === 'GET' ? {} : { body };
      const reply = await world.ask(method, `${PATH}${sidOf(alice)}/`, { token: alice.access, ...sent });
      expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'DELETE, OPTIONS']);
    }
  });
});

test('logging out ends the session of the access token and no other', async ({ world }) => {
  const [here, elsewhere] = [await loggedIn(world), await logIn(world)];
  const reply = await world.post('/api/logout/', undefined, { token: here.access });
  expect([reply.status, reply.text]).toEqual([204, '']);
  expect(await stateOf(world, here)).toBe(DEAD);
  expect(await stateOf(world, elsewhere)).toBe(ALIVE);
  expect((await world.post('/api/logout/', undefined, { token: here.access })).status).toBe(401);
});

test('logging out everywhere ends every session of the account, and of nobody else [R-13]', async ({
  world,
}) => {
  const mine = [await loggedIn(world), await logIn(world), await logIn(world)];
  const bob = await loggedIn(world, 'bob');
  const reply = await world.post('/api/logout/all/', undefined, { token: mine[0]?.access ?? '' });
  expect(reply.status).toBe(204);
  for (const pair of mine) expect(await stateOf(world, pair)).toBe(DEAD);
  expect(await stateOf(world, bob)).toBe(ALIVE);
  const [event] = await world.app.store.audit.list(1);
  expect(event?.event).toEqual({ event: 'logged_out_everywhere', userId: 1, actorId: 1, sessionsEnded: 3 });
});

test('an account that is switched off or deleted has no session any more [R-15]', async ({ world }) => {
  const [alice, bob] = [await loggedIn(world), await loggedIn(world, 'bob')];
  await changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE);
  await removeAccount(world.app, 2, COMMAND_LINE);
  for (const pair of [alice, bob]) expect(await stateOf(world, pair)).toBe(DEAD);
  await changeAccount(world.app, 1, { isActive: true }, COMMAND_LINE);
  expect(await stateOf(world, alice)).toBe(DEAD);
});

test('of more than 50 sessions the least recently used one ends, and a note is made [ASVS 7.1.2]', async ({
  world,
}) => {
  const oldest = await loggedIn(world);
  const account = await world.app.store.accounts.byLoginName('alice');
  if (account === undefined) throw new Error('alice is not there');
  const unused = await logIn(world);
  world.pass(60);
  for (let count = 2; count < 50; count += 1) await openSession(world.app, account);
  const used: Pair = (await world.post('/api/token/refresh/', { refresh: oldest.refresh })).json;
  const newest = await logIn(world);
  const ids = (await listed(world, newest)).map(({ id }) => id);
  expect([ids.length, ids.includes(sidOf(used)), ids.includes(sidOf(newest))]).toEqual([50, true, true]);
  expect(await stateOf(world, unused)).toBe(DEAD);
  expect((await world.app.store.audit.list(3)).map(({ event }) => event)).toContainEqual({
    event: 'session_ended',
    userId: 1,
    actorId: undefined,
    sessionId: sidOf(unused),
    why: 'displaced',
  });
});

/** How the database runs each statement about sessions that this work makes. */
async function plansFor({ db }: Database, work: (sessions: SessionStore) => Promise<unknown>) {
  const asked: CompiledQuery[] = [];
  const noting: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      asked.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await work(sessionStore(db.withPlugin(noting)));
  const explain = DATABASE === 'sqlite' ? 'explain query plan' : 'explain';
  const plans = asked
    .filter((query) => query.sql.includes('"sessions"'))
    .map((query) => db.executeQuery(CompiledQuery.raw(`${explain} ${query.sql}`, [...query.parameters])));
  return (await Promise.all(plans)).map(({ rows }) => JSON.stringify(rows));
}

test('what makes room at a login, and what ends all sessions, looks through the live ones of the account alone', async ({
  world,
}) => {
  await loggedIn(world);
  const { database } = world.lent;
  await sql`
    insert into sessions (id, user_id, current_jti, issued_at, expires_at, ip, user_agent, created_at, ended_at)
    with recursive number (n) as (select 1 union all select n + 1 from number where n < 3000)
    select 'old ' || n, 1, 'jti ' || n, n, 4000000000000, '', '', n, n + 1 from number`.execute(database.db);
  if (DATABASE === 'postgres') await sql`analyze sessions`.execute(database.db);
  const now = world.app.clock.now();
  for (const work of [
    (sessions: SessionStore) => sessions.endLeastUsed(1, '', 50, now),
    (sessions: SessionStore) => sessions.endAllOf(1, now),
  ]) {
    const plans = await plansFor(database, work);
    expect(plans).not.toEqual([]);
    for (const plan of plans) {
      expect(plan).toMatch(/index (scan using )?sessions_live/i);
      // found by any other index, or by none, are those that have ended too
      expect(plan).not.toMatch(/sessions_by_user|seq scan|\bscan sessions/i);
    }
  }
});

test('a browser is shown a page that says 204', async ({ world }) => {
  const { access: token } = await loggedIn(world);
  const reply = await world.post('/api/logout/', undefined, { token, headers: { Accept: 'text/html' } });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(reply.text).toContain('HTTP 204');
});
