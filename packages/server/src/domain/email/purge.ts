import type { App } from '../app.ts';
import { purgeInBatches } from '../purge-batches.ts';

/** Deletes links that nobody used in time. How many. */
export function purgeExpiredLinks({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const now = clock.now();
  return purgeInBatches((limit) => store.links.purge(now, limit));
}
