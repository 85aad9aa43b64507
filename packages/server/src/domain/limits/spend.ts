import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Limit } from './limit.ts';
import { networkOf } from './network.ts';
import { turnAway } from './turn-away.ts';

/**
 * Counts one request of a network against each limit, before anything is done for it. Refuses with `throttled`.
 * Limits are counted in the database or in Redis, so they hold for all servers.
 */
export async function spend(
  { store, clock, config, meter }: Pick<App, 'store' | 'clock' | 'config' | 'meter'>,
  limits: readonly Limit[],
  origin: Origin,
): Promise<Outcome<undefined, 'throttled'>> {
  if (config.limits === 'off') return done(undefined);
  const at = clock.now();
  const network = networkOf(origin.ip);
  for (const limit of limits) {
    const turned = await store.limits.count(limit, network, at);
    if (turned !== undefined) return turnAway({ store, meter }, { limit, ...turned }, at, origin);
  }
  return done(undefined);
}
