import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

type Connection = InstanceType<typeof DatabaseSync>;

type Statement = ReturnType<Connection['prepare']>;

interface Prepared {
  readonly statement: Statement;
  readonly givesRows: boolean;
}

export interface SqliteOptions {
  /** a path, or `:memory:` */
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
}

/**
 * Opens the file with what an auth store needs: WAL, foreign keys, five seconds of patience with another
 * writer, and mode 0600, because it holds password hashes. The folder has to exist.
 */
function openDatabase({ path, synchronous }: SqliteOptions): Connection {
  if (path !== ':memory:') {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const database = new DatabaseSync(path, { timeout: 5_000 });
  const settings = [
    'journal_mode = WAL',
    `synchronous = ${synchronous}`,
    'foreign_keys = ON',
    'trusted_schema = OFF',
    'secure_delete = FAST',
    'journal_size_limit = 67108864',
  ];
  for (const setting of settings) database.exec(`PRAGMA ${setting}`);
  return database;
}

/** SQL texts are a bounded set, so statements are prepared once and kept. */
function statementCache(database: Connection): (sql: string) => Prepared {
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

function connectionTo(database: Connection): DatabaseConnection {
  const prepare = statementCache(database);
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { statement, givesRows } = prepare(query.sql);
      const parameters = query.parameters as never[];
      if (givesRows) return { rows: statement.all(...parameters) as R[] };
      const { changes } = statement.run(...parameters);
      return { rows: [], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: Kysely's interface has it, and nothing here streams
    async *streamQuery() {
      throw new Error('streaming is not built');
    },
  };
}

/** Lets one caller in at a time, in the order of asking. */
function turnstile(): { enter(): Promise<void>; leave(): void } {
  const waiting: (() => void)[] = [];
  let busy = false;
  return {
    enter() {
      if (busy) return new Promise((resolve) => waiting.push(resolve));
      busy = true;
      return Promise.resolve();
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) busy = false;
      else next();
    },
  };
}

/**
 * One connection, one user at a time: a transaction has it from BEGIN IMMEDIATE to COMMIT, so that a second
 * writer waits instead of failing half-way. (A deferred transaction that turns writer can only fail.)
 */
function sqliteDriver(options: SqliteOptions): Driver {
  const { enter, leave } = turnstile();
  const database = openDatabase(options);
  const connection = connectionTo(database);
  const run = async (sql: string) => database.exec(sql);
  return {
    init: async () => {},
    acquireConnection: async () => {
      await enter();
      return connection;
    },
    releaseConnection: async () => leave(),
    beginTransaction: () => run('BEGIN IMMEDIATE'),
    commitTransaction: () => run('COMMIT'),
    rollbackTransaction: () => run('ROLLBACK'),
    destroy: async () => database.close(),
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

/** Is this SQLite saying that it is busy, full, read-only or cannot reach its file? */
export function isSqliteUnavailable(error: unknown): boolean {
  return (
    error instanceof Error &&
    /database is locked|database or disk is full|readonly database|disk I\/O error|unable to open/.test(
      error.message,
    )
  );
}
