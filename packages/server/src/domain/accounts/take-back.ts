import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { PresentedLink } from '../email/link.ts';
import { done, type Outcome, refuse } from '../outcome.ts';

type Needs = Pick<App, 'store' | 'clock'>;

/** Takes an account back that was deleted and is not erased yet, for an operator. Refuses `user_not_found`. */
export async function takeBackAccount(
  { store: outer, clock }: Needs,
  userId: number,
  origin: Origin,
): Promise<Outcome<undefined, 'user_not_found'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    await store.links.drop(userId, ['take_back_account']);
    if (!(await store.personalData.takeBack(userId, now))) return refuse('user_not_found');
    await store.audit.record({ event: 'account_taken_back', userId }, now, origin);
    return done(undefined);
  });
}

/**
 * The same with the link of the mail that told of the deletion. No token is issued: the password is as it was. Refuses
 * `link_refused`, also when the time is up.
 */
export async function takeBackByLink(
  { store: outer, clock }: Needs,
  link: PresentedLink,
  origin: Origin,
): Promise<Outcome<undefined, 'link_refused'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const target = await store.links.consume('take_back_account', link, now);
    if (target === undefined || !(await store.personalData.takeBack(target.userId, now)))
      return refuse('link_refused');
    await store.audit.record({ event: 'account_taken_back', userId: target.userId }, now, origin);
    return done(undefined);
  });
}
