import { chmodSync, closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { turnstile } from './turnstile.ts';

type Database = InstanceType<typeof DatabaseSync>;

type Statement = ReturnType<Database['prepare']>;

interface Prepared {
  readonly statement: Statement;
  readonly givesRows: boolean;
}

export interface SqliteOptions {
  /** a path, or `:memory:` */
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
}

const IN_MEMORY = ':memory:';

/** How long a write waits for a writer of another process. */
const PATIENCE = 5_000;

/**
 * Opens the file with what an auth store needs: WAL, foreign keys, and mode 0600, because it holds password
 * hashes. The folder has to exist. No busy timeout: SQLite would sleep with the event loop in its arms.
 */
function openDatabase({ path, synchronous }: SqliteOptions): Database {
  if (path !== IN_MEMORY) {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  // Patient while the journal mode is set: of servers that start together one does it.
  const database = new DatabaseSync(path, { timeout: PATIENCE });
  const settings = [
    'journal_mode = WAL',
    `synchronous = ${synchronous}`,
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
function statementCache(database: Database): (sql: string) => Prepared {
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

type Run = (query: CompiledQuery) => QueryResult<unknown>;

function runOn(database: Database): Run {
  const prepare = statementCache(database);
  return (query) => {
    const { statement, givesRows } = prepare(query.sql);
    const parameters = query.parameters as never[];
    if (givesRows) return { rows: statement.all(...parameters) };
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
  };
}

const isLocked = (error: unknown) =>
  error instanceof Error && /database (table )?is locked/.test(error.message);

/** Tries again while a writer of another process is at work, and lets the event loop turn in between. */
async function patiently<T>(work: () => T): Promise<T> {
  for (let waited = 0; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || waited >= PATIENCE) throw error;
    }
    const pause = Math.min(50, 5 + waited / 10);
    await sleep(pause);
    waited += pause;
  }
}

/** What Kysely calls a connection: who asks, and whether he has the writer to himself. */
interface Lease extends DatabaseConnection {
  inTransaction: boolean;
}

function lease(
  execute: (query: CompiledQuery, inTransaction: boolean) => Promise<QueryResult<unknown>>,
): Lease {
  const connection: Lease = {
    inTransaction: false,
    executeQuery: <R>(query: CompiledQuery) =>
      execute(query, connection.inTransaction) as Promise<QueryResult<R>>,
    streamQuery: () => {
      throw new Error('streaming is not built');
    },
  };
  return connection;
}

/**
 * Two connections to one file. All writes go over the first, one at a time: a transaction has it from BEGIN
 * IMMEDIATE to COMMIT, so that a second writer waits instead of failing half-way. Reads outside transactions go
 * over the second and wait for nobody. (In memory there is one connection, and everybody takes turns.)
 */
function sqliteDriver(options: SqliteOptions): Driver {
  const { enter, leave } = turnstile();
  const writer = openDatabase(options);
  const reader = options.path === IN_MEMORY ? undefined : openDatabase(options);
  const write = runOn(writer);
  const read = reader && runOn(reader);

  async function execute(query: CompiledQuery, inTransaction: boolean): Promise<QueryResult<unknown>> {
    if (inTransaction) return write(query);
    if (read !== undefined && query.query.kind === 'SelectQueryNode') return patiently(() => read(query));
    await enter();
    try {
      return await patiently(() => write(query));
    } finally {
      leave();
    }
  }

  function finish(connection: DatabaseConnection): void {
    (connection as Lease).inTransaction = false;
    leave();
  }

  return {
    init: async () => {},
    acquireConnection: async () => lease(execute),
    releaseConnection: async () => {},
    async beginTransaction(connection) {
      await enter();
      try {
        await patiently(() => writer.exec('BEGIN IMMEDIATE'));
      } catch (error) {
        leave();
        throw error;
      }
      (connection as Lease).inTransaction = true;
    },
    async commitTransaction(connection) {
      // When this throws, Kysely rolls back, and the turn is over only then.
      writer.exec('COMMIT');
      finish(connection);
    },
    async rollbackTransaction(connection) {
      try {
        // A full disk has rolled back by itself; a second ROLLBACK would hide why.
        if (writer.isTransaction) writer.exec('ROLLBACK');
      } finally {
        finish(connection);
      }
    },
    async destroy() {
      reader?.close();
      // So that the one file is whole when nobody has it open.
      writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      writer.close();
    },
  };
}

/** DDL is transactional in SQLite, which Kysely's own adapter does not claim: a failed migration must leave nothing. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** SQLite for Kysely, over the driver above. */
export function sqliteDialect(options: SqliteOptions): Dialect {
  const driver = sqliteDriver(options);
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

const AWAY = /is locked|disk is full|readonly database|disk I\/O error|unable to open/;

/** Is this SQLite saying that it is busy, full, read-only or cannot reach its file? */
export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Error && AWAY.test(error.message);
}
