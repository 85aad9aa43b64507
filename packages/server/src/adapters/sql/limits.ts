import { type Kysely, sql } from 'kysely';
import { CLOCK_TOLERANCE, FOR_GOOD, type Limit } from '../../domain/limits/limit.ts';
import { spanOf } from '../../domain/limits/span.ts';
import type { LimitStore, TurnedAway } from '../../domain/store.ts';
import type { Tables } from './tables.ts';

const nameOf = ({ name }: Limit, key: string) => `${name} ${key}`;

/** A block that lasts longer than any that begins now was made by a clock that has been set back since. */
function isBlocking(limit: Limit, at: number) {
  const { window, first } = spanOf(limit);
  const length = first > 0 ? sql`c.delay` : sql`cast(${window} as bigint)`;
  return sql<boolean>`(c.blocked_until > ${at}
    and (c.blocked_until = ${FOR_GOOD} or c.blocked_until - ${length} <= cast(${at + CLOCK_TOLERANCE} as bigint)))`;
}

/** What becomes of a row that is counted on: expressions over its old columns. */
function nextCount(limit: Limit, at: number) {
  const { window, first, longest, remembered, stop } = spanOf(limit);
  const now = sql`cast(${at} as bigint)`;
  const isStale = sql`c.stale_at <= ${now}`;
  const isOver =
    stop === undefined
      ? sql`(${isStale} or c.since + ${window} <= ${now} or c.since > cast(${at + CLOCK_TOLERANCE} as bigint))`
      : isStale;
  const count = sql`(case when ${isOver} then 1 else c.count + 1 end)`;
  const since = sql`(case when ${isOver} then ${now} else c.since end)`;
  const kept = sql`(case when ${isStale} then 0 else c.delay end)`;
  const isFree = sql`${count} < ${limit.count}`;
  const delay = sql`(case when ${isFree} then ${kept} when ${kept} = 0 then ${first}
    when ${kept} * 2 < ${longest} then ${kept} * 2 else ${longest} end)`;
  const end = first > 0 ? sql`${now} + ${delay}` : sql`${since} + ${window}`;
  const isStopped = stop === undefined ? sql`1 = 0` : sql`${count} >= ${stop}`;
  const until = sql`(case when ${isFree} then 0 when ${isStopped} then ${FOR_GOOD} else ${end} end)`;
  const longer = sql`(${isFree} and not ${isStale} and c.stale_at > cast(${at + window} as bigint))`;
  const stale = sql`(case when ${longer} then c.stale_at when ${isFree} then ${at + window}
    when ${isStopped} then ${FOR_GOOD} else ${at + remembered} end)`;
  return { count, since, delay, until, stale };
}

/**
 * Counts one, unless the key is blocked: one statement, so that of attempts at the same time, in any number of
 * processes, exactly those within the limit get through. True when it was counted.
 */
async function countOne(db: Kysely<Tables>, limit: Limit, name: string, at: number): Promise<boolean> {
  const { window, first } = spanOf(limit);
  const next = nextCount(limit, at);
  const isOne = limit.count === 1;
  const blocked = isOne ? at + (first || window) : 0;
  const { rows } = await sql`insert into limit_counts as c (key, count, since, delay, blocked_until, stale_at)
    values (${name}, 1, ${at}, ${isOne ? first : 0}, ${blocked}, ${at + window})
    on conflict (key) do update set count = ${next.count}, since = ${next.since}, delay = ${next.delay},
      blocked_until = ${next.until}, stale_at = ${next.stale}
    where not ${isBlocking(limit, at)}
    returning count`.execute(db);
  return rows.length > 0;
}

/** The block of a key, if there is one. One of those who ask is its first. */
async function findBlock(
  db: Kysely<Tables>,
  limit: Limit,
  name: string,
  at: number,
): Promise<TurnedAway | undefined> {
  const { rows } = await sql<{ blocked_until: number; told_until: number }>`select blocked_until, told_until
    from limit_counts as c where key = ${name} and ${isBlocking(limit, at)}`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { blocked_until: until } = row;
  const wait = until === FOR_GOOD ? Number.POSITIVE_INFINITY : until - at;
  if (row.told_until === until) return { wait, isFirst: false };
  const tell = db.updateTable('limit_counts').set({ told_until: until }).where('key', '=', name);
  const told = await tell
    .where('blocked_until', '=', until)
    .where('told_until', '<>', until)
    .executeTakeFirst();
  return { wait, isFirst: told.numUpdatedRows > 0n };
}

/** Counts of limits on either database. */
export function limitStore(db: Kysely<Tables>): LimitStore {
  return {
    async count(limit, key, at) {
      const name = nameOf(limit, key);
      // Asked first: who is blocked and comes all the same costs no write.
      const block = await findBlock(db, limit, name, at);
      if (block !== undefined) return block;
      if (await countOne(db, limit, name, at)) return undefined;
      return (await findBlock(db, limit, name, at)) ?? { wait: 1, isFirst: false };
    },
    async giveBack(limit, key, at) {
      // Who was let through and made a block by it takes the block away, and the longer delay.
      const madeBlock = sql`(count >= ${limit.count} and blocked_until > ${at})`;
      await sql`update limit_counts set count = count - 1,
        delay = case when ${madeBlock} then delay / 2 else delay end,
        blocked_until = case when ${madeBlock} then 0 else blocked_until end
        where key = ${nameOf(limit, key)} and count > 0`.execute(db);
    },
    async forget(limit, key) {
      await db.deleteFrom('limit_counts').where('key', '=', nameOf(limit, key)).execute();
    },
    async purge(before, most) {
      const stale = db.selectFrom('limit_counts').select('key').where('stale_at', '<', before).limit(most);
      const purge = db.deleteFrom('limit_counts').where('key', 'in', stale).where('stale_at', '<', before);
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
