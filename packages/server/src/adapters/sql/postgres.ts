import type { Socket } from 'node:net';
import type { Dialect, PostgresPool } from 'kysely';
import { PostgresDialect } from 'kysely';
import type pg from 'pg';

const INT8 = 20;

export interface PostgresOptions {
  readonly url: string;
  readonly pool: number;
  /** how long a query waits for a connection and for a lock together; seconds */
  readonly wait: number;
  /** waits for ever, for migrations */
  readonly patient: boolean;
  /** is given the pool when it is made, at the first connection */
  readonly onPool?: (pool: pg.Pool) => void;
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

type Queryable = {
  query: (...args: unknown[]) => unknown;
  readonly connection: { readonly stream: Socket };
};

/** The words of `pg` for a query that its server does not answer in time. */
const UNHEARD = 'Query read timeout';

function prepareClient(client: pg.PoolClient): void {
  // A connection that breaks while somebody has it: his query fails and says so. Without a listener here the
  // event itself would end the process.
  client.on('error', () => {});
  const target = client as unknown as Queryable;
  const ask = target.query.bind(client);
  const plain: Queryable['query'] = (...args) => {
    const asked = ask(...args);
    if (!(asked instanceof Promise)) return asked;
    return asked.catch((error: unknown) => {
      // Or the pool would hand it out again, and each who gets it would wait as long for his answer behind this one.
      if (error instanceof Error && error.message === UNHEARD) target.connection.stream.destroy();
      throw error;
    });
  };
  target.query = (first, second, ...rest) =>
    typeof first === 'string' && Array.isArray(second) && second.length > 0
      ? plain({ name: nameOf(first), text: first, values: second }, ...rest)
      : plain(first, second, ...rest);
}

/** Who waited less than this for his connection has not waited. Milliseconds. */
const STEP = 250;

/**
 * Of the wait half may go by for the connection alone. The backend gives up a statement first, the client when the backend
 * is not heard from. Milliseconds.
 */
const timeoutsOf = (wait: number) => ({
  connectionTimeoutMillis: wait / 2,
  lock_timeout: wait,
  statement_timeout: 2 * wait,
  query_timeout: 2 * wait + 500,
  idle_in_transaction_session_timeout: 10_000,
});

/** Overrides what the role or the database may have set. A connection is to come in the usual time all the same. */
const withoutTimeouts = (wait: number) => ({
  connectionTimeoutMillis: wait / 2,
  options: '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0',
});

/**
 * Takes off the time for a lock what was waited for the connection, or both waits would add up. That is one more statement,
 * which is sent only when the pool is short of connections, and once it no longer is.
 */
function withOneDeadline(pool: pg.Pool, wait: number): PostgresPool {
  const given = new WeakMap<pg.PoolClient, number>();
  return {
    end: () => pool.end(),
    async connect() {
      const asked = performance.now();
      const client = await pool.connect();
      const waited = Math.floor((performance.now() - asked) / STEP) * STEP;
      const left = Math.max(wait - waited, wait / 2);
      if (left === (given.get(client) ?? wait)) return client;
      try {
        await client.query(`set lock_timeout = ${left}`);
      } catch (error) {
        client.release(true);
        throw error;
      }
      given.set(client, left);
      return client;
    },
  };
}

/**
 * PostgreSQL for Kysely: a pool, timeouts on statements and locks, named statements, 64-bit integers as numbers.
 * The TLS options of the address are honoured by `pg`.
 */
export function postgresDialect(options: PostgresOptions): Dialect {
  return new PostgresDialect({ pool: () => openPool(options) });
}

/** `pg` is loaded here, so that a server on SQLite starts without it. */
async function openPool({ url, pool, wait, patient, onPool }: PostgresOptions): Promise<PostgresPool> {
  const { default: postgres } = await import('pg');
  const connections = new postgres.Pool({
    ...(patient ? withoutTimeouts : timeoutsOf)(1_000 * wait),
    keepAlive: true,
    connectionString: url,
    max: pool,
    application_name: 'latchkey',
    types: {
      getTypeParser: (oid, format) =>
        oid === INT8 ? Number : postgres.types.getTypeParser(oid, format as 'text'),
    },
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  connections.on('error', () => {});
  connections.on('connect', prepareClient);
  onPool?.(connections);
  return patient ? connections : withOneDeadline(connections, 1_000 * wait);
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
    /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable|Query read timeout/.test(
      error.message,
    )
  );
}
