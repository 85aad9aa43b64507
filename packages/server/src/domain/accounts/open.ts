import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { mayMail } from '../email/mail-limit.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import type { Outcome } from '../outcome.ts';
import { done } from '../outcome.ts';
import { refuseTaken } from './taken.ts';

export interface AccountToOpen {
  readonly username: string;
  /** `''` for none */
  readonly email: string;
  /** in clear; hashed before the transaction */
  readonly password: string;
  readonly isSuperuser: boolean;
  /** what is done when somebody has the e-mail: refused, or opened without it, and the other is told */
  readonly takenEmail?: 'refuse' | 'leave_out';
}

/**
 * Opens an active account with its profile, its names and one audit event, or nothing. Whose the names are is
 * decided by the database. An e-mail is sent a link that verifies it. Refuses a name that is taken (`faulty_fields`), and `server_busy`.
 */
export async function openAccount(
  app: Pick<App, 'store' | 'clock' | 'passwords' | 'config'>,
  { username, email, password, isSuperuser, takenEmail = 'refuse' }: AccountToOpen,
  origin: Origin,
): Promise<Outcome<{ id: number }, 'faulty_fields' | 'server_busy'>> {
  const hashed = await app.passwords.hash(password);
  if (!hashed.ok) return hashed;
  // With names of their own, strangers could fill the owner's mailbox; a new address is mailed to once anyway.
  const mayTellOwner = takenEmail === 'leave_out' && email !== '' && (await mayMail(app, email));
  const createdAt = app.clock.now();
  const rights = { isActive: true, isStaff: isSuperuser, isSuperuser };
  return app.store.transaction(async (store) => {
    const account = { username, email, password: hashed.value, ...rights, createdAt };
    const first = await store.accounts.add(account);
    const isLeftOut = takenEmail === 'leave_out' && 'taken' in first && first.taken.join() === 'email';
    const added = isLeftOut ? await store.accounts.add({ ...account, email: '' }) : first;
    // Both names may have gone to others since the form was looked at; of the e-mail nothing is said even then.
    if ('taken' in added)
      return refuseTaken(added.taken.filter((name) => takenEmail === 'refuse' || name !== 'email'));
    // What strangers tried under a name that was nobody's is not held against its owner.
    await forgetLoginAttempts(store, { username, email: isLeftOut ? '' : email });
    const kind = isLeftOut ? 'already_registered' : 'verify_email';
    const values = isLeftOut ? {} : { userId: added.id };
    const { language = 'en' } = origin;
    if (email !== '' && !isSuperuser && (!isLeftOut || mayTellOwner))
      await store.outbox.add({ to: email, kind, language, values }, createdAt);
    const event = isSuperuser ? 'superuser_created' : 'account_registered';
    await store.audit.record({ event, userId: added.id }, createdAt, origin);
    return done({ id: added.id });
  });
}
