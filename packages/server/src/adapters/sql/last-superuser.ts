import type { Kysely } from 'kysely';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

/**
 * Is the account the only superuser who is active and staff, so that nobody else can make another one? Until the transaction
 * ends nobody can take the rights of any of them: who asks next waits, and then sees what became of it. (In SQLite a
 * transaction has the database to itself.)
 */
export async function isLastSuperuser(db: Kysely<Tables>, id: number): Promise<boolean> {
  // Literals, so that the index of superusers serves.
  const superusers = db
    .selectFrom('users')
    .select('id')
    .where((eb) => eb('is_superuser', '=', eb.lit(1)))
    .where('is_staff', '=', 1)
    .where('is_active', '=', 1)
    .orderBy('id');
  const rows = await (isPostgres(db) ? superusers.forNoKeyUpdate() : superusers).execute();
  return rows.length === 1 && rows[0]?.id === id;
}
