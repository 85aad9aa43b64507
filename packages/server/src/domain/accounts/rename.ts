import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { done, type Outcome, type Reason, refuse } from '../outcome.ts';
import { proveCurrent, refuseWrongPassword } from '../passwords/prove.ts';
import type { NamedAccount } from '../store.ts';
import { anybody, type Permit } from './manage.ts';
import { findAccount, findChangeable } from './reach.ts';
import { emailLikeFaults } from './register.ts';
import { refuseTaken } from './taken.ts';

type Refusals = 'account_not_found' | 'not_permitted' | 'user_not_found' | 'faulty_fields';

/** Gives the name, if the permit allows it, in one transaction. */
function giveName<R extends Reason = never>(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  userId: number,
  username: string,
  origin: Origin,
  permit: Permit<R> = anybody,
): Promise<Outcome<undefined, 'user_not_found' | 'faulty_fields' | R>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const permitted = await permit(store);
    if (!permitted.ok) return permitted;
    const changed = await store.accounts.change(userId, { username });
    if (changed === 'missing') return refuse('user_not_found');
    if (changed === 'last_superuser') throw new Error('a name takes no rights');
    if (changed !== 'changed') return refuseTaken(changed.taken);
    await forgetLoginAttempts(store, { username, email: '' });
    await store.audit.record({ event: 'account_changed', userId, fields: ['username'] }, now, origin);
    return done(undefined);
  });
}

/**
 * Gives an account another user name; without one it stays as it is. Answers the account as it is then.
 * Refuses what `findChangeable` does, and `faulty_fields` for a name that is taken or may not be chosen (`emailLikeFaults`).
 */
export async function renameAccount(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  actor: Actor,
  id: number | undefined,
  username: string | undefined,
  origin: Origin,
): Promise<Outcome<NamedAccount, Refusals>> {
  const found = await findChangeable(app, actor, id);
  if (!found.ok || username === undefined || username === found.value.username) return found;
  const faults = emailLikeFaults(app, username);
  if (faults.length > 0) return refuse('faulty_fields', { faults: { username: faults } });
  const permit: Permit<Refusals> = (store) => findChangeable({ store, config: app.config }, actor, id);
  const changed = await giveName(app, found.value.id, username, origin, permit);
  return changed.ok ? findAccount(app, actor, id) : changed;
}

interface UsernameChange {
  readonly current: string;
  readonly wanted: string;
}

type ChangeRefusals = 'faulty_fields' | 'throttled' | 'server_busy' | 'user_not_found';

type ChangeNeeds = Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords'>;

async function tryToChange(
  app: ChangeNeeds,
  id: number,
  { current, wanted }: UsernameChange,
  origin: Origin,
): Promise<Outcome<undefined, ChangeRefusals> | 'crossed'> {
  const account = await app.store.accounts.byId(id);
  if (account === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, account, current, origin);
  if (!proved.ok) return proved;
  let isCrossed = false;
  const changed = await giveName(app, id, wanted, origin, async (store) => {
    isCrossed = !(await store.accounts.stillHasPassword(id, account.password));
    return isCrossed ? refuseWrongPassword() : done(undefined);
  });
  if (isCrossed) return 'crossed';
  if (changed.ok || changed.reason === 'user_not_found') return changed;
  return refuse('faulty_fields', { faults: { new_username: [{ code: 'username_taken' }] } });
}

/**
 * Gives the caller another user name, if he knows his password. Refuses `faulty_fields` (`current_password`, also when it was
 * changed meanwhile; `new_username`), `throttled`, `server_busy` and `user_not_found`.
 */
export async function changeUsername(
  app: ChangeNeeds,
  { id }: Actor,
  change: UsernameChange,
  origin: Origin,
): Promise<Outcome<undefined, ChangeRefusals>> {
  // Anew when the stored password changed meanwhile: an upgrade by a login may have done it.
  const first = await tryToChange(app, id, change, origin);
  const last = first === 'crossed' ? await tryToChange(app, id, change, origin) : first;
  return last === 'crossed' ? refuseWrongPassword() : last;
}
