import { setImmediate } from 'node:timers/promises';
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

type Condition = Expression<SqlBool>;

/** SQLite: as they lie in the table. In the order of an index each would have to be looked for. */
async function* byRow(db: Kysely<Tables>, size: number): AsyncGenerator<Condition> {
  const rowid = sql.ref<number>('rowid');
  const { first, last } = await db
    .selectFrom('sessions')
    .select((eb) => [eb.fn.min(rowid).as('first'), eb.fn.max(rowid).as('last')])
    .executeTakeFirstOrThrow();
  for (let from = first ?? 0; from <= (last ?? -1); from += size) {
    yield sql<SqlBool>`rowid >= ${from} and rowid < ${from + size}`;
  }
}

/** PostgreSQL: from the oldest to the newest. */
async function* byStart(db: Kysely<Tables>, size: number): AsyncGenerator<Condition> {
  let rest = sql<SqlBool>`true`;
  for (;;) {
    const inOrder = db.selectFrom('sessions').select(['created_at', 'id']).where(rest);
    const ordered = inOrder.orderBy('created_at').orderBy('id').offset(size);
    const next = await ordered.limit(1).executeTakeFirst();
    if (next === undefined) return yield rest;
    const isBefore = sql<SqlBool>`(created_at, id) < (${next.created_at}, ${next.id})`;
    yield sql<SqlBool>`${rest} and ${isBefore}`;
    rest = sql<SqlBool>`(created_at, id) >= (${next.created_at}, ${next.id})`;
  }
}

/**
 * Conditions for all sessions in slices of so many at the most, each session in one. SQLite works on the event loop:
 * between two slices others have their turn.
 */
export async function* slicesOfSessions(db: Kysely<Tables>, size: number): AsyncGenerator<Condition> {
  for await (const slice of isPostgres(db) ? byStart(db, size) : byRow(db, size)) {
    yield slice;
    await setImmediate();
  }
}
