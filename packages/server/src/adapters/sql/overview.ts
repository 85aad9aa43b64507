import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { DayCount, Levels, OverviewStore } from '../../domain/admin/overview/day-counts.ts';
import { isPostgres } from './bulk.ts';
import { slicesOfSessions } from './session-slices.ts';
import type { Tables } from './tables.ts';

const columns = ['day', 'name', 'count', 'at'] as const;

const write = (db: Kysely<Tables>, counts: readonly DayCount[]) =>
  db.insertInto('daily_counts').values(counts);

/** Rows that are looked at in one statement: SQLite works on the event loop. */
const SLICE = 10_000;

/** The accounts after one, in a slice: how many, and the last of them. */
async function sliceOfUsers(db: Kysely<Tables>, after: number): Promise<{ count: number; end: number }> {
  const slice = db.selectFrom('users').select('id').where('id', '>', after).orderBy('id').limit(SLICE);
  const { count, end } = await db
    .selectFrom(slice.as('slice'))
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max('id').as('end')])
    .executeTakeFirstOrThrow();
  return { count: Number(count), end: Number(end) };
}

async function countUsers(db: Kysely<Tables>): Promise<number> {
  let users = 0;
  let slice = { count: SLICE, end: -1 };
  while (slice.count === SLICE) {
    slice = await sliceOfUsers(db, slice.end);
    users += slice.count;
    await setImmediate();
  }
  return users;
}

const live = (db: Kysely<Tables>, now: number) =>
  db
    .selectFrom('sessions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now);

/** As they lie in the table: in the order of an index each would have to be looked for. */
async function countLive(db: Kysely<Tables>, now: number): Promise<number> {
  if (isPostgres(db)) return Number((await live(db, now).executeTakeFirstOrThrow()).count);
  let sessions = 0;
  for await (const slice of slicesOfSessions(db, SLICE)) {
    const { count } = await live(db, now).where(slice).executeTakeFirstOrThrow();
    sessions += Number(count);
  }
  return sessions;
}

async function levelsUpTo(db: Kysely<Tables>, most: number, now: number): Promise<Levels | undefined> {
  const users = db
    .selectFrom('users')
    .select('id')
    .limit(most + 1)
    .as('first');
  const sessions = db
    .selectFrom('sessions')
    .select('ended_at')
    .where('expires_at', '>', now)
    .limit(most + 1)
    .as('first');
  const { count } = await db
    .selectFrom(users)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (Number(count) > most) return undefined;
  const { all, ended } = await db
    .selectFrom(sessions)
    .select((eb) => [eb.fn.countAll<number>().as('all'), eb.fn.count<number>('ended_at').as('ended')])
    .executeTakeFirstOrThrow();
  if (Number(all) > most) return undefined;
  return { users: Number(count), active_sessions: Number(all) - Number(ended) };
}

/** Numbers by day on either database. */
export function overviewStore(db: Kysely<Tables>): OverviewStore {
  return {
    async add(counts) {
      await write(db, counts)
        .onConflict((conflict) =>
          conflict.columns(['day', 'name']).doUpdateSet((eb) => ({
            count: eb('daily_counts.count', '+', eb.ref('excluded.count')),
            at: eb.ref('excluded.at'),
          })),
        )
        .execute();
    },
    async set(counts) {
      await write(db, counts)
        .onConflict((conflict) =>
          conflict.columns(['day', 'name']).doUpdateSet((eb) => ({
            count: eb.ref('excluded.count'),
            at: eb.ref('excluded.at'),
          })),
        )
        .execute();
    },
    async between(first, last) {
      const days = db.selectFrom('daily_counts').select(columns);
      return (await days.where('day', '>=', first).where('day', '<=', last).execute()) as DayCount[];
    },
    async last(name) {
      const days = db.selectFrom('daily_counts').select(columns).where('name', '=', name);
      return (await days.orderBy('day', 'desc').limit(1).executeTakeFirst()) as DayCount | undefined;
    },
    levelsUpTo: (most, now) => levelsUpTo(db, most, now),
    async countLevels(now) {
      return { users: await countUsers(db), active_sessions: await countLive(db, now) };
    },
  };
}
