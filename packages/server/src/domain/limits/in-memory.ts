import { boundedCache } from '../bounded-cache.ts';
import type { TurnedAway } from '../store.ts';
import type { Clock } from '../system.ts';
import type { Limit } from './limit.ts';

/** So many keys are counted at the most, then those that have not been seen for longest are forgotten. */
const MOST_KEYS = 100_000;

/** Milliseconds from one block of a key that is told to the next. */
const TOLD_AGAIN = 3_600_000;

interface Count {
  since: number;
  count: number;
  toldAt: number;
}

/**
 * Counts against one limit, without delay, in the memory of this process: for what has to cost next to nothing, and may be
 * forgotten. Gives what turns the key away; of its blocks one an hour is a first. Time is `elapsed`, which nobody sets back.
 */
export function countInMemory(
  { elapsed }: Pick<Clock, 'elapsed'>,
  { count: most, windowSeconds }: Limit,
): (key: string) => TurnedAway | undefined {
  const window = windowSeconds * 1000;
  // Nothing is ever taken out of it singly: see `underWayWith` in http/under-way.ts.
  const counts = boundedCache<string, Count>(MOST_KEYS);
  return (key) => {
    const now = elapsed();
    let seen = counts.get(key);
    if (seen === undefined) {
      seen = { since: now, count: 0, toldAt: Number.NEGATIVE_INFINITY };
      counts.set(key, seen);
    } else if (now - seen.since >= window) {
      seen.since = now;
      seen.count = 0;
    }
    if (seen.count < most) {
      seen.count += 1;
      return undefined;
    }
    const isFirst = now - seen.toldAt >= TOLD_AGAIN;
    if (isFirst) seen.toldAt = now;
    return { wait: seen.since + window - now, isFirst };
  };
}
