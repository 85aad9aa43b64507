import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { type Refusal, refuse } from '../outcome.ts';
import type { Limit } from './limit.ts';

/** Why and for how long somebody is turned away. */
export interface Block {
  readonly limit: Limit;
  /** milliseconds, `Infinity` if it does not end by itself */
  readonly wait: number;
  /** the first who is turned away by this block: only that is worth an event */
  readonly isFirst: boolean;
  /** whose name or session it is; asked only for an event */
  readonly userId?: () => Promise<number | undefined>;
}

/** Whole seconds, rounded up: who comes back then is not told to wait again. */
export function wholeSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

/** Refuses with `throttled`, and says so to the meter and, once for each block, to the audit trail. */
export async function turnAway(
  { store, meter }: Pick<App, 'store' | 'meter'>,
  { limit, wait, isFirst, userId }: Block,
  at: number,
  origin: Origin,
): Promise<Refusal<'throttled'>> {
  meter.limitHit(limit.name);
  const waitSeconds = Number.isFinite(wait) ? wholeSeconds(wait) : undefined;
  if (isFirst) {
    const event = { event: 'limit_hit', limit: limit.name, waitSeconds: waitSeconds ?? null } as const;
    await store.audit.record({ ...event, userId: await userId?.() }, at, origin);
  }
  const inside = { limit: limit.name };
  return refuse('throttled', waitSeconds === undefined ? { inside } : { waitSeconds, inside });
}
