import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import type { Account } from '../src/domain/store.ts';
import { type Answered, keepAliveClient } from './support/client.ts';
import { type ServerProcess, startCheapServer } from './support/process.ts';
import {
  addAccount,
  countEvents,
  jtiOf,
  liveTokensOf,
  openSession,
  type Pair,
  startPair,
  startTogether,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

/** How many clients, and how many rounds with so many. */
const SIZES = [
  { clients: 2, count: rounds(20, 200) },
  { clients: 10, count: rounds(8, 200) },
  { clients: 50, count: rounds(5, 200) },
];

/** How often somebody logs out while he refreshes. */
const LOGOUTS = rounds(40, 200);

const STRICT = { REFRESH_GRACE_SECONDS: '0' };

const client = keepAliveClient();
const { refresh, blacklist, dashboard } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
/** with the usual grace, and with none */
let lenient: Pair;
let strict: Pair;
const started: ServerProcess[] = [];

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  [lenient, strict] = await Promise.all([
    startPair({ databaseUrl: shared.url }),
    startPair({ databaseUrl: shared.url, settings: STRICT }),
  ]);
  started.push(...lenient, ...strict);
}, PATIENTLY.timeout);

afterAll(async () => {
  client.close();
  await Promise.all(started.map((server) => server.stop()));
  await shared?.remove();
});

/** The different refresh tokens that were given out. */
function nextTokens(replies: readonly Answered[]): string[] {
  const winners = replies.filter(({ status }) => status === 200);
  return [...new Set(winners.map(({ json }) => json.refresh as string))];
}

describe.each(SIZES)('$clients clients refresh with one token at once, at two servers', (size) => {
  const { clients, count } = size;
  const everyone = `${clients} x 200`;

  test(
    'within the grace all get the same next token, and access tokens that work [R-03, R-05]',
    PATIENTLY,
    async () => {
      const account = await addAccount(app, `lenient-${clients}`);
      let token = (await openSession(app, account)).refresh;
      const outcomes = await tally(count, async () => {
        const replies = await together(lenient, clients, (server) => refresh(server, token));
        const looks = await together(lenient, clients, (server, i) =>
          dashboard(server, replies[clients - 1 - i]?.json.access),
        );
        const next = nextTokens(replies);
        const live = await liveTokensOf(database, account);
        const isTheLiveOne = live.length === 1 && live[0] === jtiOf(next[0] ?? token);
        // a round that went wrong is not to spoil the next one
        if (!isTheLiveOne) await app.store.sessions.endAllOf(account.id, app.clock.now());
        token = isTheLiveOne ? (next[0] ?? token) : (await openSession(app, account)).refresh;
        return `${statusesOf(replies)}; next tokens: ${next.length}, live: ${isTheLiveOne}; access: ${statusesOf(looks)}`;
      });
      expect(outcomes).toEqual({ [`${everyone}; next tokens: 1, live: true; access: ${everyone}`]: count });
      expect(await countEvents(database, 'refresh_token_reused', account)).toBe(0);
    },
  );

  test(
    'without grace one gets the next token, and the others end the session, which is noted once [R-04, R-05]',
    PATIENTLY,
    async () => {
      const account = await addAccount(app, `strict-${clients}`);
      const outcomes = await tally(count, async () => {
        const session = await openSession(app, account);
        const replies = await together(strict, clients, (server) => refresh(server, session.refresh));
        const live = await liveTokensOf(database, account);
        const heirs = await Promise.all(nextTokens(replies).map((next) => refresh(strict[0], next)));
        return `${statusesOf(replies)}; live: ${live.length}; the next token: ${statusesOf(heirs)}`;
      });
      expect(outcomes).toEqual({
        [`1 x 200, ${clients - 1} x 401; live: 0; the next token: 1 x 401`]: count,
      });
      expect(await countEvents(database, 'refresh_token_reused', account)).toBe(count);
    },
  );
});

