import type { Kysely } from 'kysely';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

/**
 * The superusers who are active and staff, so that each can make others. Until the transaction ends nobody can take the rights of any
 * of them: who asks next waits, and then sees what became of it. (In SQLite a transaction has the database to itself.)
 */
export async function lockSuperusers(db: Kysely<Tables>): Promise<number[]> {
  // Literals, so that the index of superusers serves.
  const superusers = db
    .selectFrom('users')
    .select('id')
    .where((eb) => eb('is_superuser', '=', eb.lit(1)))
    .where('is_staff', '=', 1)
    .where('is_active', '=', 1)
    .orderBy('id');
  const rows = await (isPostgres(db) ? superusers.forNoKeyUpdate() : superusers).execute();
  return rows.map(({ id }) => id);
}

/** Is the account the only one of them? Locks them all, as `lockSuperusers` does. */
export async function isLastSuperuser(db: Kysely<Tables>, id: number): Promise<boolean> {
  const ids = await lockSuperusers(db);
  return ids.length === 1 && ids[0] === id;
}
