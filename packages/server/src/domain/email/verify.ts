import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { PresentedLink } from './link.ts';
import { mayMail } from './mail-limit.ts';

/**
 * Asks for a mail with a link that verifies an address. The same work whether anybody has the address or not: who has it
 * is looked up when the mail is written (`writeLetter`).
 */
export async function requestVerification(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  email: string,
  { language = 'en' }: Origin,
): Promise<Outcome<undefined, never>> {
  if (await mayMail(app, email)) {
    const message = { to: email, kind: 'verify_email', language, values: {} } as const;
    await app.store.outbox.add(message, app.clock.now());
  }
  return done(undefined);
}

/** Uses a link of such a mail: the account's address is verified, if it still is that address. Refuses `link_refused`. */
export async function confirmEmail(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  link: PresentedLink,
  origin: Origin,
): Promise<Outcome<{ userId: number }, 'link_refused'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const target = await store.links.consume('verify_email', link, now);
    const account = target && (await store.accounts.byId(target.userId));
    if (account === undefined || !account.isActive || account.email !== target?.email)
      return refuse('link_refused');
    await store.accounts.change(account.id, { profile: { verified: true } });
    await store.audit.record({ event: 'email_verified', userId: account.id }, now, origin);
    return done({ userId: account.id });
  });
}
