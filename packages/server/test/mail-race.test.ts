import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import { hashOfToken, newLinkToken } from '../src/domain/email/link.ts';
import { keepAliveClient } from './support/client.ts';
import { addAccount, type Pair, startPair, statusesOf, tally, together } from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const ROUNDS = rounds(8, 200);

const client = keepAliveClient();
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

test('of twenty who use one link at once, at two servers, one gets in', PATIENTLY, async () => {
  const account = await addAccount(app, 'alice');
  await app.store.transaction((store) => store.accounts.change(account.id, { email: 'alice@example.org' }));
  const outcomes = await tally(ROUNDS, async () => {
    const token = newLinkToken(app.random);
    const expiresAt = app.clock.now() + 60_000;
    const email = 'alice@example.org';
    const bound = { userId: account.id, purpose: 'verify_email', email } as const;
    await app.store.links.issue({ ...bound, tokenHash: hashOfToken(token), expiresAt });
    const replies = await together(pair, 20, (server) =>
      client.post(server, '/api/email/verify/confirm/', { token }),
    );
    return statusesOf(replies);
  });
  expect(outcomes).toEqual({ '1 x 200, 19 x 400': ROUNDS });
});
