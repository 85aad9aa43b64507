import type { App } from '../app.ts';

/** Deletes keys of which nothing is accepted any more. How many. */
export function purgeRetiredKeys({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  return store.keys.purge(clock.now());
}
