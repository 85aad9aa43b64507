import { CLOCK_TOLERANCE, type Limit } from '../../domain/limits/limit.ts';
import { spanOf } from '../../domain/limits/span.ts';
import type { LimitStore } from '../../domain/store.ts';
import type { ScriptName } from './scripts.ts';

/** What is asked of Redis: a script on one key with its numbers, and deleting the key. */
export interface RedisCommands {
  run(script: ScriptName, key: string, numbers: readonly number[]): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

const keyOf = ({ name }: Limit, key: string) => `latchkey:limit:${name} ${key}`;

/** Counts of limits in Redis. It has no limits with a `stop`, and forgets by itself what means nothing any more. */
export function redisLimitStore(redis: RedisCommands): Omit<LimitStore, 'purge'> {
  return {
    async count(limit, key, at) {
      const { window, first, longest, remembered } = spanOf(limit);
      const numbers = [at, limit.count, window, first, longest, remembered, CLOCK_TOLERANCE];
      const reply = await redis.run('countLimit', keyOf(limit, key), numbers);
      const [wait, isFirst] = reply as [number, number];
      return wait < 0 ? undefined : { wait, isFirst: isFirst === 1 };
    },
    async giveBack(limit, key, at) {
      await redis.run('giveBackLimit', keyOf(limit, key), [at, limit.count]);
    },
    async forget(limit, key) {
      await redis.delete(keyOf(limit, key));
    },
  };
}

/**
 * Counts in Redis while it is there, else in the database. What counts in a row up to a stop is in the database always,
 * for it has to be durable.
 */
export function limitsInEither(
  database: LimitStore,
  inRedis: Omit<LimitStore, 'purge'>,
  attempt: <T>(ask: () => Promise<T>) => Promise<{ readonly value: T } | 'away'>,
): LimitStore {
  async function either<T>(limit: Limit, ask: (store: Omit<LimitStore, 'purge'>) => Promise<T>): Promise<T> {
    if (limit.stop !== undefined) return ask(database);
    const answered = await attempt(() => ask(inRedis));
    return answered === 'away' ? ask(database) : answered.value;
  }
  return {
    count: (limit, key, at) => either(limit, (store) => store.count(limit, key, at)),
    giveBack: (limit, key, at) => either(limit, (store) => store.giveBack(limit, key, at)),
    forget: (limit, key) => either(limit, (store) => store.forget(limit, key)),
    purge: (before, most) => database.purge(before, most),
  };
}
