import { type Kysely, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** SQLite takes 32,766 parameters a statement, PostgreSQL 65,535. */
const MOST_PARAMETERS = 30_000;

/** Rows in parts of which each fits into one statement, at so many parameters a row. */
export function* parts<T>(rows: readonly T[], parametersPerRow: number): Generator<readonly T[]> {
  const size = Math.floor(MOST_PARAMETERS / parametersPerRow);
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

/** Which of the two databases a query would run on. */
export function isPostgres(db: Kysely<Tables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Is the account one of these? One statement however many ids there are: statements are prepared, and kept. */
export function isOneOf(db: Kysely<Tables>, ids: readonly number[]): RawBuilder<SqlBool> {
  return isPostgres(db)
    ? sql`users.id = any(${ids}::bigint[])`
    : sql`users.id in (select value from json_each(${JSON.stringify(ids)}))`;
}
