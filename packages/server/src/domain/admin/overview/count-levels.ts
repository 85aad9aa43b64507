import type { App } from '../../app.ts';
import { type DayCount, dayOf, LEVELS } from './day-counts.ts';

/** In milliseconds. A little less than the job's interval: of several servers one counts. */
const FRESH = 10 * 60_000;

/**
 * Counts accounts and live sessions for the overview, unless a server has done so within ten minutes. Gives 0: that
 * is nothing to tell the log.
 */
export async function countLevels({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const now = clock.now();
  const last = await store.overview.last('users');
  if (last !== undefined && Math.abs(now - last.at) < FRESH) return 0;
  const levels = await store.overview.countLevels(now);
  const day = dayOf(now);
  await store.overview.set(LEVELS.map((name): DayCount => ({ day, name, count: levels[name], at: now })));
  return 0;
}
