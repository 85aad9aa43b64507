import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** The ring of signing keys. Its one row in `key_ring` counts the changes, and is locked during each. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`create table signing_keys (
      kid text primary key,
      algorithm text not null,
      public_jwk text,
      sealed text,
      created_at bigint not null,
      signs_from bigint,
      signs_until bigint,
      verifies_until bigint
    )`,
    sql`create table key_ring (id integer primary key check (id = 1), revision bigint not null)`,
    sql`insert into key_ring (id, revision) values (1, 0)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
