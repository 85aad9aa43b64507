import type { App } from '../app.ts';
import { type Origin, SERVER } from '../audit/event.ts';
import { forgetLoginAttempts } from '../limits/login-attempt.ts';
import { DEFAULT_PICTURE } from '../media/default-picture.ts';
import { isOwnPicture, pictureType } from '../media/media.ts';
import { purgeInBatches } from '../purge-batches.ts';

type Needs = Pick<App, 'store' | 'clock' | 'media' | 'log'>;

const DAY = 86_400_000;

/** As long as the database protects audit events: whoever deletes an account does not wipe his traces away. */
const EVENTS_KEEP_ADDRESSES = 28 * DAY;

/** Is the picture his alone? One that came from Django may be that of many. */
async function isHisAlone({ store }: Needs, userId: number, name: string): Promise<boolean> {
  if (isOwnPicture(name)) return true;
  if (name === DEFAULT_PICTURE || pictureType(name) === undefined) return false;
  return store.personalData.ownsPicture(userId, name);
}

/** False when the storage does not answer. */
async function pictureIsGone(app: Needs, userId: number, name: string): Promise<boolean> {
  const { media, log } = app;
  if (media === undefined || !(await isHisAlone(app, userId, name))) return true;
  try {
    await media.storage.remove(name);
    return true;
  } catch (error) {
    log.error({ error, userId }, 'a picture could not be deleted; its account is erased later');
    return false;
  }
}

/**
 * Erases an account whose time is up: its picture first, so that nothing is left of it if we are killed in between; then
 * in one transaction all else that is held about it. What stays is its id, in the audit trail. True for the one
 * call, on any number of servers, that erased it.
 */
export async function eraseAccount(
  app: Needs,
  { id: userId, image }: { readonly id: number; readonly image: string },
  origin: Origin,
): Promise<boolean> {
  const now = app.clock.now();
  if (!(await pictureIsGone(app, userId, image))) return false;
  return app.store.transaction(async (store) => {
    const account = await store.accounts.byId(userId);
    if (account === undefined) return false;
    await forgetLoginAttempts(store, account);
    if (!(await store.personalData.erase(userId, now))) return false;
    await store.audit.record({ event: 'account_removed', userId }, now, origin);
    return true;
  });
}

/** Erases the accounts whose grace is over. What a server cannot erase now is tried again at its next run. How many. */
export async function eraseDueAccounts(app: Needs): Promise<number> {
  let erased = 0;
  const tried = new Set<number>();
  for (;;) {
    // more than were tried in vain, so that those hold up nobody
    const due = await app.store.personalData.dueForErasure(app.clock.now(), tried.size + 100);
    const next = due.filter(({ id }) => !tried.has(id));
    if (next.length === 0) return erased;
    for (const account of next) {
      tried.add(account.id);
      if (await eraseAccount(app, account, SERVER)) erased += 1;
    }
  }
}

/** Takes what tells who it was out of the audit events of accounts that were removed four weeks ago. How many accounts. */
export function forgetRemovedInEvents({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const before = clock.now() - EVENTS_KEEP_ADDRESSES;
  return purgeInBatches((limit) => store.personalData.forgetInEvents(before, limit));
}
