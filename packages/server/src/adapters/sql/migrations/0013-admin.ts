import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Sessions of the admin site, and who gave his password again for what is dangerous. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const owner = sql.raw('bigint not null references users (id) on delete cascade');
  const statements = [
    // `key`: SHA-256 of the id in the cookie.
    sql`create table admin_sessions (
      key text primary key,
      user_id ${owner},
      created_at bigint not null,
      used_at bigint not null,
      ip text not null,
      user_agent text not null
    )`,
    sql`create index admin_sessions_by_user on admin_sessions (user_id)`,
    sql`create index admin_sessions_by_time on admin_sessions (created_at)`,
    sql`create table step_ups (
      session text primary key,
      user_id ${owner},
      at bigint not null
    )`,
    sql`create index step_ups_by_user on step_ups (user_id)`,
    // Few among many.
    sql`create index users_superusers on users (id) where is_superuser = 1`,
    // Whose groups these are, for the page of a group and for deleting one.
    sql`create index user_groups_by_group on user_groups (group_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
