import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Clock } from '../system.ts';

/** Runs slow work a few at a time, and says no rather than let callers wait for ever. */
export interface HashQueue {
  run<T>(work: () => Promise<T>): Promise<Outcome<T, 'server_busy'>>;
  /** would it say no at once? */
  isFull(): boolean;
}

export interface HashQueueLimits {
  /** how many run at the same time */
  readonly concurrency: number;
  /** how many may wait */
  readonly waiting: number;
  /**
   * milliseconds; who would have to wait for nearly all of it, as far as can be told, is turned away at once, and
   * who has waited longer than all of it when his turn comes
   */
  readonly patience: number;
}

interface Waiter {
  readonly since: number;
  readonly wake: () => void;
}

/** Of the mean time that work takes: how much the latest counts. */
const WEIGHT_OF_LATEST = 1 / 8;

/**
 * So much of the patience may be expected to go by. The mean is only a guess, and who is let in and then turned away has
 * taken the place of another.
 */
const SURELY = 0.75;

/** A queue for password hashing: bounded in what runs, what waits, and how long. */
export function hashQueue(clock: Clock, { concurrency, waiting, patience }: HashQueueLimits): HashQueue {
  const line: Waiter[] = [];
  let running = 0;
  /** From 0, so that a slow first one, which starts a thread, turns nobody away. */
  let usual = 0;

  const isFull = () =>
    running >= concurrency &&
    (line.length >= waiting || ((line.length + 1) / concurrency) * usual > patience * SURELY);

  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const started = clock.elapsed();
    try {
      return await work();
    } finally {
      usual += (clock.elapsed() - started - usual) * WEIGHT_OF_LATEST;
    }
  }

  function release(): void {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next.wake();
  }

  return {
    isFull,
    async run(work) {
      const since = clock.elapsed();
      if (isFull()) return refuse('server_busy');
      if (running < concurrency) running += 1;
      else await new Promise<void>((wake) => line.push({ since, wake }));
      try {
        if (clock.elapsed() - since > patience) return refuse('server_busy');
        return done(await timed(work));
      } finally {
        release();
      }
    },
  };
}
