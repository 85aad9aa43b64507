import { createHash } from 'node:crypto';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { proveCurrent } from '../passwords/prove.ts';
import type { Account, Store } from '../store.ts';
import { LINK_LIFETIME, type PresentedLink, promiseLink, VOID_WITH_EMAIL } from './link.ts';
import { mayMail } from './mail-limit.ts';

/** The password and the e-mail of an account as one short text: who changes either takes back what he asked for before. */
export function stateOf({ password, email }: Pick<Account, 'password' | 'email'>): string {
  return createHash('sha256').update(`${password}\0${email}`).digest('base64url').slice(0, 22);
}

/**
 * Asks for a mail to a new address, with the link that makes it the account's. Answers the same when somebody else has
 * the address; then no mail is sent. Refuses `user_not_found`, and as changing a password does `faulty_fields`
 * (`current_password`), `throttled` and `server_busy`.
 */
export async function requestEmailChange(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords'>,
  userId: number,
  { newEmail, password }: { readonly newEmail: string; readonly password: string },
  origin: Origin,
): Promise<Outcome<undefined, 'faulty_fields' | 'throttled' | 'user_not_found' | 'server_busy'>> {
  const account = await app.store.accounts.byId(userId);
  if (account === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, account, password, origin);
  if (!proved.ok) return proved;
  if (await mayMail(app, newEmail)) {
    const { language = 'en' } = origin;
    const values = { userId, state: stateOf(account) };
    const message = { to: newEmail, kind: 'change_email', language, values } as const;
    await app.store.outbox.add(message, app.clock.now());
  }
  return done(undefined);
}

/**
 * May the address that is left take the change back? Not while that of a change before it may: of somebody who changes twice the
 * first address is the owner's, and there is never more than one way back.
 */
async function mayRevert({ audit }: Store, userId: number, now: number): Promise<boolean> {
  const since = now - LINK_LIFETIME.revert_email;
  const [changed] = await audit.list(1, { userId, event: 'email_changed', since });
  const [reverted] = await audit.list(1, { userId, event: 'email_change_reverted', since });
  return changed === undefined || (reverted !== undefined && reverted.id > changed.id);
}

/**
 * Uses a link of such a mail: the account has the address, verified. Links to the old one are void; it gets a notice,
 * with a link that takes the change back. Refuses `link_refused`, also when somebody else has the address by now.
 */
export async function confirmEmailChange(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  link: PresentedLink,
  origin: Origin,
): Promise<Outcome<{ userId: number }, 'link_refused'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const target = await store.links.consume('change_email', link, now);
    const before = target && (await store.accounts.byId(target.userId));
    if (target === undefined || !before?.isActive) return refuse('link_refused');
    const { id: userId, email: to } = before;
    const changes = { email: target.email, profile: { verified: true } };
    if ((await store.accounts.change(userId, changes)) !== 'changed') return refuse('link_refused');
    await store.links.drop(userId, VOID_WITH_EMAIL);
    const kind = (await mayRevert(store, userId, now)) ? 'revert_email' : 'email_changed';
    const { language = 'en' } = origin;
    if (to !== '') {
      if (kind === 'revert_email') await promiseLink(store.links, kind, userId, to, now);
      await store.outbox.add({ to, kind, language, values: { userId } }, now);
    }
    await store.audit.record({ event: 'email_changed', userId }, now, origin);
    return done({ userId });
  });
}

/**
 * Uses the link of such a notice: the account has its old address again. Whoever changed it knew the password, so all
 * sessions end, and the old address is sent a link to set a new one. Refuses `link_refused`.
 */
export async function revertEmailChange(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  link: PresentedLink,
  origin: Origin,
): Promise<Outcome<{ userId: number }, 'link_refused'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const target = await store.links.consume('revert_email', link, now);
    if (target === undefined) return refuse('link_refused');
    const { userId, email: to } = target;
    const changes = { email: to, profile: { verified: true } };
    if ((await store.accounts.change(userId, changes)) !== 'changed') return refuse('link_refused');
    await store.links.drop(userId, [...VOID_WITH_EMAIL, 'change_email']);
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    const { language = 'en' } = origin;
    await store.outbox.add({ to, kind: 'reset_password', language, values: { userId } }, now);
    await store.audit.record({ event: 'email_change_reverted', userId, sessionsEnded }, now, origin);
    return done({ userId });
  });
}
