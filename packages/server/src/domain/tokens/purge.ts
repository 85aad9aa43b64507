import type { App } from '../app.ts';

const BATCH = 1_000;

async function inBatches(purge: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await purge(BATCH);
    total += removed;
    if (removed < BATCH) return total;
  }
}

type Needs = Pick<App, 'store' | 'clock'>;

/** Deletes sessions whose last refresh token has expired, in batches, each a statement of its own. How many. */
export function purgeExpiredSessions({ store, clock }: Needs): Promise<number> {
  const now = clock.now();
  return inBatches((limit) => store.sessions.purgeExpired(now, limit));
}

/** Deletes what is known of Django's tokens that have expired, blacklisted or not, in the same way. How many. */
export function purgeDjangoTokens({ store, clock }: Needs): Promise<number> {
  const now = clock.now();
  return inBatches((limit) => store.djangoTokens.purgeExpired(now, limit));
}
