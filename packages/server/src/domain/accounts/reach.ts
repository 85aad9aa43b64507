import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account, NamedAccount } from '../store.ts';

/** More accounts than this no list holds. */
const LONGEST_LIST = 10_000;

/** The accounts that the actor may see, in order of id: the first 10,000 of all for staff, otherwise his own. */
export async function listAccounts(
  { store }: Pick<App, 'store'>,
  actor: Actor,
): Promise<readonly NamedAccount[]> {
  if (actor.isStaff) return store.accounts.named(LONGEST_LIST);
  const own = await store.accounts.byId(actor.id);
  return own === undefined ? [] : [own];
}

/**
 * An account that the actor may see: his own, or any for staff. Refuses `account_not_found` for all others, so that nobody
 * learns which ids are somebody's.
 */
export async function findAccount(
  { store }: Pick<App, 'store'>,
  { id: own, isStaff }: Actor,
  id: number | undefined,
): Promise<Outcome<Account, 'account_not_found'>> {
  const mayLook = id !== undefined && (id === own || isStaff);
  const account = mayLook ? await store.accounts.byId(id) : undefined;
  return account === undefined ? refuse('account_not_found') : done(account);
}

/**
 * An account that the actor may change: as `findAccount`, but a superuser's is only for superusers.
 * Refuses `account_not_found` and `not_permitted`.
 */
export async function findChangeable(
  app: Pick<App, 'store'>,
  actor: Actor,
  id: number | undefined,
): Promise<Outcome<Account, 'account_not_found' | 'not_permitted'>> {
  const found = await findAccount(app, actor, id);
  if (!found.ok) return found;
  const { id: whose, isSuperuser } = found.value;
  return isSuperuser && whose !== actor.id && !actor.isSuperuser ? refuse('not_permitted') : found;
}
