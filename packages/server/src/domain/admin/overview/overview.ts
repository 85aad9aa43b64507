import type { App } from '../../app.ts';
import type { Staff } from '../staff.ts';
import { COUNTED, DAY, type DayCount, dayOf, LEVELS, type Levels } from './day-counts.ts';
import type { HashLevels } from './tally.ts';

/** What happened on a day; of what there is, the last count of it, undefined when there was none. */
export type DayOverview = Readonly<Record<(typeof COUNTED)[number], number>> & {
  /** its beginning */
  readonly at: number;
  readonly users: number | undefined;
  readonly active_sessions: number | undefined;
};

export interface Overview {
  readonly totals: Levels & {
    /** when accounts and sessions were counted; undefined when no job has done so yet */
    readonly countedAt: number | undefined;
  };
  /** of the process that is asked */
  readonly hashQueue: HashLevels;
  /** the oldest first, the last is today */
  readonly days: readonly DayOverview[];
}

/** Rows that are counted while somebody waits: it takes a few milliseconds. Of more there is the number of the last count. */
const COUNTED_AT_ONCE = 20_000;

async function totalsOf({ store }: Pick<App, 'store'>, now: number): Promise<Overview['totals']> {
  const levels = await store.overview.levelsUpTo(COUNTED_AT_ONCE, now);
  if (levels !== undefined) return { ...levels, countedAt: now };
  const [users, sessions] = await Promise.all(LEVELS.map((name) => store.overview.last(name)));
  return {
    users: users?.count ?? 0,
    active_sessions: sessions?.count ?? 0,
    countedAt: users?.at,
  };
}

function dayFrom(day: number, counts: ReadonlyMap<string, number>): DayOverview {
  const numbers = [...COUNTED.map((name) => [name, counts.get(`${day} ${name}`) ?? 0])];
  const levels = LEVELS.map((name) => [name, counts.get(`${day} ${name}`)]);
  return { at: day * DAY, ...Object.fromEntries([...numbers, ...levels]) };
}

/**
 * What happened on each of the last days, today included, and what there is now. It takes as long with a million accounts:
 * numbers are kept by day, and nothing is counted that is not little.
 */
export async function overview(
  app: Pick<App, 'store' | 'clock' | 'tally'>,
  _staff: Staff,
  days: number,
): Promise<Overview> {
  const now = app.clock.now();
  const today = dayOf(now);
  const rows: readonly DayCount[] = await app.store.overview.between(today - days + 1, today);
  const counts = new Map(rows.map(({ day, name, count }) => [`${day} ${name}`, count]));
  return {
    totals: await totalsOf(app, now),
    hashQueue: app.tally.hashes(),
    days: Array.from({ length: days }, (_, i) => dayFrom(today - days + 1 + i, counts)),
  };
}
