import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Kysely } from 'kysely';
import type pg from 'pg';
import type { Config } from '../../config.ts';
import { isPostgresUnavailable, postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import { isSqliteUnavailable } from './sqlite-file.ts';
import type { Tables } from './tables.ts';

export type Dialect = 'sqlite' | 'postgres';

/** Connections of a pool, and who waits for one. */
export interface PoolLevels {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** A database that is open: which kind, how to ask it, and whether an error is its being away. */
export interface Database {
  readonly dialect: Dialect;
  /** for a person */
  readonly name: string;
  readonly db: Kysely<Tables>;
  isUnavailable(error: unknown): boolean;
  /** undefined on SQLite, which has no pool */
  readonly poolLevels: (() => PoolLevels) | undefined;
  /** resolves when nothing can be written any more until the process starts anew; PostgreSQL mends itself */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** Which database an address names, for a person: the file, or host and name without the password. */
export function databaseName(url: string): string {
  const path = sqlitePath(url);
  if (path !== undefined) return path;
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  return `PostgreSQL ${host}${pathname}`.trim();
}

/** Throws a sentence when a SQLite file has no folder to be in. */
export function requireFolder(path: string): void {
  if (path === ':memory:' || existsSync(dirname(path))) return;
  throw new Error(`There is no folder ${dirname(path)}. Make it, or change DATABASE_URL.`);
}

type DatabaseConfig = Pick<
  Config,
  'databaseUrl' | 'databasePool' | 'databaseWaitSeconds' | 'sqliteSynchronous'
>;

/** The file of a `sqlite:` address as an absolute path, `:memory:`, or undefined for PostgreSQL. */
export function sqlitePath(url: string): string | undefined {
  if (!url.startsWith('sqlite:')) return undefined;
  const path = url.slice('sqlite:'.length);
  return path === ':memory:' ? path : resolve(path);
}

/**
 * Opens the database of `DATABASE_URL`. `patient` lifts the timeouts of statements and locks, for migrations.
 * Throws a sentence when the folder of the SQLite file is missing or cannot be written.
 */
export function openDatabase(config: DatabaseConfig, { patient = false } = {}): Database {
  const url = config.databaseUrl.reveal();
  const path = sqlitePath(url);
  if (path === undefined) {
    let made: pg.Pool | undefined;
    const onPool = (pool: pg.Pool) => {
      made = pool;
    };
    const { databasePool: pool, databaseWaitSeconds: wait } = config;
    const options = { url, pool, wait, patient, onPool };
    return database(
      'postgres',
      databaseName(url),
      new Kysely<Tables>({ dialect: postgresDialect(options) }),
      isPostgresUnavailable,
      () => ({
        total: made?.totalCount ?? 0,
        idle: made?.idleCount ?? 0,
        waiting: made?.waitingCount ?? 0,
      }),
    );
  }
  requireFolder(path);
  let onFailed: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    onFailed = resolve;
  });
  const dialect = sqliteDialect({ path, patient, synchronous: config.sqliteSynchronous, onFailed });
  const db = new Kysely<Tables>({ dialect });
  return { ...database('sqlite', databaseName(url), db, isSqliteUnavailable), failed };
}

function database(
  dialect: Dialect,
  name: string,
  db: Kysely<Tables>,
  isUnavailable: Database['isUnavailable'],
  poolLevels?: () => PoolLevels,
): Database {
  const failed = new Promise<never>(() => {});
  return { dialect, name, db, isUnavailable, poolLevels, failed, close: () => db.destroy() };
}
