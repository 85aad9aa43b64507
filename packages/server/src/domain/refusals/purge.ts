import type { App } from '../app.ts';
import { purgeInBatches } from '../purge-batches.ts';

/** A week, in milliseconds. */
const KEPT = 7 * 86_400_000;

/** Deletes what is known of refusals of more than a week ago. How many. */
export function purgeRefusals({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const before = clock.now() - KEPT;
  return purgeInBatches((most) => store.refusals.purge(before, most));
}
