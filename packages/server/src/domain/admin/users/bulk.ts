import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { done, type Outcome, type Reason, refuse } from '../../outcome.ts';
import type { Store } from '../../store.ts';
import type { Permission } from '../permissions.ts';
import { hasSteppedUp, type Staff } from '../staff.ts';
import { changeUserIn } from './change.ts';
import { may } from './reach.ts';
import { removeUser } from './remove.ts';
import { endUserSessionsIn } from './sessions.ts';

export const BULK_ACTIONS = ['activate', 'deactivate', 'verify', 'end_sessions', 'delete'] as const;

export type BulkAction = (typeof BULK_ACTIONS)[number];

const NEEDS: Readonly<Record<BulkAction, Permission>> = {
  activate: 'change_user',
  deactivate: 'change_user',
  verify: 'change_user',
  end_sessions: 'delete_session',
  delete: 'delete_user',
};

/** What was done, and what was left as it is and why. */
export interface BulkResult {
  readonly changed: number;
  readonly skipped: readonly { readonly id: number; readonly reason: Reason | 'unchanged' }[];
}

/** Accounts of one transaction: other writers need not wait long. */
const AT_ONCE = 50;

/** True when the account was changed by it. */
type Did = Outcome<boolean, Reason>;

/** One account in a transaction, which refuses before it writes anything. */
async function act(
  store: Store,
  staff: Staff,
  action: Exclude<BulkAction, 'delete'>,
  id: number,
  { clock, origin }: Pick<App, 'clock'> & { readonly origin: Origin },
): Promise<Did> {
  if (action === 'end_sessions') {
    // His session here would end too, perhaps before all are done.
    if (id === staff.id) return refuse('own_account');
    const ended = await endUserSessionsIn(store, staff, id, clock.now(), origin);
    return ended.ok ? done(true) : ended;
  }
  const changes = action === 'verify' ? { verified: true } : { isActive: action === 'activate' };
  return changeUserIn(store, staff, id, changes, { clock, origin });
}

type Needs = Pick<App, 'store' | 'clock' | 'media' | 'log'>;

/** What became of each. Deleting takes transactions of its own. */
async function actOnSome(
  app: Needs,
  staff: Staff,
  action: BulkAction,
  ids: readonly number[],
  origin: Origin,
): Promise<Map<number, Did>> {
  const outcomes = new Map<number, Did>();
  if (action === 'delete') {
    for (const id of ids) {
      const removed = await removeUser(app, staff, id, origin);
      outcomes.set(id, removed.ok ? done(true) : removed);
    }
    return outcomes;
  }
  const { clock } = app;
  await app.store.transaction(async (store) => {
    // All superusers before any account, as `changeUserIn` does: else who holds one of each could wait for another.
    await store.accounts.lockSuperusers();
    for (const id of ids) outcomes.set(id, await act(store, staff, action, id, { clock, origin }));
  });
  return outcomes;
}

/**
 * Does one thing to many accounts, each by itself: one that refuses is skipped, with its reason. Each is noted on its
 * own. Refuses `permission_denied`, and `step_up_required` for deleting.
 */
export async function actOnUsers(
  app: Needs,
  staff: Staff,
  action: BulkAction,
  ids: readonly number[],
  origin: Origin,
): Promise<Outcome<BulkResult, 'permission_denied' | 'step_up_required'>> {
  const permitted = may(staff, NEEDS[action]);
  if (!permitted.ok) return permitted;
  const proved = action === 'delete' ? hasSteppedUp(app, staff) : done(undefined);
  if (!proved.ok) return proved;
  // In one order with everybody else, so that two who lock many do not wait for each other.
  const sorted = [...ids].sort((a, b) => a - b);
  const skipped: BulkResult['skipped'][number][] = [];
  for (let start = 0; start < sorted.length; start += AT_ONCE) {
    const some = sorted.slice(start, start + AT_ONCE);
    for (const [id, did] of await actOnSome(app, staff, action, some, origin)) {
      if (!did.ok) skipped.push({ id, reason: did.reason });
      else if (!did.value) skipped.push({ id, reason: 'unchanged' });
    }
  }
  return done({ changed: sorted.length - skipped.length, skipped });
}
