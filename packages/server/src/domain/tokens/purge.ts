import type { App } from '../app.ts';
import { PURGE_BATCH, purgeInBatches } from '../purge-batches.ts';

type Needs = Pick<App, 'store' | 'clock'>;

/** Deletes sessions whose last refresh token has expired, in short statements. How many. */
export function purgeExpiredSessions({ store, clock }: Needs): Promise<number> {
  return store.sessions.purgeExpired(clock.now(), PURGE_BATCH);
}

/** Deletes what is known of Django's tokens that have expired, blacklisted or not, in batches, each a statement of its own. How many. */
export function purgeDjangoTokens({ store, clock }: Needs): Promise<number> {
  const now = clock.now();
  return purgeInBatches((limit) => store.djangoTokens.purgeExpired(now, limit));
}
