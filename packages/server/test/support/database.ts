import { sql } from 'kysely';
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

const OPTIONS = { databasePool: 10, sqliteSynchronous: 'normal' } as const;

/** Emptied databases of PostgreSQL, for the next who asks: making one costs more than emptying one. */
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

async function newPostgres(): Promise<LentDatabase> {
  const { url } = await migratedPostgres();
  const database = openDatabase({ databaseUrl: new Secret(url), ...OPTIONS });
  const lent: LentDatabase = {
    url,
    database,
    async release() {
      // What belongs to an account or a group goes with it.
      await sql`truncate users, audit_events, refusals, groups, django_tokens, django_accounts, django_marks,
        limit_counts, signing_keys, outbox, daily_counts, import_reports
        restart identity cascade`.execute(database.db);
      idle.push(lent);
    },
  };
  return lent;
}

async function newSqlite(): Promise<LentDatabase> {
  const url = 'sqlite::memory:';
  const database = openDatabase({ databaseUrl: new Secret(url), ...OPTIONS });
  await migrate(database);
  return { url, database, release: () => database.close() };
}

/** An empty database of the kind that this run is on. */
export async function lendDatabase(): Promise<LentDatabase> {
  return DATABASE === 'sqlite' ? newSqlite() : (idle.pop() ?? newPostgres());
}
