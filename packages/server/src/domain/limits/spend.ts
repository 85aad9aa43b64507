import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Limit } from './limit.ts';
import { networkOf } from './network.ts';
import { turnAway } from './turn-away.ts';

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'meter'>;

async function count(
  { store, clock, config, meter }: Needs,
  limits: readonly Limit[],
  key: string,
  origin: Origin,
  userId?: number,
): Promise<Outcome<undefined, 'throttled'>> {
  if (config.limits === 'off') return done(undefined);
  const at = clock.now();
  for (const limit of limits) {
    const turned = await store.limits.count(limit, key, at);
    if (turned !== undefined)
      return turnAway({ store, meter }, { limit, ...turned, userId: async () => userId }, at, origin);
  }
  return done(undefined);
}

/**
 * Counts one request of a network against each limit, before anything is done for it. Refuses with `throttled`.
 * Limits are counted in the database or in Redis, so they hold for all servers.
 */
export function spend(app: Needs, limits: readonly Limit[], origin: Origin) {
  return count(app, limits, networkOf(origin.ip), origin);
}

/** The same for an account, wherever it asks from. */
export function spendOf(app: Needs, limits: readonly Limit[], userId: number, origin: Origin) {
  return count(app, limits, String(userId), origin, userId);
}
