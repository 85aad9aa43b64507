import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * A login looks through the live sessions of its account, and somebody who guesses has its newest looked at: not through all that
 * it ever had, of which a program that logs in every minute has tens of thousands before they are purged.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index sessions_live on sessions (user_id) where ended_at is null`.execute(db);
  await sql`drop index sessions_by_user`.execute(db);
  await sql`create index sessions_by_user on sessions (user_id, created_at)`.execute(db);
}
