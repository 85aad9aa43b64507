import { type RawBuilder, sql } from 'kysely';
import { inject } from 'vitest';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../../src/adapters/sql/open.ts';
import { Secret } from '../../src/secret.ts';
import { createDatabase } from './postgres.ts';

/** Which of the two databases this run of the tests is on. */
export const DATABASE = process.env.TEST_DATABASE === 'postgres' ? 'postgres' : 'sqlite';

/** Tells a part of the suite that is about one of the databases; on the other there is nothing to skip. */
export function only(database: typeof DATABASE, tell: () => void): void {
  if (DATABASE === database) tell();
}

/** An open, migrated, empty database. `release` gives it back. */
export interface LentDatabase {
  readonly url: string;
  readonly database: Database;
  release(): Promise<void>;
}

const IN_MEMORY = 'sqlite::memory:';
/** Nobody is turned away because the machine of the tests is slow just now. Seconds. */
export const PATIENT = 30;

const OPTIONS = { databasePool: 10, databaseWaitSeconds: PATIENT, sqliteSynchronous: 'normal' } as const;

/** Emptied databases, for the next who asks: making one costs more than emptying one. */
const idle: LentDatabase[] = [];

/** Copies of a migrated database are made faster than the migrations run. It stays for all files of this thread. */
let template: Promise<string> | undefined;

async function postgresTemplate(): Promise<string> {
  const { name, url } = await createDatabase(inject('postgresAdminUrl'));
  const database = openDatabase({ databaseUrl: new Secret(url), ...OPTIONS });
  await migrate(database);
  await database.close();
  return name;
}

/** A database of PostgreSQL with the tables, and nothing in them. */
export async function migratedPostgres(): ReturnType<typeof createDatabase> {
  template ??= postgresTemplate();
  return createDatabase(inject('postgresAdminUrl'), await template);
}

/** What the migrations themselves put into a database stays there. */
const FILLED_BY_MIGRATIONS = ['latchkey_migrations', 'key_ring'];

/**
 * The statement that empties a database of PostgreSQL, and lets its ids begin anew. TRUNCATE would make new files for
 * every table, which takes five times as long. Triggers are off meanwhile: the one of the audit trail would keep what is new.
 */
async function emptying({ db }: Database): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ text: string }>`
    select format(case relkind when 'r' then 'delete from %I' else 'select setval(%L, 1, false)' end, relname) as text
      from pg_class where relkind in ('r', 'S') and relnamespace = 'public'::regnamespace
        and not relname = any(${FILLED_BY_MIGRATIONS})
      order by relkind desc, oid desc`.execute(db);
  return sql.raw(
    ['set local session_replication_role = replica', ...rows.map(({ text }) => text)].join('; '),
  );
}

async function newPostgres(): Promise<LentDatabase> {
  const { url } = await migratedPostgres();
  const database = openDatabase({ databaseUrl: new Secret(url), ...OPTIONS });
  const empty = await emptying(database);
  const lent: LentDatabase = {
    url,
    database,
    async release() {
      await empty.execute(database.db);
      idle.push(lent);
    },
  };
  return lent;
}

interface SqliteTemplate {
  /** what makes a database as the migrations leave it: quicker than they are */
  readonly making: readonly RawBuilder<unknown>[];
  /** what makes it so again, tables that refer to others before those */
  readonly emptying: readonly RawBuilder<unknown>[];
}

/** It stays for all files of this thread. */
let sqliteTemplate: Promise<SqliteTemplate> | undefined;

async function readSqliteTemplate(): Promise<SqliteTemplate> {
  const database = openDatabase({ databaseUrl: new Secret(IN_MEMORY), ...OPTIONS });
  await migrate(database);
  const { rows } = await sql<{ type: string; name: string; text: string }>`
    select type, name, sql as text from sqlite_schema where sql is not null and name not like 'sqlite_%'`.execute(
    database.db,
  );
  const making = rows.map(({ text }) => sql.raw(text));
  const tables = rows.filter(({ type }) => type === 'table').map(({ name }) => name);
  const emptying = [...tables.reverse(), 'sqlite_sequence'].map(
    (name) => sql`delete from ${sql.table(name)}`,
  );
  for (const table of FILLED_BY_MIGRATIONS) {
    const filled = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(database.db);
    for (const row of filled.rows) {
      const filling = sql`insert into ${sql.table(table)} values (${sql.join(Object.values(row))})`;
      making.push(filling);
      emptying.push(filling);
    }
  }
  await database.close();
  return { making, emptying };
}

function runTogether({ db }: Database, statements: readonly RawBuilder<unknown>[]): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    for (const statement of statements) await statement.execute(transaction);
  });
}

/** SQLite counts how often the schema was changed. */
async function schemaVersion({ db }: Database): Promise<number | undefined> {
  const { rows } = await sql<{ schema_version: number }>`pragma schema_version`.execute(db);
  return rows[0]?.schema_version;
}

async function newSqlite(): Promise<LentDatabase> {
  sqliteTemplate ??= readSqliteTemplate();
  const { making, emptying } = await sqliteTemplate;
  const database = openDatabase({ databaseUrl: new Secret(IN_MEMORY), ...OPTIONS });
  await runTogether(database, making);
  const version = await schemaVersion(database);
  const lent: LentDatabase = {
    url: IN_MEMORY,
    database,
    async release() {
      // A test may have changed the schema, or left events that the trigger of the audit trail keeps: then another is made.
      const isAsNew = await runTogether(database, emptying).then(
        async () => (await schemaVersion(database)) === version,
        () => false,
      );
      if (isAsNew) idle.push(lent);
      else await database.close();
    },
  };
  return lent;
}

/** An empty database of the kind that this run is on. */
export async function lendDatabase(): Promise<LentDatabase> {
  return idle.pop() ?? (DATABASE === 'sqlite' ? newSqlite() : newPostgres());
}
