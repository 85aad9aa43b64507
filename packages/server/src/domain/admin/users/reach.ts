import type { App } from '../../app.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import type { Account, Store } from '../../store.ts';
import { withinReach } from '../grants.ts';
import type { Permission } from '../permissions.ts';
import { hasSteppedUp, type Staff } from '../staff.ts';

/** An account that he may see: any. Refuses `account_not_found`. */
export async function findUser(
  { accounts }: Pick<Store, 'accounts'>,
  _staff: Staff,
  id: number,
): Promise<Outcome<Account, 'account_not_found'>> {
  const account = await accounts.byId(id);
  return account === undefined ? refuse('account_not_found') : done(account);
}

/** As `withinReach`, for a quick refusal: the deed has a transaction of its own, and asks there again. */
export function findChangeableUser(
  { store }: Pick<App, 'store'>,
  staff: Staff,
  id: number,
): Promise<Outcome<Account, 'account_not_found' | 'permission_denied'>> {
  return store.transaction(async (store) => withinReach(store, staff, id));
}

/** Has he this permission too? For operations of which a part needs more than the whole. */
export function may({ permissions }: Staff, permission: Permission): Outcome<undefined, 'permission_denied'> {
  return permissions.has(permission) ? done(undefined) : refuse('permission_denied');
}

/** Rights that are given to an account, or taken; what is undefined stays. */
export interface GivenRights {
  readonly isStaff?: boolean | undefined;
  readonly isSuperuser?: boolean | undefined;
  /** ids, all that it is to be in */
  readonly groups?: readonly number[] | undefined;
  /** all that it is to hold itself */
  readonly permissions?: readonly Permission[] | undefined;
}

/**
 * May he give or take rights at all? Staff and superusers are for superusers to make; all of it is dangerous. Refuses
 * `permission_denied` and `step_up_required`; with nothing to give, nothing.
 */
export function mayGive(
  app: Pick<App, 'clock'>,
  staff: Staff,
  { isStaff, isSuperuser, groups, permissions }: GivenRights,
): Outcome<undefined, 'permission_denied' | 'step_up_required'> {
  const isRank = isStaff !== undefined || isSuperuser !== undefined;
  if (isRank && !staff.isSuperuser) return refuse('permission_denied');
  const isAny = isRank || groups !== undefined || permissions !== undefined;
  return isAny ? hasSteppedUp(app, staff) : done(undefined);
}
