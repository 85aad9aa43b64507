import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import { MOST_SESSIONS } from '../src/domain/sessions/make-room.ts';
import type { Account } from '../src/domain/store.ts';
import { keepAliveClient } from './support/client.ts';
import {
  addAccount,
  countEvents,
  liveTokensOf,
  openSession,
  type Pair,
  startPair,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const PASSWORD = 'Sup3rSecret!x';

/** How often an account that has all the sessions it may have logs in several times at once. */
const CROWDS = rounds(3, 200);
const LOGINS = 8;

/** How often two change one password at once. */
const CHANGES = rounds(4, 200);

const client = keepAliveClient();
const { login, refresh, dashboard } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
let pair: Pair;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  pair = await startPair({ databaseUrl: shared.url });
}, PATIENTLY.timeout);

afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

/** Sessions until the account has all it may have. */
async function fill(account: Account): Promise<void> {
  const live = (await liveTokensOf(database, account)).length;
  for (let count = live; count < MOST_SESSIONS; count += 1) await openSession(app, account);
}

test(
  `an account never has more than ${MOST_SESSIONS} sessions, however many logins come at once`,
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'crowded', PASSWORD);
    const outcomes = await tally(CROWDS, async () => {
      await fill(account);
      const before = await countEvents(database, 'session_ended', account);
      const replies = await together(pair, LOGINS, (server) => login(server, 'crowded', PASSWORD));
      const looks = await together(pair, LOGINS, (server, i) =>
        dashboard(server, replies[LOGINS - 1 - i]?.json.access),
      );
      const live = (await liveTokensOf(database, account)).length;
      const displaced = (await countEvents(database, 'session_ended', account)) - before;
      return `logins: ${statusesOf(replies)}; access: ${statusesOf(looks)}; live: ${live}; displaced: ${displaced}`;
    });
    expect(outcomes).toEqual({
      [`logins: ${LOGINS} x 200; access: ${LOGINS} x 200; live: ${MOST_SESSIONS}; displaced: ${LOGINS}`]:
        CROWDS,
    });
  },
);

test(
  'what is ended at one server is refused by the other with the next request [R-13]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'leaving', PASSWORD);
    const ways = ['/api/logout/', '/api/logout/all/'];
    for (const [i, way] of ways.entries()) {
      const session = await openSession(app, account);
      const [here, there] = [pair[i % 2 === 0 ? 0 : 1], pair[i % 2 === 0 ? 1 : 0]];
      expect((await dashboard(there, session.access)).status).toBe(200);
      expect((await client.post(here, way, undefined, session.access)).status).toBe(204);
      expect((await dashboard(there, session.access)).status, way).toBe(401);
      expect((await refresh(there, session.refresh)).status, way).toBe(401);
    }
  },
);

test(
  'of two changes of a password at once one counts, and no session but its own is left [R-14]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'changing', 'old password 0');
    let current = 'old password 0';
    const outcomes = await tally(CHANGES, async (round) => {
      const sessions = await Promise.all(Array.from({ length: 4 }, () => openSession(app, account)));
      const wanted = (i: number) => `new password ${round} by ${i}`;
      const replies = await together(pair, 2, (server, i) =>
        client.post(
          server,
          '/api/password/change/',
          { current_password: current, new_password: wanted(i) },
          sessions[i]?.access,
        ),
      );
      const winner = replies.findIndex(({ status }) => status === 204);
      current = wanted(winner);
      const looks = await together(pair, 4, (server, i) => dashboard(server, sessions[i]?.access ?? ''));
      const live = looks.flatMap(({ status }, i) => (status === 200 ? [i] : []));
      const inside = await login(pair[0], 'changing', current);
      // who comes when the other is done finds his session ended, and before that his password wrong
      const refused = replies.filter(({ status }) => status === 400 || status === 401).length;
      const counted = replies.length - refused;
      return `changes: ${counted}, refused: ${refused}; the winner's session alone lives: ${live.join() === String(winner)}; login: ${inside.status}`;
    });
    expect(outcomes).toEqual({
      "changes: 1, refused: 1; the winner's session alone lives: true; login: 200": CHANGES,
    });
  },
);
