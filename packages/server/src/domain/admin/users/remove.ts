import { removeAccount } from '../../accounts/manage.ts';
import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { type Outcome, refuse } from '../../outcome.ts';
import { withinReach } from '../grants.ts';
import type { Staff } from '../staff.ts';
import { findChangeableUser } from './reach.ts';

/**
 * Deletes an account at once with all that is held about it (`removeAccount`). The audit trail stays. Refuses
 * `account_not_found`, `permission_denied`, `last_superuser`, and `own_account` for his own.
 */
export async function removeUser(
  app: Pick<App, 'store' | 'clock' | 'media' | 'log'>,
  staff: Staff,
  id: number,
  origin: Origin,
): Promise<Outcome<undefined, 'account_not_found' | 'permission_denied' | 'own_account' | 'last_superuser'>> {
  const found = await findChangeableUser(app, staff, id);
  if (!found.ok) return found;
  if (id === staff.id) return refuse('own_account');
  const removed = await removeAccount(app, id, origin, (store) => withinReach(store, staff, id));
  if (removed.ok) return removed;
  return removed.reason === 'user_not_found' ? refuse('account_not_found') : refuse(removed.reason);
}
