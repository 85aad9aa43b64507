import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Clock } from '../system.ts';

/** Runs slow work a few at a time, and says no rather than let callers wait for ever. */
export interface HashQueue {
  run<T>(work: () => Promise<T>): Promise<Outcome<T, 'server_busy'>>;
}

export interface HashQueueLimits {
  /** how many run at the same time */
  readonly concurrency: number;
  /** how many may wait */
  readonly waiting: number;
  /** milliseconds; who has waited longer is turned away when his turn comes */
  readonly patience: number;
}

interface Waiter {
  readonly since: number;
  readonly wake: () => void;
}

/** A queue for password hashing: bounded in what runs, what waits, and how long. */
export function hashQueue(clock: Clock, { concurrency, waiting, patience }: HashQueueLimits): HashQueue {
  const line: Waiter[] = [];
  let running = 0;

  function release(): void {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next.wake();
  }

  return {
    async run(work) {
      const since = clock.elapsed();
      if (running < concurrency) running += 1;
      else if (line.length >= waiting) return refuse('server_busy');
      else await new Promise<void>((wake) => line.push({ since, wake }));
      try {
        if (clock.elapsed() - since > patience) return refuse('server_busy');
        return done(await work());
      } finally {
        release();
      }
    },
  };
}
