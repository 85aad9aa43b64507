import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import { keepAliveClient } from './support/client.ts';
import { forge } from './support/forge.ts';
import type { ServerProcess } from './support/process.ts';
import {
  addAccount,
  countEvents,
  liveTokensOf,
  type Pair,
  startPair,
  startTogether,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const LONG = { timeout: 60_000 };
const CLIENTS = 10;
const ROUNDS = 8;
const ON = { DJANGO_TOKENS: 'on' };

const client = keepAliveClient();
const { refresh, blacklist } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
let lenient: Pair;
let strict: Pair;
const started: ServerProcess[] = [];

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  [lenient, strict] = await Promise.all([
    startPair({ databaseUrl: shared.url, settings: ON }),
    startPair({ databaseUrl: shared.url, settings: { ...ON, REFRESH_GRACE_SECONDS: '0' } }),
  ]);
  started.push(...lenient, ...strict);
}, LONG.timeout);

afterAll(async () => {
  client.close();
  await Promise.all(started.map((server) => server.stop()));
  await shared?.remove();
});

/** An account, and a refresh token of Django's that no table knows. */
async function newcomer(name: string) {
  const account = await addAccount(app, name);
  const iat = Math.floor(Date.now() / 1000);
  const token = forge({
    token_type: 'refresh',
    exp: iat + 3600,
    iat,
    jti: `of ${name}`,
    user_id: account.id,
  });
  return { account, token };
}

async function sessionsOf(userId: number): Promise<number> {
  const sessions = database.db.selectFrom('sessions').select('id').where('user_id', '=', userId);
  return (await sessions.execute()).length;
}

test(
  'of many refreshes with one token of Django at once one adopts, and all get the same next token',
  LONG,
  async () => {
    const outcomes = await tally(ROUNDS, async (i) => {
      const { account, token } = await newcomer(`lenient-${i}`);
      const replies = await together(lenient, CLIENTS, (server) => refresh(server, token));
      const next = new Set(replies.map(({ json }) => json.refresh)).size;
      const adopted = await countEvents(database, 'django_token_adopted', account);
      return `${statusesOf(replies)}; next: ${next}; sessions: ${await sessionsOf(account.id)}; events: ${adopted}`;
    });
    expect(outcomes).toEqual({ [`${CLIENTS} x 200; next: 1; sessions: 1; events: 1`]: ROUNDS });
  },
);

test('without grace exactly one of them gets a next token', LONG, async () => {
  const outcomes = await tally(ROUNDS, async (i) => {
    const { account, token } = await newcomer(`strict-${i}`);
    const replies = await together(strict, CLIENTS, (server) => refresh(server, token));
    const live = await liveTokensOf(database, account);
    return `${statusesOf(replies)}; sessions: ${await sessionsOf(account.id)}; live: ${live.length}`;
  });
  expect(outcomes).toEqual({ [`1 x 200, ${CLIENTS - 1} x 401; sessions: 1; live: 0`]: ROUNDS });
});

test('after a logout that races with refreshes no token of the family works', LONG, async () => {
  const outcomes = await tally(ROUNDS, async (i) => {
    const { account, token } = await newcomer(`leaving-${i}`);
    const leave = () => blacklist(lenient[i % 4 < 2 ? 0 : 1], token);
    const early = i % 2 === 0 ? leave() : undefined;
    const refreshing = startTogether(lenient, 4, (server) => refresh(server, token));
    const left = await (early ?? leave());
    const refreshed = await Promise.all(refreshing);
    const live = await liveTokensOf(database, account);
    const heirs = [token, ...refreshed.flatMap(({ json }) => json.refresh ?? [])];
    const tries = await Promise.all(heirs.map((one) => refresh(lenient[0], one)));
    const alive = tries.filter(({ status }) => status !== 401).length;
    return `logout: ${left.status}; sessions: ${await sessionsOf(account.id)}; live: ${live.length}; alive: ${alive}`;
  });
  expect(outcomes).toEqual({ 'logout: 200; sessions: 1; live: 0; alive: 0': ROUNDS });
});
