import type { Meter } from '../meter.ts';
import type { Clock } from '../system.ts';
import type { HashQueue } from './hash-queue.ts';

/** A queue that tells the meter who waits, how long, and who is refused. */
export function meteredQueue(queue: HashQueue, clock: Clock, meter: Meter): HashQueue {
  return {
    isFull: queue.isFull,
    async run(work) {
      const since = clock.elapsed();
      meter.hashQueued();
      const outcome = await queue.run(async () => {
        meter.hashStarted(clock.elapsed() - since);
        try {
          return await work();
        } finally {
          meter.hashEnded();
        }
      });
      if (!outcome.ok) meter.hashRefused();
      return outcome;
    },
  };
}
