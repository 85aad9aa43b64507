import type { DatabaseConnection, Dialect, DialectAdapter, Driver } from 'kysely';
import { Kysely } from 'kysely';
import type { DirectExecution } from '../../src/adapters/sql/hot-query.ts';
import { type Database, sqlitePath } from '../../src/adapters/sql/open.ts';
import { isPostgresUnavailable, postgresDialect } from '../../src/adapters/sql/postgres.ts';
import { sqliteDialect } from '../../src/adapters/sql/sqlite.ts';
import { isSqliteUnavailable } from '../../src/adapters/sql/sqlite-file.ts';
import type { Tables } from '../../src/adapters/sql/tables.ts';
import { PATIENT } from './database.ts';

/** Which call to the database breaks: before it is made, or after it has been, so that only its answer is lost. */
export interface Injection {
  /** counted from 1; undefined for none */
  at: number | undefined;
  when: 'before' | 'after';
  /** so many calls were made since this was set to 0 */
  calls: number;
}

/** As the database says that it is away. */
const awayError = (isSqlite: boolean) =>
  isSqlite
    ? new Error('disk I/O error')
    : Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });

type Strike = <T>(call: () => Promise<T>, isLossless?: boolean) => Promise<T>;

/** Counts calls and breaks the one that is to break. A BEGIN whose answer is lost is a connection that is lost: not here. */
function strikeWith(injection: Injection, isSqlite: boolean): Strike {
  return async (call, isBegin = false) => {
    injection.calls += 1;
    const isHit = injection.calls === injection.at;
    if (isHit && (injection.when === 'before' || isBegin)) throw awayError(isSqlite);
    const result = await call();
    if (isHit) throw awayError(isSqlite);
    return result;
  };
}

function strikingDriver(driver: Driver, strike: Strike): Driver {
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const real = (connection: DatabaseConnection) => inner.get(connection) ?? connection;
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const connection = await driver.acquireConnection();
      const striking: DatabaseConnection = {
        executeQuery: (query) => strike(() => connection.executeQuery(query)),
        streamQuery: (query, chunk) => connection.streamQuery(query, chunk),
      };
      inner.set(striking, connection);
      return striking;
    },
    releaseConnection: (connection) => driver.releaseConnection(real(connection)),
    beginTransaction: (connection, settings) =>
      strike(() => driver.beginTransaction(real(connection), settings), true),
    commitTransaction: (connection) => strike(() => driver.commitTransaction(real(connection))),
    rollbackTransaction: (connection) => driver.rollbackTransaction(real(connection)),
    destroy: () => driver.destroy(),
  };
}

/** The way past Kysely is struck too. */
function strikingAdapter(adapter: DialectAdapter, strike: Strike): DialectAdapter {
  if (!('executeDirectly' in adapter)) return adapter;
  const direct = adapter as DialectAdapter & DirectExecution;
  const executeDirectly: DirectExecution['executeDirectly'] = (query) =>
    strike(() => direct.executeDirectly(query));
  return new Proxy(direct, {
    get: (target, name) => (name === 'executeDirectly' ? executeDirectly : Reflect.get(target, name)),
  });
}

/** A database of an address whose calls break as the injection says. */
export function openFaulty(url: string, injection: Injection): Database {
  const path = sqlitePath(url);
  const isSqlite = path !== undefined;
  const inner: Dialect = isSqlite
    ? sqliteDialect({ path, patient: false, synchronous: 'normal', onFailed() {} })
    : postgresDialect({ url, pool: 5, wait: PATIENT, patient: false });
  const strike = strikeWith(injection, isSqlite);
  const adapter = strikingAdapter(inner.createAdapter(), strike);
  const dialect: Dialect = {
    createDriver: () => strikingDriver(inner.createDriver(), strike),
    createAdapter: () => adapter,
    createQueryCompiler: () => inner.createQueryCompiler(),
    createIntrospector: (db) => inner.createIntrospector(db),
  };
  const db = new Kysely<Tables>({ dialect });
  return {
    dialect: isSqlite ? 'sqlite' : 'postgres',
    name: 'a faulty database',
    db,
    isUnavailable: isSqlite ? isSqliteUnavailable : isPostgresUnavailable,
    poolLevels: undefined,
    failed: new Promise(() => {}),
    close: () => db.destroy(),
  };
}