test('without grace a token is used up for a server, too, whose clock is behind or that began earlier', async () => {
  const account = await addAccount(app, 'clocks');
  const { id: sessionId, refresh: token } = await openSession(app, account);
  const now = app.clock.now();
  const rotateAt = async (at: number) => {
    const next = { jti: `next at ${at}`, issuedAt: at, expiresAt: at + 60_000 };
    return (await app.store.sessions.rotate({ sessionId, jti: jtiOf(token), next, at, grace: 0 })).kind;
  };
  expect(await rotateAt(now)).toBe('rotated');
  expect(await rotateAt(now)).toBe('reused');
  expect(await rotateAt(now - 1)).toBe('reused');
});

/**
 * Two clients refresh while a third logs out: these first, or that one, which has more to do and so gets a start of
 * some turns. Then every token that anybody has is tried.
 */
async function logOutWhileRefreshing(pair: Pair, account: Account, round: number) {
  const { access, refresh: token } = await openSession(app, account);
  const refreshBoth = () => startTogether(pair, 2, (server) => refresh(server, token));
  const early = round % 2 === 0 ? refreshBoth() : undefined;
  const loggingOut = blacklist(pair[round % 4 < 2 ? 0 : 1], token);
  const start = early === undefined ? round % 100 : 0;
  for (let turns = start; turns > 0; turns--) await setImmediate();
  const refreshed = await Promise.all(early ?? refreshBoth());
  const loggedOut = await loggingOut;
  const winners = refreshed.filter(({ status }) => status === 200).map(({ json }) => json);
  const accesses = [access, ...winners.map((tokens) => tokens.access)];
  const looks = await Promise.all(accesses.map((one, i) => dashboard(pair[i === 0 ? 0 : 1], one)));
  const refreshes = [token, ...winners.map((tokens) => tokens.refresh)];
  const tries = await Promise.all(refreshes.map((one, i) => refresh(pair[i === 0 ? 1 : 0], one)));
  const alive = [...looks, ...tries].filter(({ status }) => status !== 401).length;
  return { refreshed, loggedOut, alive };
}

test(
  'after a logout that races with refreshes no token of the family works, whichever came first [R-12]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'leaving');
    const outcomes = await tally(LOGOUTS, async (i) => {
      const { refreshed, loggedOut, alive } = await logOutWhileRefreshing(lenient, account, i);
      const odd = refreshed.filter(({ status }) => status !== 200 && status !== 401).length;
      return `logout: ${loggedOut.status}; odd answers: ${odd}; tokens alive: ${alive}`;
    });
    expect(outcomes).toEqual({ 'logout: 200; odd answers: 0; tokens alive: 0': LOGOUTS });
    expect(await liveTokensOf(database, account)).toEqual([]);
  },
);

test(
  'without grace, too, no token of the family works after a logout that races with refreshes',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'leaving-strictly');
    const outcomes = await tally(LOGOUTS, async (i) => {
      const { refreshed, loggedOut, alive } = await logOutWhileRefreshing(strict, account, i);
      const odd = [...refreshed, loggedOut].filter(({ status }) => status !== 200 && status !== 401).length;
      return `odd answers: ${odd}; tokens alive: ${alive}`;
    });
    expect(outcomes).toEqual({ 'odd answers: 0; tokens alive: 0': LOGOUTS });
    expect(await liveTokensOf(database, account)).toEqual([]);
  },
);

test(
  'a restart changes nothing: the parent gets the same next token, and who logged out stays out',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'patient');
    const [kept, left] = [await openSession(app, account), await openSession(app, account)];
    const before = await startCheapServer({ databaseUrl: shared.url });
    started.push(before);
    const rotated = await refresh(before, kept.refresh);
    expect((await blacklist(before, left.refresh)).status).toBe(200);
    expect(await before.stop()).toBe(0);

    const after = await startCheapServer({ databaseUrl: shared.url });
    started.push(after);
    const repeated = await refresh(after, kept.refresh);
    expect(repeated.json.refresh).toBe(rotated.json.refresh);
    expect((await dashboard(after, rotated.json.access)).status).toBe(200);
    expect((await refresh(after, rotated.json.refresh)).status).toBe(200);
    expect((await refresh(after, left.refresh)).status).toBe(401);
    expect((await dashboard(after, left.access)).status).toBe(401);
  },
);
