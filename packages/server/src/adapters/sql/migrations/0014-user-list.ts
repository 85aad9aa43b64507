import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Dialect } from '../open.ts';
import type { Tables } from '../tables.ts';
import { fillUserWords } from '../user-words.ts';

/** What stands before the first `$` of a stored password, and nothing more of it. */
const HASH = {
  sqlite: sql.raw(`case when password = '' then '' when substr(password, 1, 1) = '!' then '!'
    when instr(password, '$') = 0 then 'unsalted_md5' else substr(password, 1, instr(password, '$') - 1) end`),
  postgres: sql.raw(`case when password = '' then '' when substr(password, 1, 1) = '!' then '!'
    when strpos(password, '$') = 0 then 'unsalted_md5' else substr(password, 1, strpos(password, '$') - 1) end`),
};

/**
 * The ways the list of accounts is sorted, filtered and searched by, and whether somebody has to have a new password.
 * Of flags only the side that few accounts are on has an index: the other is found soon in any order.
 */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  // In the order of code points, so that words of one beginning stand together.
  const word = sql.raw(dialect === 'sqlite' ? 'text not null' : 'text collate "C" not null');
  // PostgreSQL looks into the table for a column that only stands in an expression.
  const also = (column: string) => sql.raw(dialect === 'sqlite' ? '' : ` include (${column})`);
  const table = sql.raw(dialect === 'sqlite' ? ' without rowid' : '');
  const statements = [
    sql`alter table users add column requires_new_password integer not null default 0
      check (requires_new_password in (0, 1))`,
    sql`create table user_words (
      user_id bigint not null references users (id) on delete cascade,
      word ${word},
      primary key (user_id, word)
    )${table}`,
    sql`create index users_by_username on users (lower(username), id)${also('username')}`,
    sql`create index users_by_email on users (lower(email), id)${also('email')}`,
    sql`create index users_by_joined on users (created_at, id)`,
    sql`create index users_by_last_login on users (coalesce(last_login_at, 0), id)${also('last_login_at')}`,
    sql`create index users_by_hash on users ((${HASH[dialect]}), id)`,
    sql`create index users_inactive on users (id) where is_active = 0`,
    sql`create index users_staff on users (id) where is_staff = 1`,
    sql`create index profiles_by_verified on profiles (verified, user_id)`,
  ];
  for (const statement of statements) await statement.execute(db);
  await fillUserWords(db as Kysely<Tables>);
  await sql`create index user_words_by_word on user_words (word, user_id)`.execute(db);
}
