import type { App } from '../app.ts';
import { purgeInBatches } from '../purge-batches.ts';

/** Deletes counts of limits that mean nothing any more. How many. */
export function purgeStaleCounts({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const now = clock.now();
  return purgeInBatches((most) => store.limits.purge(now, most));
}
