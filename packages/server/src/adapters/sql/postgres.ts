import type { Dialect } from 'kysely';
import { PostgresDialect } from 'kysely';
import pg from 'pg';

const INT8 = 20;

export interface PostgresOptions {
  readonly url: string;
  readonly pool: number;
  /** milliseconds; 0 waits for ever, for migrations */
  readonly statementTimeout: number;
}

/** Names every parametrised statement, so that the server plans it once a connection. */
function namedStatements(): (sql: string) => string {
  const names = new Map<string, string>();
  return (sql) => {
    let name = names.get(sql);
    if (name === undefined) {
      name = `latchkey_${names.size}`;
      names.set(sql, name);
    }
    return name;
  };
}

const nameOf = namedStatements();

type Queryable = { query: (...args: unknown[]) => unknown };

function withNamedStatements(client: pg.PoolClient): void {
  const target = client as unknown as Queryable;
  const plain = target.query.bind(client);
  target.query = (first, second, ...rest) =>
    typeof first === 'string' && Array.isArray(second) && second.length > 0
      ? plain({ name: nameOf(first), text: first, values: second }, ...rest)
      : plain(first, second, ...rest);
}

/**
 * PostgreSQL for Kysely: a pool, timeouts on statements and locks, named statements, 64-bit integers as numbers.
 * The TLS options of the address are honoured by `pg`.
 */
export function postgresDialect({ url, pool, statementTimeout }: PostgresOptions): Dialect {
  const connections = new pg.Pool({
    connectionString: url,
    max: pool,
    connectionTimeoutMillis: 2_000,
    statement_timeout: statementTimeout,
    lock_timeout: statementTimeout === 0 ? 0 : 2_000,
    idle_in_transaction_session_timeout: 10_000,
    application_name: 'latchkey',
    types: {
      getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')),
    },
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  connections.on('error', () => {});
  connections.on('connect', withNamedStatements);
  return new PostgresDialect({ pool: connections });
}

/** SQLSTATE classes and codes of a database that is away, shutting down, out of resources or too slow. */
const AWAY = /^(08|53|57P|57014|55P03|58|40001|40P01|25006)/;

/** Is this PostgreSQL, or the way to it, being away rather than a bug of ours? */
export function isPostgresUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    AWAY.test(code) ||
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(error.message)
  );
}
