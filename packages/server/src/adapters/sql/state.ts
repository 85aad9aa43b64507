import { CompiledQuery, type Kysely, sql } from 'kysely';
import type { DatabaseState, StateStore } from '../../domain/dev/dev-tools.ts';
import type { Database } from './open.ts';
import { TABLE_NAMES, type Tables } from './tables.ts';

/** One database's way of doing it, inside a transaction. */
interface Ways {
  rows(db: Kysely<Tables>, table: string): Promise<string>;
  lastIds(db: Kysely<Tables>): Promise<ReadonlyMap<string, number>>;
  /** Leaves no row, and no memory of ids. */
  empty(db: Kysely<Tables>): Promise<void>;
  fill(db: Kysely<Tables>, table: string, rows: string): Promise<void>;
  setLastId(db: Kysely<Tables>, table: string, id: number): Promise<void>;
}

interface LastId {
  readonly name: string;
  readonly last: number;
}

const byName = (rows: readonly LastId[]) => new Map(rows.map(({ name, last }) => [name, Number(last)]));

const ours = sql.join(TABLE_NAMES.map((name) => sql`${name}`));

async function sqliteColumns(db: Kysely<Tables>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db);
  return rows.map(({ name }) => name);
}

/** Triggers keep the audit trail: they are taken away, and made again with the database's own words. */
async function withoutTriggers(db: Kysely<Tables>, work: () => Promise<void>): Promise<void> {
  const { rows } = await sql<{ name: string; text: string }>`select name, sql as text from sqlite_master
    where type = 'trigger' and tbl_name in (${ours})`.execute(db);
  for (const { name } of rows) await sql`drop trigger ${sql.id(name)}`.execute(db);
  await work();
  for (const { text } of rows) await db.executeQuery(CompiledQuery.raw(text));
}

const SQLITE: Ways = {
  async rows(db, table) {
    const columns = await sqliteColumns(db, table);
    const pairs = sql.join(columns.map((name) => sql`${name}, ${sql.ref(name)}`));
    const { rows } = await sql<{
      all: string;
    }>`select json_group_array(json_object(${pairs})) as "all" from ${sql.table(table)}`.execute(db);
    return rows[0]?.all ?? '[]';
  },
  async lastIds(db) {
    const asked = sql<LastId>`select name, seq as last from sqlite_sequence where name in (${ours})`;
    return byName((await asked.execute(db)).rows);
  },
  async empty(db) {
    await withoutTriggers(db, async () => {
      for (const table of [...TABLE_NAMES].reverse()) await sql`delete from ${sql.table(table)}`.execute(db);
    });
    await sql`delete from sqlite_sequence where name in (${ours})`.execute(db);
  },
  async fill(db, table, rows) {
    const columns = await sqliteColumns(db, table);
    const names = sql.join(columns.map((name) => sql.ref(name)));
    const values = sql.join(columns.map((name) => sql`value ->> ${name}`));
    await sql`insert into ${sql.table(table)} (${names}) select ${values} from json_each(${rows})`.execute(
      db,
    );
  },
  async setLastId(db, table, id) {
    await sql`update sqlite_sequence set seq = ${id} where name = ${table}`.execute(db);
    await sql`insert into sqlite_sequence (name, seq) select ${table}, ${id}
      where not exists (select 1 from sqlite_sequence where name = ${table})`.execute(db);
  },
};

const POSTGRES: Ways = {
  async rows(db, table) {
    const asked = sql<{ all: string }>`select coalesce(json_agg(t), '[]')::text as "all"
      from ${sql.table(table)} as t`;
    return (await asked.execute(db)).rows[0]?.all ?? '[]';
  },
  async lastIds(db) {
    const asked = sql<LastId>`select c.table_name as name, s.last_value as last
      from information_schema.columns as c join pg_sequences as s
        on format('%I.%I', s.schemaname, s.sequencename)
          = pg_get_serial_sequence(format('%I.%I', c.table_schema, c.table_name), c.column_name)
      where c.is_identity = 'YES' and c.table_schema = current_schema() and c.table_name in (${ours})
        and s.last_value is not null`;
    return byName((await asked.execute(db)).rows);
  },
  async empty(db) {
    // Without CASCADE: tables of somebody else that refer to ours are not emptied, the statement fails.
    const tables = sql.join(TABLE_NAMES.map((name) => sql.table(name)));
    await sql`truncate ${tables} restart identity`.execute(db);
  },
  async fill(db, table, rows) {
    await sql`insert into ${sql.table(table)}
      select * from json_populate_recordset(null::${sql.table(table)}, ${rows}::json)`.execute(db);
  },
  async setLastId(db, table, id) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${id})`.execute(db);
  },
};

async function picturesIn(db: Kysely<Tables>): Promise<string[]> {
  const rows = await db.selectFrom('profiles').select('image').distinct().execute();
  return rows.map(({ image }) => image);
}

async function readAll(db: Kysely<Tables>, ways: Ways): Promise<DatabaseState> {
  const rows = new Map<string, string>();
  for (const table of TABLE_NAMES) rows.set(table, await ways.rows(db, table));
  return { rows, lastIds: await ways.lastIds(db), pictures: await picturesIn(db) };
}

/** The state of either database, whatever its tables are. */
export function stateStore({ db, dialect }: Pick<Database, 'db' | 'dialect'>): StateStore {
  const ways = dialect === 'sqlite' ? SQLITE : POSTGRES;
  return {
    read: () =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((transaction) => readAll(transaction, ways)),
    write: (state) =>
      db.transaction().execute(async (transaction) => {
        const before = await picturesIn(transaction);
        await ways.empty(transaction);
        for (const table of TABLE_NAMES) {
          const rows = state?.rows.get(table) ?? '[]';
          if (rows !== '[]') await ways.fill(transaction, table, rows);
        }
        for (const [table, id] of state?.lastIds ?? []) await ways.setLastId(transaction, table, id);
        // Not a part of the state, but tells servers that they have to read the keys again.
        await transaction
          .updateTable('key_ring')
          .set((eb) => ({ revision: eb('revision', '+', 1) }))
          .execute();
        return before;
      }),
  };
}
