import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Limit } from '../../domain/limits/limit.ts';
import type { LimitStore } from '../../domain/store.ts';
import type { Tables } from './tables.ts';

const nameOf = ({ name }: Limit, key: string) => `${name} ${key}`;

interface Span {
  readonly window: number;
  readonly first: number;
  readonly longest: number;
}

/** In milliseconds. Without a delay the block lasts until the window ends. */
function spanOf({ windowSeconds, delay }: Limit): Span {
  const { firstSeconds = 0, longestSeconds = 0 } = delay ?? {};
  return { window: windowSeconds * 1000, first: firstSeconds * 1000, longest: longestSeconds * 1000 };
}

/** Milliseconds. A block that lasts longer was made by a clock that was set back since, and holds nobody up. */
function longestBlock(limit: Limit): number {
  const { window, first, longest } = spanOf(limit);
  return first > 0 ? longest : window;
}

/**
 * Counts one, unless the key is blocked: one statement, so that of attempts at the same time, in any number of
 * processes, exactly those within the limit get through. True when it was counted.
 */
async function countOne(db: Kysely<Tables>, limit: Limit, name: string, at: number): Promise<boolean> {
  const { window, first, longest } = spanOf(limit);
  const now = sql`cast(${at} as bigint)`;
  // What began later than it can last has been counted by a clock that was set back since.
  const isOver = sql`(c.since + ${window} <= ${now} or c.since > ${now} + ${window})`;
  const count = sql`(case when ${isOver} then 1 else c.count + 1 end)`;
  const since = sql`(case when ${isOver} then ${now} else c.since end)`;
  const delay = sql`(case when ${count} < ${limit.count} then 0 when c.delay = 0 or ${isOver} then ${first}
    when c.delay * 2 < ${longest} then c.delay * 2 else ${longest} end)`;
  const until = first > 0 ? sql`${now} + ${delay}` : sql`${since} + ${window}`;
  const stale = at + window + longest;
  const blockedAtOnce = limit.count > 1 ? 0 : at + (first || window);
  const { rows } = await sql`insert into limit_counts as c (key, count, since, delay, blocked_until, stale_at)
    values (${name}, 1, ${at}, ${limit.count > 1 ? 0 : first}, ${blockedAtOnce}, ${stale})
    on conflict (key) do update set count = ${count}, since = ${since}, delay = ${delay},
      blocked_until = case when ${count} < ${limit.count} then 0 else ${until} end, stale_at = ${stale}
    where c.blocked_until <= ${at} or c.blocked_until > ${at + longestBlock(limit)}
    returning count`.execute(db);
  return rows.length > 0;
}

async function blockedUntil(db: Kysely<Tables>, name: string): Promise<number> {
  const counts = db.selectFrom('limit_counts').select('blocked_until').where('key', '=', name);
  return (await counts.executeTakeFirst())?.blocked_until ?? 0;
}

/** Counts of limits on either database. */
export function limitStore(db: Kysely<Tables>): LimitStore {
  return {
    async count(limit, key, at) {
      const name = nameOf(limit, key);
      // Asked first: who is blocked and comes all the same costs no write.
      const wait = (await blockedUntil(db, name)) - at;
      if (wait > 0 && wait <= longestBlock(limit)) return wait;
      if (await countOne(db, limit, name, at)) return 0;
      return Math.max(1, (await blockedUntil(db, name)) - at);
    },
    async giveBack(limit, key) {
      // The block goes too if this one made it, and nobody was turned away by it for long.
      await db
        .updateTable('limit_counts')
        .set((eb) => ({
          count: eb('count', '-', 1),
          blocked_until: eb
            .case()
            .when('count', '<=', limit.count)
            .then(0)
            .else(eb.ref('blocked_until'))
            .end(),
        }))
        .where('key', '=', nameOf(limit, key))
        .where('count', '>', 0)
        .execute();
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
