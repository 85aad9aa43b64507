import type { App } from '../app.ts';
import { purgeInBatches } from '../purge-batches.ts';

const DAY = 86_400_000;

/** Deletes audit events that are older than AUDIT_RETENTION_DAYS, unless that is 0. How many. */
export async function purgeAuditEvents({
  store,
  clock,
  config,
}: Pick<App, 'store' | 'clock' | 'config'>): Promise<number> {
  const { auditRetentionDays: days } = config;
  if (days === 0) return 0;
  const before = clock.now() - days * DAY;
  return purgeInBatches((most) => store.audit.purge(before, most));
}
