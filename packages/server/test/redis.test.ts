import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { openLimitsInRedis } from '../src/adapters/redis/open.ts';
import { limitStore } from '../src/adapters/sql/limits.ts';
import { type Limit, REGISTER } from '../src/domain/limits/limit.ts';
import { createLatchkey } from '../src/index.ts';
import { lendDatabase } from './support/database.ts';
import { freePort } from './support/postgres.ts';
import { describeWithRedis, startRedis } from './support/redis.ts';
import { startTcpProxy } from './support/tcp-proxy.ts';
import { until } from './support/until.ts';
import { CHEAP_HASH, SECRET_KEY } from './support/world.ts';

const AT = Date.UTC(2026, 0, 5, 9);
const [LIMIT] = REGISTER as [Limit];

let closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

/** A log that keeps the words. */
function listening() {
  const notes: string[] = [];
  const write = (note: object, text: string) => void notes.push(`${text} ${JSON.stringify(note)}`);
  return { notes, log: { info: write, warn: write, error: write, request() {} } };
}

/** Counts in the Redis of an address before a database of its own. */
async function countingIn(url: string) {
  const { notes, log } = listening();
  const lent = await lendDatabase();
  const redis = await openLimitsInRedis(url, log);
  closers.push(lent.release, redis.close);
  const store = redis.over(limitStore(lent.database.db));
  return {
    notes,
    /** counts one, and says how long it took */
    async count(key: string) {
      const started = performance.now();
      const turned = await store.count(LIMIT, key, AT);
      return { turned, ms: performance.now() - started };
    },
    async countsInDatabase() {
      return (await lent.database.db.selectFrom('limit_counts').select('key').execute()).length;
    },
  };
}

type Counting = Awaited<ReturnType<typeof countingIn>>;

/** Uses the limit up; the slowest took so long. */
async function useUp({ count }: Counting, key: string): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < LIMIT.count; i++) {
    const { turned, ms } = await count(key);
    expect(turned).toBeUndefined();
    slowest = Math.max(slowest, ms);
  }
  expect((await count(key)).turned).toMatchObject({ isFirst: true });
  return slowest;
}

const lineIn = ({ notes }: Counting, words: string) => notes.filter((note) => note.includes(words)).length;

describeWithRedis('Redis', () => {
  test('that is killed under way is replaced by the database at once, and counts again when it is back', async () => {
    const redis = await startRedis();
    closers.push(redis.kill9);
    const counting = await countingIn(redis.url);
    await useUp(counting, 'a');
    expect(await counting.countsInDatabase()).toBe(0);
    const underWay = Array.from({ length: 50 }, (_, i) => counting.count(`under way ${i}`));
    await redis.kill9();
    for (const { ms, turned } of await Promise.all(underWay))
      expect([ms < 1_000, turned]).toEqual([true, undefined]);
    expect(await useUp(counting, 'b')).toBeLessThan(1_000);
    expect(lineIn(counting, 'Redis does not answer')).toBe(1);
    const before = await counting.countsInDatabase();
    await redis.start();
    await until(() => lineIn(counting, 'Redis is back') === 1);
    await useUp(counting, 'b');
    expect(await counting.countsInDatabase()).toBe(before);
  });

  test('is sent each script once, and again when it has forgotten them, and counts on', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    closers.push(redis.kill9, () => client.disconnect());
    const counting = await countingIn(redis.url);
    const callsOf = async (command: string) => {
      const stats = await client.info('commandstats');
      return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    };
    for (let i = 1; i < LIMIT.count; i++) expect((await counting.count('a')).turned).toBeUndefined();
    // the first is the look at the start
    expect([await callsOf('eval'), await callsOf('evalsha')]).toEqual([1, LIMIT.count - 1]);
    await client.script('FLUSH');
    expect((await counting.count('a')).turned).toBeUndefined();
    expect((await counting.count('a')).turned).toMatchObject({ isFirst: true });
    expect(await callsOf('eval')).toBe(2);
    expect([counting.notes, await counting.countsInDatabase()]).toEqual([[], 0]);
  });

  test('that swallows what it is sent costs one who asks no more than a second, and the next ones nothing', async () => {
    const redis = await startRedis();
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: redis.port });
    closers.push(redis.kill9, proxy.close);
    const counting = await countingIn(`redis://127.0.0.1:${proxy.port}`);
    await counting.count('a');
    proxy.blackhole();
    expect((await counting.count('b')).ms).toBeLessThan(1_000);
    expect((await counting.count('b')).ms).toBeLessThan(250);
    expect(await counting.countsInDatabase()).toBe(1);
    // Connections that are made meanwhile are swallowed too.
    await sleep(1_500);
    proxy.heal();
    await until(() => lineIn(counting, 'Redis is back') === 1);
    expect(lineIn(counting, 'Redis does not answer')).toBe(1);
  });

  test('that may not be written to is as good as away, and that is said once', async () => {
    const redis = await startRedis('--replicaof', '127.0.0.1 1');
    closers.push(redis.kill9);
    const counting = await countingIn(redis.url);
    await useUp(counting, 'a');
    await sleep(1_200);
    await counting.count('b');
    expect(counting.notes).toHaveLength(1);
  });

  test('with a password that is wrong, or missing, or with a database it has not, stops the start', async () => {
    const redis = await startRedis('--requirepass', 'open-sesame');
    closers.push(redis.kill9);
    const { log } = listening();
    for (const [address, why] of [
      [`redis://:wrong@127.0.0.1:${redis.port}`, /^REDIS_URL does not fit its server: .*WRONGPASS/],
      [`redis://127.0.0.1:${redis.port}`, /^REDIS_URL does not fit its server: .*NOAUTH/],
      [`redis://:open-sesame@127.0.0.1:${redis.port}/99`, /^REDIS_URL does not fit its server: .*DB index/],
      ['redis://nobody.invalid:1', /^REDIS_URL does not fit its server: .*(ENOTFOUND|EAI_AGAIN)/],
    ] as const)
      await expect(openLimitsInRedis(address, log), address).rejects.toThrow(why);
    const right = await countingIn(`redis://:open-sesame@127.0.0.1:${redis.port}/3`);
    await right.count('a');
    expect([right.notes, await right.countsInDatabase()]).toEqual([[], 0]);
  });

  test('counts for the servers of REDIS_URL together, and the database does not', async () => {
    const redis = await startRedis();
    closers.push(redis.kill9);
    const settings = {
      SECRET_KEY,
      PUBLIC_URL: 'http://127.0.0.1',
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
    };
    const statuses: number[] = [];
    for (const name of ['first', 'second']) {
      const { log } = listening();
      const about = {
        settings: { ...settings, REDIS_URL: redis.url },
        migrate: true,
        hashCost: CHEAP_HASH,
        log,
      };
      const latchkey = await createLatchkey(about);
      closers.push(latchkey.close);
      const url = await latchkey.listen();
      for (let i = 0; i < 4; i++) {
        const body = JSON.stringify({ username: `${name}${i}`, password: 'Sup3rSecret!x' });
        const headers = { 'Content-Type': 'application/json' };
        statuses.push((await fetch(`${url}/api/register/`, { method: 'POST', headers, body })).status);
      }
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429, 429]);
  });
});

test('a server starts without its Redis, says so, and counts in the database', async () => {
  const counting = await countingIn(`redis://127.0.0.1:${await freePort()}`);
  await useUp(counting, 'a');
  expect(counting.notes).toEqual([expect.stringContaining('Redis does not answer')]);
  expect(await counting.countsInDatabase()).toBe(1);
});
