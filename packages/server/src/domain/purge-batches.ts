/** So many rows are looked at in one statement of a purge. */
export const PURGE_BATCH = 1_000;

/** Deletes in batches, each a statement of its own, until one comes back short. How many in all. */
export async function purgeInBatches(purge: (most: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await purge(PURGE_BATCH);
    total += removed;
    if (removed < PURGE_BATCH) return total;
  }
}
