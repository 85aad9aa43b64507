import { MIGRATIONS, schemaState } from './migrate.ts';
import type { Database } from './open.ts';

/**
 * Was the last server on this database one for production? So far as the audit trail goes back. To be asked of a schema of any
 * version, before it is migrated: the first one has the trail already.
 */
export async function wasServed(database: Database): Promise<boolean> {
  const { pending } = await schemaState(database);
  if (pending.length === Object.keys(MIGRATIONS).length) return false;
  const starts = database.db
    .selectFrom('audit_events')
    .select('detail')
    .where('event', '=', 'server_started');
  const last = await starts.orderBy('id', 'desc').limit(1).executeTakeFirst();
  return last !== undefined && JSON.parse(last.detail).profile === 'serve';
}
