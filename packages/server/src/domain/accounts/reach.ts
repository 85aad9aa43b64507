import type { Actor } from '../actor.ts';
import { withinReach } from '../admin/grants.ts';
import type { Permission } from '../admin/permissions.ts';
import { asStaff } from '../admin/staff.ts';
import type { App } from '../app.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account, NamedAccount } from '../store.ts';

/** More accounts than this no list holds. */
const LONGEST_LIST = 10_000;

type Needs = Pick<App, 'store' | 'config'>;

/** May he look at accounts of others? Staff who may do so in the admin, where it is served: with ADMIN_API=off nobody. */
async function maySeeOthers(app: Needs, actor: Actor): Promise<boolean> {
  return app.config.adminApi === 'on' && actor.isStaff && (await asStaff(app, actor, 'view_user')).ok;
}

/**
 * The accounts that the actor may see, in order of id: the first 10,000 of all for staff with `view_user`, otherwise his
 * own.
 */
export async function listAccounts(app: Needs, actor: Actor): Promise<readonly NamedAccount[]> {
  const { accounts } = app.store;
  if (await maySeeOthers(app, actor)) return accounts.named(LONGEST_LIST);
  const own = await accounts.byId(actor.id);
  return own === undefined ? [] : [own];
}

/**
 * An account that the actor may see: his own, or any for staff with `view_user`. Refuses `account_not_found` for all others, so
 * that nobody learns which ids are somebody's.
 */
export async function findAccount(
  app: Needs,
  actor: Actor,
  id: number | undefined,
): Promise<Outcome<Account, 'account_not_found'>> {
  const mayLook = id !== undefined && (id === actor.id || (await maySeeOthers(app, actor)));
  const account = mayLook ? await app.store.accounts.byId(id) : undefined;
  return account === undefined ? refuse('account_not_found') : done(account);
}

/**
 * An account that the actor may change: his own, or for staff with this permission what is within their reach in the admin.
 * Refuses `account_not_found` as `findAccount` does, and `not_permitted`.
 */
export async function findChangeable(
  app: Needs,
  actor: Actor,
  id: number | undefined,
  needed: Permission = 'change_user',
): Promise<Outcome<Account, 'account_not_found' | 'not_permitted'>> {
  const found = await findAccount(app, actor, id);
  if (!found.ok || found.value.id === actor.id) return found;
  const staff = await asStaff(app, actor, needed);
  if (!staff.ok) return refuse('not_permitted');
  const reached = await withinReach(app.store, staff.value, found.value.id);
  if (reached.ok) return reached;
  return refuse(reached.reason === 'account_not_found' ? reached.reason : 'not_permitted');
}
