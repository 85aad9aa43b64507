import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { type Outcome, refuse } from '../outcome.ts';
import { proveCurrent } from '../passwords/prove.ts';
import type { NamedAccount } from '../store.ts';
import { changeAccount } from './manage.ts';
import { findAccount, findChangeable } from './reach.ts';

type Refusals = 'account_not_found' | 'not_permitted' | 'user_not_found' | 'faulty_fields';

/** A change of the name alone, which takes nobody's rights. */
async function giveName(
  app: Pick<App, 'store' | 'clock'>,
  id: number,
  username: string,
  origin: Origin,
): Promise<Outcome<undefined, 'user_not_found' | 'faulty_fields'>> {
  const changed = await changeAccount(app, id, { username }, origin);
  if (changed.ok) return changed;
  const { reason } = changed;
  if (reason === 'last_superuser') throw new Error('a name takes no rights');
  return { ...changed, reason };
}

/**
 * Gives an account another user name; without one it stays as it is. Answers the account as it is then.
 * Refuses what `findChangeable` does, and `faulty_fields` for a name that is taken.
 */
export async function renameAccount(
  app: Pick<App, 'store' | 'clock'>,
  actor: Actor,
  id: number | undefined,
  username: string | undefined,
  origin: Origin,
): Promise<Outcome<NamedAccount, Refusals>> {
  const found = await findChangeable(app, actor, id);
  if (!found.ok || username === undefined || username === found.value.username) return found;
  const changed = await giveName(app, found.value.id, username, origin);
  return changed.ok ? findAccount(app, actor, id) : changed;
}

/**
 * Gives the caller another user name, if he knows his password. Refuses `faulty_fields` (`current_password`, `new_username`),
 * `throttled`, `server_busy` and `user_not_found`.
 */
export async function changeUsername(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords'>,
  { id }: Actor,
  { current, wanted }: { readonly current: string; readonly wanted: string },
  origin: Origin,
): Promise<Outcome<undefined, 'faulty_fields' | 'throttled' | 'server_busy' | 'user_not_found'>> {
  const account = await app.store.accounts.byId(id);
  if (account === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, account, current, origin);
  if (!proved.ok) return proved;
  const changed = await giveName(app, id, wanted, origin);
  if (changed.ok || changed.reason === 'user_not_found') return changed;
  return refuse('faulty_fields', { faults: { new_username: [{ code: 'username_taken' }] } });
}
