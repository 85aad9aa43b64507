import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepAliveClient } from './support/client.ts';
import { type Pair, startPair, statusesOf, tally, together, tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { migratedSharedDatabase, NOT_TOO_OFTEN, type SharedDatabase } from './support/shared-database.ts';

const ROUNDS = rounds(4, 50);

const client = keepAliveClient();
const { login } = tokenRequests(client);
let shared: SharedDatabase;
let pair: Pair;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  pair = await startPair({
    databaseUrl: shared.url,
    settings: { LIMITS: 'on', ...NOT_TOO_OFTEN },
  });
}, PATIENTLY.timeout);

afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

test(
  'of forty wrong passwords at once, at two servers, ten for one name are looked at [L-13, L-20]',
  PATIENTLY,
  async () => {
    const { db } = shared.open();
    const outcomes = await tally(ROUNDS, async (round) => {
      const replies = await together(pair, 40, (server) => login(server, `victim ${round}`, 'a wrong one'));
      // The network they all come from is not the point here.
      await db.deleteFrom('limit_counts').execute();
      return statusesOf(replies);
    });
    expect(outcomes).toEqual({ '10 x 401, 30 x 429': ROUNDS });
  },
);

test(
  'of twenty who register at once from one network, at two servers, five are let in',
  PATIENTLY,
  async () => {
    const { db } = shared.open();
    const outcomes = await tally(ROUNDS, async (round) => {
      const replies = await together(pair, 20, (server, i) =>
        client.post(server, '/api/register/', { username: `n${round}-${i}`, password: 'Sup3rSecret!x' }),
      );
      await db.deleteFrom('limit_counts').execute();
      return statusesOf(replies);
    });
    expect(outcomes).toEqual({ '5 x 201, 15 x 429': ROUNDS });
  },
);
