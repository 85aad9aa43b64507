import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { PresentedLink } from '../email/link.ts';
import { ownerOfLink } from '../email/link-owner.ts';
import { mayMail } from '../email/mail-limit.ts';
import { tellOfNewPassword } from '../email/password-changed.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { enforcedForOwner } from './rules.ts';

/**
 * Asks for a mail with a link to set a new password. The same work whether anybody has the address or not: who has it is
 * looked up when the mail is written (`writeLetter`), and the mail goes to the address that is stored.
 */
export async function requestReset(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  email: string,
  { language = 'en' }: Origin,
): Promise<Outcome<undefined, never>> {
  if (await mayMail(app, email)) {
    const message = { to: email, kind: 'reset_password', language, values: {} } as const;
    await app.store.outbox.add(message, app.clock.now());
  }
  return done(undefined);
}

/**
 * Sets a new password by a link, or the first one of an account that staff created. All sessions end, wrong passwords so far are forgotten, and the address is verified, if
 * the link came by it. No token is issued, and nobody is activated. The password is expected to have passed its own checks; a
 * password that is refused does not use the link up. Refuses `link_refused`, `faulty_fields` (`new_password`) and
 * `server_busy`.
 */
export async function resetPassword(
  app: Pick<App, 'store' | 'clock' | 'passwords' | 'config' | 'log' | 'isBreached'>,
  link: PresentedLink,
  password: string,
  origin: Origin,
): Promise<Outcome<{ userId: number }, 'link_refused' | 'faulty_fields' | 'server_busy'>> {
  const at = app.clock.now();
  const reset = await app.store.links.find('reset_password', link, at);
  const purpose = reset === undefined ? 'set_up' : 'reset_password';
  const shown = reset ?? (await app.store.links.find('set_up', link, at));
  const owner = await ownerOfLink(app.store, shown);
  if (owner === undefined) return refuse('link_refused');
  const faults = await enforcedForOwner(app, password, owner);
  if (faults.length > 0) return refuse('faulty_fields', { faults: { new_password: faults } });
  const hashed = await app.passwords.hash(password);
  if (!hashed.ok) return hashed;
  const now = app.clock.now();
  return app.store.transaction(async (store) => {
    const target = await store.links.consume(purpose, link, now);
    const account = await ownerOfLink(store, target);
    if (account === undefined) return refuse('link_refused');
    const { id: userId } = account;
    await store.accounts.setPassword(userId, hashed.value);
    const isProved = target?.email !== '';
    if (isProved) await store.accounts.change(userId, { profile: { verified: true } });
    await forgetLoginAttempts(store, account);
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    const profile = { ...account.profile, verified: isProved || account.profile.verified };
    await tellOfNewPassword(store, { ...account, profile }, origin, now);
    await store.audit.record({ event: 'password_reset', userId, sessionsEnded }, now, origin);
    return done({ userId });
  });
}
