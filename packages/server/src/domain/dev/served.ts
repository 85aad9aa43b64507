import type { Store } from '../store.ts';

/** Was the last server on this database one for production? So far as the audit trail goes back. */
export async function wasServed({ audit }: Pick<Store, 'audit'>): Promise<boolean> {
  const [last] = await audit.list(1, { event: 'server_started' });
  return last?.event.event === 'server_started' && last.event.profile === 'serve';
}
