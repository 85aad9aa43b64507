import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Limit } from './limit.ts';
import { networkOf } from './network.ts';

/** Whole seconds, rounded up: who comes back then is not told to wait again. */
export function throttled(waitMilliseconds: number) {
  return refuse('throttled', { waitSeconds: Math.max(1, Math.ceil(waitMilliseconds / 1000)) });
}

/**
 * Counts one request of a network against each limit, before anything is done for it. Refuses with `throttled`.
 * Limits are counted in the database, so they hold for all servers and survive a restart.
 */
export async function spend(
  { store, clock, config }: Pick<App, 'store' | 'clock' | 'config'>,
  limits: readonly Limit[],
  { ip }: Origin,
): Promise<Outcome<undefined, 'throttled'>> {
  if (config.limits === 'off') return done(undefined);
  const at = clock.now();
  const network = networkOf(ip);
  for (const limit of limits) {
    const wait = await store.limits.count(limit, network, at);
    if (wait > 0) return throttled(wait);
  }
  return done(undefined);
}
