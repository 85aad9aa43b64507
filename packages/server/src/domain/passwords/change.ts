import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { tellOfNewPassword } from '../email/password-changed.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account } from '../store.ts';
import { proveCurrent, refuseWrongPassword } from './prove.ts';
import { allFaults, enforced } from './rules.ts';

export interface PasswordChange {
  readonly current: string;
  readonly wanted: string;
}

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords' | 'log' | 'isBreached'>;

type Refusals = 'faulty_fields' | 'server_busy' | 'throttled' | 'user_not_found';

/** One transaction: the password is still the one that was checked, the new one, the other sessions, the audit event. */
function write(
  { store: outer, clock }: Needs,
  account: Account,
  hash: string,
  keptSession: string | undefined,
  origin: Origin,
): Promise<boolean> {
  const now = clock.now();
  const { id: userId, password: checked } = account;
  return outer.transaction(async (store) => {
    if (!(await store.accounts.setPassword(userId, hash, checked))) return false;
    await forgetLoginAttempts(store, account);
    await tellOfNewPassword(store, account, origin, now);
    const sessionsEnded = await store.sessions.endAllOf(userId, now, keptSession);
    await store.audit.record({ event: 'password_changed', userId, sessionsEnded }, now, origin);
    return true;
  });
}

async function tryToChange(
  app: Needs,
  { id, sessionId }: Actor,
  { current, wanted }: PasswordChange,
  origin: Origin,
): Promise<Outcome<undefined, Refusals> | 'crossed'> {
  const account = await app.store.accounts.byId(id);
  if (account === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, account, current, origin);
  if (!proved.ok) return proved;
  const faults = enforced(app, await allFaults(app, wanted, account));
  if (faults.length > 0) return refuse('faulty_fields', { faults: { new_password: faults } });
  const hashed = await app.passwords.hash(wanted);
  if (!hashed.ok) return hashed;
  return (await write(app, account, hashed.value, sessionId, origin)) ? done(undefined) : 'crossed';
}

/**
 * Changes the caller's own password. The session he asks from stays, with its tokens; every other one ends in the same
 * transaction, and so does what Django issued to him.
 *
 * Refuses `faulty_fields`: `current_password` when it is wrong, and only to who knows it what the rules say against
 * `new_password`. `throttled` after too many wrong ones, `server_busy` when too many passwords are being checked,
 * `user_not_found` when the account has gone meanwhile.
 */
export async function changePassword(
  app: Needs,
  actor: Actor,
  change: PasswordChange,
  origin: Origin,
): Promise<Outcome<undefined, Refusals>> {
  // Anew when the stored password changed meanwhile: an upgrade by a login may have done it.
  const first = await tryToChange(app, actor, change, origin);
  const last = first === 'crossed' ? await tryToChange(app, actor, change, origin) : first;
  return last === 'crossed' ? refuseWrongPassword() : last;
}
