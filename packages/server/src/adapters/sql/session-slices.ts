import { setImmediate } from 'node:timers/promises';
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Conditions for the sessions in slices of so many at the most, as they lie in the table. SQLite works on the event loop: between
 * two slices others have their turn. PostgreSQL works elsewhere, and its tables have no such order.
 */
export async function* slicesOfSessions(
  db: Kysely<Tables>,
  size: number,
): AsyncGenerator<Expression<SqlBool>> {
  const rowid = sql.ref<number>('rowid');
  const { first, last } = await db
    .selectFrom('sessions')
    .select((eb) => [eb.fn.min(rowid).as('first'), eb.fn.max(rowid).as('last')])
    .executeTakeFirstOrThrow();
  for (let from = first ?? 0; from <= (last ?? -1); from += size) {
    yield sql<SqlBool>`rowid >= ${from} and rowid < ${from + size}`;
    await setImmediate();
  }
}
