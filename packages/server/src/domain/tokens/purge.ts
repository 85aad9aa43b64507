import type { App } from '../app.ts';

const BATCH = 1_000;

/** Deletes sessions whose last refresh token has expired, in batches, each a statement of its own. How many. */
export async function purgeExpiredSessions(app: Pick<App, 'store' | 'clock'>): Promise<number> {
  const now = app.clock.now();
  let total = 0;
  for (;;) {
    const removed = await app.store.sessions.purgeExpired(now, BATCH);
    total += removed;
    if (removed < BATCH) return total;
  }
}
