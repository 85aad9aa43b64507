import type { App } from '../../app.ts';
import type { AuditEvent } from '../../audit/event.ts';
import { done, type Outcome } from '../../outcome.ts';
import type { EventKey } from '../audit/event-order.ts';
import { type ListedEvent, withNames } from '../audit/list.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import { findUser } from './reach.ts';

/** What changes an account; the other events tell what was done with it. */
const CHANGES: readonly AuditEvent['event'][] = [
  'account_registered',
  'superuser_created',
  'account_created',
  'account_changed',
  'rights_changed',
  'password_changed',
  'password_reset',
  'email_verified',
  'email_changed',
  'email_change_reverted',
  'django_admin_action',
];

/**
 * What the audit trail has about an account, the newest first: all of it, or its changes alone, with who made them. Refuses
 * `account_not_found`; of an account that was deleted the trail itself tells.
 */
export async function listUserEvents(
  { store }: Pick<App, 'store'>,
  staff: Staff,
  userId: number,
  which: 'all' | 'changes',
  page: PageRequest<EventKey>,
): Promise<Outcome<Page<ListedEvent>, 'account_not_found'>> {
  const found = await findUser(store, staff, userId);
  if (!found.ok) return found;
  const filter = { userId, ...(which === 'changes' && { events: CHANGES }) };
  const events = await store.audit.page(filter, { by: 'id', oldestFirst: false }, page);
  return done({ ...events, results: await withNames(store, events.results) });
}
