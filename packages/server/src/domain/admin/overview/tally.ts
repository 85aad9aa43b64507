import type { Meter } from '../../meter.ts';
import type { Clock } from '../../system.ts';
import { type Counted, type DayCount, dayOf, type OverviewStore } from './day-counts.ts';

/** Passwords that are being hashed, and that wait for it, in this process. */
export interface HashLevels {
  readonly running: number;
  readonly waiting: number;
}

/** What this process has counted and not written yet. */
export interface Tally {
  hashes(): HashLevels;
  /**
   * Writes what there is, every ten seconds at the most, or at once with `all`. What could not be written is kept for the
   * next time; what a process has not written is lost when it is killed.
   */
  flush(store: { readonly overview: Pick<OverviewStore, 'add'> }, now: number, all?: boolean): Promise<void>;
}

/** In milliseconds. */
const EVERY = 10_000;

type Counts = Map<string, DayCount>;

/** In one order everywhere: of two servers that write at once, one waits for the other, and not both. */
function inOrder(counts: Counts): readonly DayCount[] {
  return [...counts.values()].sort((a, b) => a.day - b.day || (a.name < b.name ? -1 : 1));
}

function counter(clock: Clock) {
  let counts: Counts = new Map();
  const add = (name: DayCount['name'], day: number, count: number, at: number) => {
    const key = `${day} ${name}`;
    counts.set(key, { day, name, at, count: (counts.get(key)?.count ?? 0) + count });
  };
  return {
    count(name: Counted): void {
      const at = clock.now();
      add(name, dayOf(at), 1, at);
    },
    take(): readonly DayCount[] {
      const taken = inOrder(counts);
      counts = new Map();
      return taken;
    },
    giveBack(taken: readonly DayCount[]): void {
      for (const { name, day, count, at } of taken) add(name, day, count, at);
    },
  };
}

/**
 * A meter that counts the days in memory, so that nothing is asked of the database where something happens, and tells
 * everything to the next meter, if there is one.
 */
export function openTally(clock: Clock, next?: Meter): { readonly meter: Meter; readonly tally: Tally } {
  const { count, take, giveBack } = counter(clock);
  let running = 0;
  let waiting = 0;
  let written = Number.NEGATIVE_INFINITY;
  const meter: Meter = {
    signedUp() {
      count('sign_ups');
      next?.signedUp();
    },
    loginTried(result) {
      if (result === 'ok') count('logins_ok');
      if (result === 'failed') count('logins_failed');
      next?.loginTried(result);
    },
    rotationTried(result) {
      if (result === 'rotated') count('refreshes');
      if (result === 'reused') count('reuse');
      next?.rotationTried(result);
    },
    hashQueued() {
      waiting += 1;
      next?.hashQueued();
    },
    hashStarted(waitedMs) {
      waiting -= 1;
      running += 1;
      next?.hashStarted(waitedMs);
    },
    hashEnded() {
      running -= 1;
      next?.hashEnded();
    },
    hashRefused() {
      waiting -= 1;
      next?.hashRefused();
    },
    limitHit: (limit) => next?.limitHit(limit),
    sprayingSeen: () => next?.sprayingSeen(),
  };
  return {
    meter,
    tally: {
      hashes: () => ({ running, waiting }),
      async flush({ overview }, now, all = false) {
        if (!all && Math.abs(now - written) < EVERY) return;
        written = now;
        const taken = take();
        if (taken.length === 0) return;
        await overview.add(taken).catch((error: unknown) => {
          giveBack(taken);
          throw error;
        });
      },
    },
  };
}
