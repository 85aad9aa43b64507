import type { Kysely, Migration } from 'kysely';
import { Migrator, sql } from 'kysely';
import { up as accountsAndSessions } from './migrations/0001-accounts-and-sessions.ts';
import { up as djangoTakeover } from './migrations/0002-django-takeover.ts';
import { up as limits } from './migrations/0003-limits.ts';
import { up as audit } from './migrations/0004-audit.ts';
import { up as keys } from './migrations/0005-keys.ts';
import { up as limitsOfSessions } from './migrations/0007-limits.ts';
import { up as mail } from './migrations/0010-mail.ts';
import { up as deletion } from './migrations/0012-deletion.ts';
import { up as admin } from './migrations/0013-admin.ts';
import { up as userList } from './migrations/0014-user-list.ts';
import { up as adminData } from './migrations/0015-admin-data.ts';
import { up as sessionsByStart } from './migrations/0016-sessions-by-start.ts';
import { up as liveSessions } from './migrations/0017-live-sessions.ts';
import type { Database, Dialect } from './open.ts';

type Up = (db: Kysely<unknown>, dialect: Dialect) => Promise<void>;

/** In the order they run. A released one is never edited. */
export const MIGRATIONS: Readonly<Record<string, { readonly up: Up }>> = {
  '0001-accounts-and-sessions': { up: accountsAndSessions },
  '0002-django-takeover': { up: djangoTakeover },
  '0003-limits': { up: limits },
  '0004-audit': { up: audit },
  '0005-keys': { up: keys },
  // there has never been a 0006
  '0007-limits': { up: limitsOfSessions },
  '0010-mail': { up: mail },
  '0012-deletion': { up: deletion },
  '0013-admin': { up: admin },
  '0014-user-list': { up: userList },
  '0015-admin-data': { up: adminData },
  '0016-sessions-by-start': { up: sessionsByStart },
  '0017-live-sessions': { up: liveSessions },
};

/** How the schema of a database stands to what this server knows. */
export interface SchemaState {
  /** migrations still to run */
  readonly pending: readonly string[];
  /** migrations of a newer server */
  readonly unknown: readonly string[];
}

const TABLE = 'latchkey_migrations';

function migrator({ db, dialect }: Database, migrations: typeof MIGRATIONS): Migrator {
  const bound: Record<string, Migration> = {};
  for (const [name, { up }] of Object.entries(migrations))
    bound[name] = { up: (transaction) => up(transaction, dialect) };
  return new Migrator({
    db,
    provider: { getMigrations: async () => bound },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });
}

/** Is the table there that a statement without a schema would find? On SQLite a read, which waits for no migration that is under way. */
async function hasTable({ db, dialect }: Database): Promise<boolean> {
  if (dialect === 'sqlite') {
    const tables = db.withTables<{ sqlite_master: { type: string; name: string } }>();
    const named = tables.selectFrom('sqlite_master').select('name').where('name', '=', TABLE);
    return (await named.where('type', '=', 'table').executeTakeFirst()) !== undefined;
  }
  const { rows } = await sql<{ name: string | null }>`select to_regclass(${TABLE})::text as name`.execute(db);
  return rows[0]?.name != null;
}

/** Compares the schema with what this server knows. Writes nothing. */
export async function schemaState(database: Database, migrations = MIGRATIONS): Promise<SchemaState> {
  const { db } = database;
  const names = Object.keys(migrations);
  if (!(await hasTable(database))) return { pending: names, unknown: [] };
  const rows = await db
    .withTables<{ [TABLE]: { name: string } }>()
    .selectFrom(TABLE)
    .select('name')
    .execute();
  const applied = new Set(rows.map((row) => row.name));
  return {
    pending: names.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !names.includes(name)),
  };
}

/**
 * Brings the schema up to date, in one transaction and under a lock: servers that start together migrate once,
 * and a migration that fails leaves nothing behind. Returns the names of those that ran.
 */
export async function migrate(database: Database, migrations = MIGRATIONS): Promise<readonly string[]> {
  const { unknown } = await schemaState(database, migrations);
  if (unknown.length > 0) throw new Error(newerSchema(database, unknown));
  const { error, results } = await migrator(database, migrations).migrateToLatest();
  if (error !== undefined) throw error;
  return (results ?? [])
    .filter((result) => result.status === 'Success')
    .map((result) => result.migrationName);
}

/** Undefined when server and schema fit; otherwise the sentence that says what to do. */
export async function misfit(database: Database): Promise<string | undefined> {
  const { pending, unknown } = await schemaState(database);
  if (unknown.length > 0) return newerSchema(database, unknown);
  if (pending.length === 0) return undefined;
  const isEmpty = pending.length === Object.keys(MIGRATIONS).length;
  const state = isEmpty ? 'is empty' : `is older than this server (missing: ${pending.join(', ')})`;
  return `The database ${database.name} ${state}. Run: npx latchkey migrate`;
}

function newerSchema({ name }: Database, unknown: readonly string[]): string {
  return `The database ${name} is newer than this server (it has ${unknown.join(', ')}). Use the newer server.`;
}
