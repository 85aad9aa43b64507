import { chmodSync, closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import type { CompiledQuery, QueryResult } from 'kysely';

/** A connection to a SQLite file. */
export type SqliteDatabase = InstanceType<typeof DatabaseSync>;

type Statement = ReturnType<SqliteDatabase['prepare']>;

interface Prepared {
  readonly statement: Statement;
  readonly givesRows: boolean;
}

export const IN_MEMORY = ':memory:';

/** How long a write waits for a writer of another process. Milliseconds. */
const PATIENCE = 5_000;

/**
 * Makes the file if there is none. One that is there is not opened here: when it is closed again, the system drops every lock
 * that this process has on it, and with them what tells other programs that SQLite has it open. One with an SQLite older
 * than 3.51 would then delete the log that we write to (https://sqlite.org/howtocorrupt.html, 2.2).
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/**
 * Opens the file with what an auth store needs: WAL, foreign keys, and mode 0600, because it holds password
 * hashes. The folder has to exist. No busy timeout: SQLite would sleep with the event loop in its arms. For the same
 * reason it does not wait for the disk after a commit (`synchronous=normal`): `sqliteLog` does. It still waits before it moves the log
 * into the file (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function openFile(path: string): SqliteDatabase {
  if (path !== IN_MEMORY) {
    makeFile(path);
    chmodSync(path, 0o600);
  }
  // Patient while the journal mode is set: of servers that start together one does it.
  const database = new DatabaseSync(path, { timeout: PATIENCE });
  const settings = [
    'journal_mode = WAL',
    'synchronous = normal',
    'foreign_keys = ON',
    'trusted_schema = OFF',
    'secure_delete = FAST',
    'journal_size_limit = 67108864',
    'busy_timeout = 0',
  ];
  for (const setting of settings) database.exec(`PRAGMA ${setting}`);
  return database;
}

/** SQL texts are a bounded set, so statements are prepared once and kept. */
function statementCache(database: SqliteDatabase): (sql: string) => Prepared {
  const kept = new Map<string, Prepared>();
  return (sql) => {
    let prepared = kept.get(sql);
    if (prepared === undefined) {
      const statement = database.prepare(sql);
      prepared = { statement, givesRows: statement.columns().length > 0 };
      if (kept.size >= 500) kept.clear();
      kept.set(sql, prepared);
    }
    return prepared;
  };
}

/** Runs one query at once. */
export type Run = (query: CompiledQuery) => QueryResult<unknown>;

/** A way to run queries on a connection, with its statements prepared once. */
export function runOn(database: SqliteDatabase): Run {
  const prepare = statementCache(database);
  return (query) => {
    const { statement, givesRows } = prepare(query.sql);
    const parameters = query.parameters as never[];
    if (givesRows) return { rows: statement.all(...parameters) };
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
  };
}

/** Has another process the lock that this one needs? */
export const isLocked = (error: unknown) =>
  error instanceof Error && /database (table )?is locked/.test(error.message);

/** Tries again while a writer of another process is at work, at most for so many milliseconds, and lets the event loop turn in between. */
export async function patiently<T>(work: () => T, patience = PATIENCE): Promise<T> {
  for (let waited = 0; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || waited >= patience) throw error;
    }
    const pause = Math.min(50, 5 + waited / 10);
    await sleep(pause);
    waited += pause;
  }
}

const AWAY = /is locked|disk is full|readonly database|disk I\/O error|unable to open/;

/** Is this SQLite saying that it is busy, full, read-only or cannot reach its file? */
export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Error && AWAY.test(error.message);
}
