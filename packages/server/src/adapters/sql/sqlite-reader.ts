import type { CompiledQuery, QueryResult } from 'kysely';
import { isLocked, patiently, runOn, type SqliteDatabase } from './sqlite-file.ts';

interface Asked {
  readonly query: CompiledQuery;
  resolve(result: QueryResult<unknown> | Promise<QueryResult<unknown>>): void;
  reject(error: unknown): void;
}

/**
 * Reads outside transactions. What is asked in one turn of the event loop is read at its end, in one transaction:
 * taking SQLite's lock for a read costs more than the read. Nobody is told less than what had been committed, by any
 * process, when he asked.
 */
export function openReader(
  database: SqliteDatabase,
): (query: CompiledQuery) => Promise<QueryResult<unknown>> {
  const run = runOn(database);
  let line: Asked[] = [];

  function answer({ query, resolve, reject }: Asked): void {
    try {
      resolve(run(query));
    } catch (error) {
      if (isLocked(error)) resolve(patiently(() => run(query)));
      else reject(error);
    }
  }

  function answerAll(): void {
    const together = line;
    line = [];
    try {
      if (together.length > 1) database.exec('BEGIN');
      for (const asked of together) answer(asked);
      if (together.length > 1) database.exec('COMMIT');
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  return (query) =>
    new Promise((resolve, reject) => {
      if (line.length === 0) setImmediate(answerAll);
      line.push({ query, resolve, reject });
    });
}
