import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Which block somebody was told of, and how often a session was refreshed lately. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table limit_counts add column told_until bigint not null default 0`,
    sql`alter table sessions add column burst_since bigint not null default 0`,
    sql`alter table sessions add column burst_count integer not null default 0`,
  ];
  for (const statement of statements) await statement.execute(db);
}
