import type pg from 'pg';
import { databaseName } from '../sql/open.ts';
import {
  type DjangoDatabase,
  type Fetch,
  type Mode,
  OutcomeUnknown,
  quote,
  type Row,
  type Table,
  type Tables,
} from './database.ts';

const INT8 = 20;

/** How long a server may take to let us in. Milliseconds. */
const PATIENCE = 10_000;

/**
 * One transaction for all of it, in which instants read the same whatever the server is set to. Writing to a row that
 * somebody changed since its snapshot fails.
 */
const begin = (
  mode: Mode,
) => `BEGIN ISOLATION LEVEL REPEATABLE READ ${mode === 'read' ? 'READ ONLY' : 'READ WRITE'};
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = ${mode === 'read' ? 0 : PATIENCE}; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL row_security = off`;

/** Relations of the schema: their columns, the foreign keys of one column, and the columns that are unique alone. */
const CATALOG = `
  select c.relname as name, c.relkind::text as kind,
    (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null))
        order by a.attnum), '[]')
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(json_agg(json_build_object('column', a.attname, 'table', f.relname)), '[]')
      from pg_constraint k join pg_class f on f.oid = k.confrelid and f.relnamespace = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where k.conrelid = c.oid and k.contype = 'f' and cardinality(k.conkey) = 1) as foreign_keys,
    (select coalesce(json_agg(a.attname), '[]')
      from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null) as unique_columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

interface Relation {
  readonly name: string;
  readonly kind: string;
  readonly columns: Table['columns'];
  readonly foreign_keys: Table['foreignKeys'];
  readonly unique_columns: Table['unique'];
}

const tableOf = ({ name, kind, columns, foreign_keys, unique_columns }: Relation): Table => ({
  name,
  isView: kind !== 'r' && kind !== 'p',
  columns,
  foreignKeys: foreign_keys,
  unique: unique_columns,
});

/** The error as a sentence about the server. */
function about(name: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${name}: ${String(error)}`);
  const code = 'code' in error ? String(error.code) : '';
  const say = (sentence: string) => new Error(sentence, { cause: error });
  if (/^E(CONN|HOST|NET|TIMEDOUT|PIPE)/.test(code)) return say(`${name}: nobody answers there (${code}).`);
  if (/^(ENOTFOUND|EAI_)/.test(code)) return say(`${name}: the host is not known.`);
  if (/^28/.test(code)) return say(`${name} refuses the login: ${error.message}.`);
  if (code === '42501') return say(`${name}: this user may not do everything: ${error.message}.`);
  if (code === '25006') return say(`${name} takes no writes: ${error.message}.`);
  if (code === '55P03') return say(`${name} is locked by somebody else who writes to it. Run it again.`);
  if (code === '40001' || code === '40P01')
    return say(`${name} was written to by somebody else in the meantime. Run it again.`);
  if (/timeout expired|Connection terminated/.test(error.message)) return say(`${name} does not answer.`);
  return say(`${name}: ${error.message}.`);
}

/** What is not, is a sentence already. */
const isOfServer = (error: unknown) =>
  error instanceof Error && ('code' in error || error.message.startsWith('Connection terminated'));

/** The address without `schema`, which is ours and which `pg` does not know. */
function splitSchema(address: string): { url: string; schema: string | undefined } {
  if (!URL.canParse(address)) throw new Error('The address of the PostgreSQL database cannot be understood.');
  const url = new URL(address);
  const schema = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  return { url: url.href, schema };
}

async function connect(url: string): Promise<pg.Client> {
  const { default: postgres } = await import('pg');
  const client = new postgres.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE,
    keepAlive: true,
    application_name: 'latchkey',
    types: {
      getTypeParser: (oid, format) =>
        oid === INT8 ? BigInt : postgres.types.getTypeParser(oid, format as 'text'),
    },
  });
  // A connection that breaks is heard of by the next query; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

const fetch = (column: string, { as, limit, mayBeCut }: Fetch) =>
  as === 'plain' ? column : `left(${column}::text, ${mayBeCut ? limit : limit + 1})`;

/** A schema that was asked for has to be there; else it is that of the search path. */
async function findSchema(client: pg.Client, wanted: string | undefined, name: string): Promise<string> {
  if (wanted === undefined) {
    const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema');
    return rows[0]?.schema ?? 'public';
  }
  const { rows } = await client.query('select 1 from pg_namespace where nspname = $1', [wanted]);
  if (rows.length === 0) throw new Error(`${name} has no schema ${wanted}.`);
  return wanted;
}

/** The highest id that the sequence of the column has given out; null when there is no sequence. */
async function lastGiven(client: pg.Client, table: string): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string | null }>(
    `select pg_get_serial_sequence($1, 'id')::regclass::text as name`,
    [table],
  );
  const sequence = rows[0]?.name;
  if (!sequence) return undefined;
  const last = await client.query<{ last_value: bigint; is_called: boolean }>(
    `select last_value, is_called from ${sequence}`,
  );
  const [state] = last.rows;
  return state?.is_called ? Number(state.last_value) : undefined;
}

/** A commit that fails with a code of SQL has written nothing; when the connection broke nobody knows. */
async function commit(client: pg.Client, name: string): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    const isAnswer = error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
    if (isAnswer && !String(error.code).startsWith('57')) throw error;
    throw new OutcomeUnknown(about(name, error).message, { cause: error });
  });
  if (command !== 'COMMIT') throw new Error(`${name} took everything back.`);
}

/**
 * Opens a PostgreSQL database: one connection, one snapshot, which is read only unless it is open to write. The schema is
 * the given one, that of `?schema=`, or that of the search path. Throws a sentence when the server does not answer or refuses.
 */
export async function openPostgres(
  address: string,
  wanted?: string,
  mode: Mode = 'read',
): Promise<DjangoDatabase> {
  const { url, schema: named } = splitSchema(address);
  const name = databaseName(url);
  const guarded = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw isOfServer(error) ? about(name, error) : error;
    });
  const client = await connect(url).catch((error: unknown) => {
    throw about(name, error);
  });
  try {
    await guarded(client.query(begin(mode)));
    const schema = await guarded(findSchema(client, wanted ?? named, name));
    const { rows } = await guarded(client.query<Relation>(CATALOG, [schema]));
    const tables: Tables = new Map(rows.map((relation) => [relation.name, tableOf(relation)]));
    const nameOf = (table: Table) => `${quote(schema)}.${quote(table.name)}`;
    return {
      dialect: 'postgres',
      name,
      tables,
      rows: async (sql, values = []) => (await guarded(client.query<Row>(sql, [...values]))).rows,
      parameter: (n) => `$${n}`,
      nameOf,
      fetch,
      lastGivenId: (table) => guarded(lastGiven(client, nameOf(table))),
      // PostgreSQL checks its pages itself, as it reads them.
      verify: async () => {},
      run: async (sql, values) => (await guarded(client.query(sql, [...values]))).rowCount ?? 0,
      commit: () => guarded(commit(client, name)),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
