import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Instant, Tables } from './tables.ts';

/** The mark in `django_marks` that an older state of the database was put back: what Django issued before is refused. */
const FLOOR = 'tokens_valid_from';

/** From which instant on Django's tokens are good, for everybody: as part of a query. 0 when there was no restore. */
export const tokensFloor = sql<Instant>`coalesce((select mark from django_marks where name = ${FLOOR}), 0)`;

/** Refuses what Django issued before the instant, for good: a clock that was set back does not lower it. */
export async function forbidTokensBefore(db: Kysely<Tables>, at: Instant): Promise<void> {
  await db
    .insertInto('django_marks')
    .values({ name: FLOOR, mark: at })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ mark: at }).where('django_marks.mark', '<', at),
    )
    .execute();
}
