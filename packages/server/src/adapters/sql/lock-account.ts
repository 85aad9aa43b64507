import type { Kysely } from 'kysely';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

/**
 * Keeps others from changing the account until the transaction ends. Whoever changes more than one thing of an account takes
 * this first, before its links and sessions: two that took them in other orders would wait for each other for ever. (In SQLite
 * a transaction has the database to itself.)
 */
export async function lockAccount(db: Kysely<Tables>, id: number): Promise<void> {
  const one = db.selectFrom('users').select('id').where('id', '=', id);
  if (isPostgres(db)) await one.forNoKeyUpdate().execute();
}
