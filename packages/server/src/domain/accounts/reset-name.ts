import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { stateOf } from '../email/change.ts';
import type { PresentedLink } from '../email/link.ts';
import { ownerOfLink } from '../email/link-owner.ts';
import { mayMail } from '../email/mail-limit.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { done, type Outcome, refuse } from '../outcome.ts';

type Needs = Pick<App, 'store' | 'clock' | 'config'>;

/**
 * Asks for a mail with a link that changes the user name or the e-mail without a password, as djoser has it. The same work whether
 * anybody has the address or not: who has it is looked up when the mail is written.
 */
export async function requestNameReset(
  app: Needs,
  kind: 'reset_username' | 'reset_email',
  email: string,
  { language = 'en' }: Origin,
): Promise<Outcome<undefined, never>> {
  if (await mayMail(app, email))
    await app.store.outbox.add({ to: email, kind, language, values: {} }, app.clock.now());
  return done(undefined);
}

/**
 * Gives the account of a link another user name, which is expected to have been looked at before (`chosenUsernameFaults`): one that
 * somebody takes at this moment uses the link up. Refuses `link_refused` and `faulty_fields` (`new_username`).
 */
export async function resetUsername(
  { store: outer, clock }: Needs,
  link: PresentedLink,
  username: string,
  origin: Origin,
): Promise<Outcome<undefined, 'link_refused' | 'faulty_fields'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const owner = await ownerOfLink(store, await store.links.consume('reset_username', link, now));
    if (owner === undefined) return refuse('link_refused');
    const { id: userId } = owner;
    if ((await store.accounts.change(userId, { username })) !== 'changed')
      return refuse('faulty_fields', { faults: { new_username: [{ code: 'username_taken' }] } });
    await forgetLoginAttempts(store, { username, email: '' });
    await store.audit.record({ event: 'account_changed', userId, fields: ['username'] }, now, origin);
    return done(undefined);
  });
}

/**
 * Asks for the mail to a new address with the link of a mail to the present one, which stands for the password. The account
 * has the new address when the link of that second mail is used (`confirmEmailChange`). Answers the same when somebody
 * else has it; then no mail is sent. Refuses `link_refused`.
 */
export async function resetEmail(
  app: Needs,
  link: PresentedLink,
  to: string,
  { language = 'en' }: Origin,
): Promise<Outcome<undefined, 'link_refused'>> {
  const now = app.clock.now();
  const shown = await app.store.links.find('reset_email', link, now);
  // Looked at before anything is counted: else anybody could use up what the address may get.
  if ((await ownerOfLink(app.store, shown)) === undefined) return refuse('link_refused');
  const isAllowed = await mayMail(app, to);
  return app.store.transaction(async (store) => {
    const owner = await ownerOfLink(store, await store.links.consume('reset_email', link, now));
    if (owner === undefined) return refuse('link_refused');
    const values = { userId: owner.id, state: stateOf(owner) };
    if (isAllowed) await store.outbox.add({ to, kind: 'change_email', language, values }, now);
    return done(undefined);
  });
}
