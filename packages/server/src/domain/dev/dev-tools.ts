import type { MovableClock } from './movable-clock.ts';

/** All that a database holds, as text. Good for this database and this version of its tables alone. */
export interface DatabaseState {
  /** the rows of each table, as JSON */
  readonly rows: ReadonlyMap<string, string>;
  /** the last id that each table has given, also of rows that are gone */
  readonly lastIds: ReadonlyMap<string, number>;
  /** the pictures that profiles have */
  readonly pictures: readonly string[];
}

/** A database as a whole. */
export interface StateStore {
  /** As it is at one moment. */
  read(): Promise<DatabaseState>;
  /** Puts a state, or with none that of a new database, in the place of what is there, at once. Gives the pictures that profiles had. */
  write(state: DatabaseState | undefined): Promise<readonly string[]>;
}

/** What a server had at a moment. */
export interface Snapshot {
  /** the server's time then */
  readonly at: number;
  readonly database: DatabaseState;
  /** by name */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
}

/** What a development server has and no other. */
export interface DevTools {
  /** that of the app */
  readonly clock: MovableClock;
  readonly state: StateStore;
  /** by name; in memory, and gone with the process */
  readonly snapshots: Map<string, Snapshot>;
  /** which database, for a person */
  readonly databaseName: string;
  /** Does at once what the server does by itself from time to time. What fails is logged. */
  runJobs(): Promise<void>;
}
