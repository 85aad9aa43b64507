import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import type { Account } from '../src/domain/store.ts';
import { purgeExpiredSessions } from '../src/domain/tokens/purge.ts';
import { untilLockIsAwaited } from './support/invariants.ts';
import { runLatchkey } from './support/process.ts';
import { addAccount, jtiOf, liveTokensOf, openSession, tally } from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const PURGES = rounds(5, 50);
/** Several batches of the purge. */
const EXPIRED = 3_500;

let shared: SharedDatabase;
let database: Database;
let app: App;
/** with a connection of its own to the same database */
let otherApp: App;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  otherApp = appOn(shared.open());
}, PATIENTLY.timeout);

afterAll(() => shared?.remove());

async function addExpiredSessions({ id: user_id }: Account, mark: string): Promise<void> {
  const longAgo = Date.now() - 86_400_000;
  const never = { previous_jti: null, rotated_at: null, ended_at: null };
  const same = {
    user_id,
    current_jti: 'none',
    issued_at: 0,
    created_at: 0,
    ip: '',
    user_agent: '',
    ...never,
  };
  for (let first = 0; first < EXPIRED; first += 500) {
    const rows = Array.from({ length: 500 }, (_, i) => ({
      id: `${mark}-${first + i}`,
      ...same,
      expires_at: longAgo,
    }));
    await database.db.insertInto('sessions').values(rows).execute();
  }
}

async function openSome(account: Account): Promise<string[]> {
  const opened = await Promise.all(Array.from({ length: 20 }, () => openSession(app, account)));
  return opened.map(({ refresh }) => jtiOf(refresh));
}

test('two purges at once delete each expired session once and leave those that live', PATIENTLY, async () => {
  const account = await addAccount(app, 'often here');
  const live: string[] = [];
  const outcomes = await tally(PURGES, async (round) => {
    live.push(...(await openSome(account)));
    await addExpiredSessions(account, `old-${round}`);
    const deleted = await Promise.all([purgeExpiredSessions(app), purgeExpiredSessions(otherApp)]);
    return `deleted: ${deleted[0] + deleted[1]}`;
  });
  expect(outcomes).toEqual({ [`deleted: ${EXPIRED}`]: PURGES });
  expect((await liveTokensOf(database, account)).sort()).toEqual(live.sort());
});

test('latchkey purge, run twice at once, deletes each expired session once', PATIENTLY, async () => {
  const account = await addAccount(app, 'rarely here');
  const live = await openSome(account);
  await addExpiredSessions(account, 'older');
  const runs = [0, 1].map(() => runLatchkey(['purge'], { databaseUrl: shared.url }));
  const endings = await Promise.all(runs);
  expect(endings.map(({ code }) => code)).toEqual([0, 0]);
  const counts = endings.map(({ output }) => Number(/purge expired sessions: (\d+)/.exec(output)?.[1]));
  expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(EXPIRED);
  expect((await liveTokensOf(database, account)).sort()).toEqual(live.sort());
});

test(
  'a session that is refreshed in its last moment is not deleted by a purge that began before [R-23]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'just in time');
    const { id, refresh } = await openSession(app, account);
    const session = await app.store.sessions.byId(id);
    const lastMoment = (session?.current.expiresAt ?? 0) - 1;
    const next = { jti: 'the next', issuedAt: lastMoment, expiresAt: lastMoment + 60_000 };
    let purging = Promise.resolve(0);
    await app.store.transaction(async (store) => {
      await store.sessions.rotate({ sessionId: id, jti: jtiOf(refresh), next, at: lastMoment, grace: 0 });
      purging = app.store.sessions.purgeExpired(lastMoment + 2, 1_000);
      await untilLockIsAwaited(database, 1);
    });
    await purging;
    expect(await liveTokensOf(database, account)).toEqual(['the next']);
  },
);
