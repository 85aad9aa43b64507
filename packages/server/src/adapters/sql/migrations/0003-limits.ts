import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** How often something was asked for lately, by a key of one limit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`create table limit_counts (
      key text primary key,
      count integer not null,
      since bigint not null,
      delay bigint not null,
      blocked_until bigint not null,
      stale_at bigint not null
    )`,
    sql`create index limit_counts_by_age on limit_counts (stale_at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
