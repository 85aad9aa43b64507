import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { DayCount, Levels, OverviewStore } from '../../domain/admin/overview/day-counts.ts';
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

/**
 * The live sessions that expire after an instant, in a slice; it ends where another second begins. By when they expire, for
 * which there is an index. `end`: undefined for the last slice.
 */
async function sliceOfLive(
  db: Kysely<Tables>,
  after: number,
): Promise<{ count: number; end: number | undefined }> {
  const rest = db.selectFrom('sessions').where('expires_at', '>', after);
  const ends = rest.select('expires_at').orderBy('expires_at').offset(SLICE).limit(1);
  const end = (await ends.executeTakeFirst())?.expires_at;
  const slice = end === undefined ? rest : rest.where('expires_at', '<=', end);
  const { count } = await slice
    .where('ended_at', 'is', null)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return { count: Number(count), end };
}

async function countLive(db: Kysely<Tables>, now: number): Promise<number> {
  let live = 0;
  let from: number | undefined = now;
  while (from !== undefined) {
    const { count, end }: { count: number; end: number | undefined } = await sliceOfLive(db, from);
    live += count;
    from = end;
    await setImmediate();
  }
  return live;
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
