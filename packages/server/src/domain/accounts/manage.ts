import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { tellOfNewPassword } from '../email/password-changed.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { done, type Outcome, type Reason, refuse } from '../outcome.ts';
import type { Store } from '../store.ts';
import { eraseAccount } from './erase.ts';

/** Whether a deed is allowed, asked in its own transaction: what was so before that may have changed since. */
export type Permit<R extends Reason> = (store: Store) => Promise<Outcome<unknown, R>>;

/** For a deed that was permitted by how it is asked for: at the command line, or by a password. */
export const anybody = async () => done(undefined);

/**
 * Sets a new password and ends every session of the account, in one transaction. How many sessions ended.
 * Refuses `user_not_found`, `server_busy`, and what the permit does.
 */
export async function setPassword<R extends Reason = never>(
  app: Pick<App, 'store' | 'clock' | 'passwords'>,
  userId: number,
  password: string,
  origin: Origin,
  permit: Permit<R> = anybody,
): Promise<Outcome<{ sessionsEnded: number }, 'user_not_found' | 'server_busy' | R>> {
  const hashed = await app.passwords.hash(password);
  if (!hashed.ok) return hashed;
  const now = app.clock.now();
  return app.store.transaction(async (store) => {
    const permitted = await permit(store);
    if (!permitted.ok) return permitted;
    if (!(await store.accounts.setPassword(userId, hashed.value))) return refuse('user_not_found');
    const account = await store.accounts.byId(userId);
    if (account !== undefined) {
      await forgetLoginAttempts(store, account);
      await tellOfNewPassword(store, account, origin, now);
    }
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    await store.audit.record({ event: 'password_changed', userId, sessionsEnded }, now, origin);
    return done({ sessionsEnded });
  });
}

/**
 * Deletes the account at once, with all that is held about it (`eraseAccount`): whatever is done, nobody can use it any more.
 * Refuses `user_not_found`, `last_superuser`, and what the permit does.
 */
export async function removeAccount<R extends Reason = never>(
  app: Pick<App, 'store' | 'clock' | 'media' | 'log'>,
  userId: number,
  origin: Origin,
  permit: Permit<R> = anybody,
): Promise<Outcome<undefined, 'user_not_found' | 'last_superuser' | R>> {
  const now = app.clock.now();
  const scheduled = await app.store.transaction(async (store) => {
    // Before the permit, which may lock the account: of two superusers each locks all, and in one order.
    const isLast = await store.accounts.isLastSuperuser(userId);
    const permitted = await permit(store);
    if (!permitted.ok) return permitted;
    if (isLast) return refuse('last_superuser');
    if (!(await store.personalData.scheduleErasure(userId, now))) return done(undefined);
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    const event = { event: 'account_deletion_asked', userId, eraseAt: now, sessionsEnded } as const;
    await store.audit.record(event, now, origin);
    return done(await store.accounts.byId(userId));
  });
  if (!scheduled.ok) return scheduled;
  const { value: account } = scheduled;
  if (account === undefined) return refuse('user_not_found');
  await eraseAccount(app, { id: userId, image: account.profile.image }, origin);
  return done(undefined);
}
