import type { App } from '../app.ts';
import { PURGE_BATCH, purgeInBatches } from '../purge-batches.ts';
import { expiredBy } from './leeway.ts';

type Needs = Pick<App, 'store' | 'clock' | 'config'>;

/** Deletes sessions whose last refresh token has expired, in short statements. How many. */
export function purgeExpiredSessions({ store, clock, config }: Needs): Promise<number> {
  return store.sessions.purgeExpired(expiredBy(config, clock.now()), PURGE_BATCH);
}

/** Deletes what is known of Django's tokens that have expired, blacklisted or not, in batches, each a statement of its own. How many. */
export function purgeDjangoTokens({ store, clock, config }: Needs): Promise<number> {
  const before = expiredBy(config, clock.now());
  return purgeInBatches((limit) => store.djangoTokens.purgeExpired(before, limit));
}
