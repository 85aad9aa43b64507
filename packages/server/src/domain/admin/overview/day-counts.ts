/** What is counted by day as it happens. */
export const COUNTED = ['sign_ups', 'logins_ok', 'logins_failed', 'refreshes', 'reuse'] as const;

export type Counted = (typeof COUNTED)[number];

/** What there is, as it was counted last on a day. */
export const LEVELS = ['users', 'active_sessions'] as const;

export type Level = (typeof LEVELS)[number];

/** One number of one day. */
export interface DayCount {
  /** days since 1970, UTC */
  readonly day: number;
  readonly name: Counted | Level;
  readonly count: number;
  /** when it was written last */
  readonly at: number;
}

/** How many accounts, or sessions that have neither ended nor expired, there are. */
export interface Levels {
  readonly users: number;
  readonly active_sessions: number;
}

/** The numbers of the overview. */
export interface OverviewStore {
  /** Adds to the numbers of their days. Safe on any number of servers at once. */
  add(counts: readonly DayCount[]): Promise<void>;
  /** Puts the numbers in the place of those of their days. */
  set(counts: readonly DayCount[]): Promise<void>;
  /** Those of the days from the first to the last, both included. */
  between(first: number, last: number): Promise<readonly DayCount[]>;
  /** The numbers of a day that was the last to have this one; nothing when none has. */
  last(name: Level): Promise<DayCount | undefined>;
  /** What there is, if there are at most so many rows to look at; else undefined. */
  levelsUpTo(most: number, now: number): Promise<Levels | undefined>;
  /** What there is, however much. On SQLite in many short statements, between which others have their turn. */
  countLevels(now: number): Promise<Levels>;
}

/** In milliseconds. */
export const DAY = 86_400_000;

/** The day of an instant: days since 1970, UTC. */
export const dayOf = (at: number) => Math.floor(at / DAY);
