import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DirectExecution } from './hot-query.ts';
import { IN_MEMORY, openFile } from './sqlite-file.ts';
import { sqliteLog } from './sqlite-log.ts';
import { openReader } from './sqlite-reader.ts';
import { type OpenTransaction, openWriter, type Writer } from './sqlite-writer.ts';

type Execute = (query: CompiledQuery) => Promise<QueryResult<unknown>>;

/** What Kysely calls a connection: who asks, and the transaction he is in. */
interface Lease extends DatabaseConnection {
  transaction: OpenTransaction | undefined;
}

function lease(execute: Execute): Lease {
  const connection: Lease = {
    transaction: undefined,
    async executeQuery<R>(query: CompiledQuery) {
      const { transaction } = connection;
      return (transaction === undefined ? await execute(query) : transaction.run(query)) as QueryResult<R>;
    },
    streamQuery: () => {
      throw new Error('streaming is not built');
    },
  };
  return connection;
}

function driverOf(writer: Writer, execute: Execute, close: () => void): Driver {
  const endOf = (connection: DatabaseConnection) => {
    const { transaction } = connection as Lease;
    (connection as Lease).transaction = undefined;
    return transaction;
  };
  return {
    init: async () => {},
    acquireConnection: async () => lease(execute),
    releaseConnection: async () => {},
    async beginTransaction(connection) {
      (connection as Lease).transaction = await writer.begin();
    },
    commitTransaction: async (connection) => endOf(connection)?.commit(),
    // After a commit that failed Kysely rolls back, but there is nothing any more.
    rollbackTransaction: async (connection) => endOf(connection)?.rollback(),
    destroy: async () => close(),
  };
}

export interface SqliteOptions {
  /** a path, or `:memory:` */
  readonly path: string;
  /** wait for a writer of another process as long as it takes, such as for its migration */
  readonly patient: boolean;
  /** full: a write is answered when it is on the disk */
  readonly synchronous: 'full' | 'normal';
  /** called once, when what was written could not be brought to the disk; nothing is written after it */
  readonly onFailed: (error: Error) => void;
}

/**
 * Two connections to one file. All writes go over the first, in turns. Reads outside transactions go over the second,
 * together with those of the same turn of the event loop, and wait for no writer. (In memory there is one connection, and everybody takes turns.)
 */
function openConnections(options: SqliteOptions): { driver: Driver; execute: Execute } {
  const { path, patient, synchronous, onFailed } = options;
  const database = openFile(path);
  const reader = path === IN_MEMORY ? undefined : openFile(path);
  // SQLite has its log beside the file itself, wherever the path is only a link to it.
  const log = sqliteLog(database.location() ?? path);
  const mayBeLost = synchronous === 'normal' || path === IN_MEMORY;
  // After a flush that failed the log may be in memory alone. Moved into the file, it is on the disk.
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  const flush = mayBeLost ? async () => {} : log.flush;
  const writer = openWriter(database, { patience: patient ? Infinity : undefined, flush, onFailed });
  const read = reader && openReader(reader);
  const execute: Execute = (query) =>
    read === undefined || query.query.kind !== 'SelectQueryNode' ? writer.run(query) : read(query);
  const close = () => {
    reader?.close();
    // So that the one file is whole when nobody has it open.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    log.close();
  };
  return { driver: driverOf(writer, execute, close), execute };
}

/** DDL is transactional in SQLite, which Kysely's own adapter does not claim: a failed migration must leave nothing. */
class LatchkeySqliteAdapter extends SqliteAdapter implements DirectExecution {
  readonly executeDirectly: Execute;
  constructor(execute: Execute) {
    super();
    this.executeDirectly = execute;
  }
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** SQLite for Kysely, over the driver above. */
export function sqliteDialect(options: SqliteOptions): Dialect {
  const { driver, execute } = openConnections(options);
  const adapter = new LatchkeySqliteAdapter(execute);
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => adapter,
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}
