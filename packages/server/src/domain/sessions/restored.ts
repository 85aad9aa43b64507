import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';

/**
 * What has to follow when an older state of the database is put back: that state does not know what was revoked after it,
 * so every session that lives in it ends, and of Django's tokens those are refused that were issued until now, also
 * those of accounts that an import brings later. How many sessions ended.
 */
export function endAllAfterRestore(app: Pick<App, 'store' | 'clock'>, origin: Origin): Promise<number> {
  const now = app.clock.now();
  return app.store.transaction(async (store) => {
    const sessionsEnded = await store.sessions.endAll(now);
    await store.audit.record({ event: 'database_restored', userId: undefined, sessionsEnded }, now, origin);
    return sessionsEnded;
  });
}
