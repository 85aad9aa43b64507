import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LimitsInRedis, openLimitsInRedis } from '../src/adapters/redis/open.ts';
import { limitStore } from '../src/adapters/sql/limits.ts';
import {
  type Limit,
  LOGIN_BY_NAME,
  LOGIN_BY_NETWORK,
  REFRESH,
  REGISTER,
} from '../src/domain/limits/limit.ts';
import type { LimitStore } from '../src/domain/store.ts';
import { DATABASE, type LentDatabase, lendDatabase } from './support/database.ts';
import { describeWithRedis, type RedisServer, startRedis } from './support/redis.ts';
import { SILENT } from './support/shared-database.ts';

const AT = Date.UTC(2026, 0, 5, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [SHORT] = REGISTER as [Limit];
const ONE: Limit = { name: 'refresh', count: 1, windowSeconds: 60 };

let lent: LentDatabase;
let redis: RedisServer | undefined;
const inRedis: LimitsInRedis[] = [];

beforeAll(async () => {
  lent = await lendDatabase();
});
afterAll(async () => {
  for (const one of inRedis) one.close();
  await redis?.kill9();
  await lent?.release();
});

/** Redis by a connection of its own, with nothing behind it: where it does not count itself, the test fails. */
async function storeInRedis(): Promise<LimitStore> {
  redis ??= await startRedis();
  const opened = await openLimitsInRedis(redis.url, SILENT);
  inRedis.push(opened);
  return opened.over(undefined as never);
}

/** What any place that counts has to do. */
function conformance(open: () => LimitStore | Promise<LimitStore>): void {
  let store: LimitStore;
  beforeAll(async () => {
    store = await open();
  });
  const fill = async (limit: Limit, key: string, at: number) => {
    for (let i = 0; i < limit.count; i++) expect(await store.count(limit, key, at)).toBeUndefined();
  };

  test('as many as the limit get through, one is the first who does not, and then the window is over', async () => {
    await fill(SHORT, 'a', AT);
    expect(await store.count(SHORT, 'a', AT + 20_000)).toEqual({ wait: 40_000, isFirst: true });
    expect(await store.count(SHORT, 'a', AT + 59_999)).toEqual({ wait: 1, isFirst: false });
    expect(await store.count(SHORT, 'b', AT)).toBeUndefined();
    await fill(SHORT, 'a', AT + MINUTE);
    expect(await store.count(SHORT, 'a', AT + MINUTE)).toEqual({ wait: MINUTE, isFirst: true });
  });

  test('a block that follows another is twice as long, up to the longest, until it is forgotten', async () => {
    let at = AT;
    for (const wait of [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * MINUTE)) {
      for (let i = 0; i < 20 && (await store.count(LOGIN_BY_NETWORK, 'c', at)) === undefined; i++);
      expect(await store.count(LOGIN_BY_NETWORK, 'c', at)).toMatchObject({ wait });
      at += wait;
    }
    at += 2 * HOUR;
    await fill(LOGIN_BY_NETWORK, 'c', at);
    expect(await store.count(LOGIN_BY_NETWORK, 'c', at)).toMatchObject({ wait: MINUTE });
  });

  test('one that is given back counts no more, and neither does the block it made', async () => {
    await store.giveBack(LOGIN_BY_NETWORK, 'd', AT);
    await fill(LOGIN_BY_NETWORK, 'd', AT);
    await store.giveBack(LOGIN_BY_NETWORK, 'd', AT);
    expect(await store.count(LOGIN_BY_NETWORK, 'd', AT)).toBeUndefined();
    expect(await store.count(LOGIN_BY_NETWORK, 'd', AT)).toMatchObject({ isFirst: true });
  });

  test('a key that is forgotten has never been counted', async () => {
    await fill(SHORT, 'e', AT);
    await store.forget(SHORT, 'e');
    await fill(SHORT, 'e', AT);
  });

  test('a clock that is set back makes no block longer', async () => {
    await fill(LOGIN_BY_NETWORK, 'f', AT);
    expect(await store.count(LOGIN_BY_NETWORK, 'f', AT - 90_000)).toEqual({ wait: 150_000, isFirst: true });
    expect(await store.count(LOGIN_BY_NETWORK, 'f', AT - HOUR)).toBeUndefined();
  });

  test('a limit of one lets one through', async () => {
    await fill(ONE, 'g', AT);
    expect(await store.count(ONE, 'g', AT)).toEqual({ wait: MINUTE, isFirst: true });
  });
}

describe(`limits that are counted in ${DATABASE}`, () => {
  conformance(() => limitStore(lent.database.db));
});

describeWithRedis('limits that are counted in Redis', () => {
  conformance(storeInRedis);

  test('are counted as the database does, whatever happens in whatever order', async () => {
    const [one, other] = [await storeInRedis(), limitStore(lent.database.db)];
    let dice = 7;
    const throwDice = (sides: number) => {
      dice = (dice * 48_271) % 2_147_483_647;
      return dice % sides;
    };
    let at = AT;
    for (let i = 0; i < 600; i++) {
      at += [0, 1, 1_000, MINUTE, HOUR, -MINUTE, -HOUR, 3 * HOUR][throwDice(40)] ?? 0;
      const limit = [SHORT, ONE, LOGIN_BY_NETWORK, REFRESH[0] as Limit][throwDice(4)] as Limit;
      const key = `dice ${throwDice(2)}`;
      const verb = throwDice(12) === 0 ? 'giveBack' : 'count';
      const now = at;
      const [mine, its] = await Promise.all([one, other].map((store) => store[verb](limit, key, now)));
      expect([i, verb, limit.name, mine]).toEqual([i, verb, limit.name, its]);
    }
  });

  test('let exactly as many through of those who come at once over two connections', async () => {
    const stores = [await storeInRedis(), await storeInRedis()] as const;
    for (let round = 0; round < 20; round++) {
      const asked = Array.from({ length: 60 }, (_, i) =>
        stores[i % 2 === 0 ? 0 : 1].count(LOGIN_BY_NETWORK, `race ${round}`, AT),
      );
      const turned = await Promise.all(asked);
      const firsts = turned.filter((one) => one?.isFirst);
      expect([turned.filter((one) => one === undefined).length, firsts.length]).toEqual([20, 1]);
    }
  });

  test('are those of networks: wrong passwords for a name stay in the database', async () => {
    redis ??= await startRedis();
    const opened = await openLimitsInRedis(redis.url, SILENT);
    inRedis.push(opened);
    const store = opened.over(limitStore(lent.database.db));
    await store.count(LOGIN_BY_NAME, 'h', AT);
    await store.count(LOGIN_BY_NETWORK, 'h', AT);
    const rows = await lent.database.db.selectFrom('limit_counts').select('key').execute();
    expect(rows.map(({ key }) => key).filter((key) => key.endsWith(' h'))).toEqual(['login-name h']);
  });
});
