import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { promiseLink, VOID_WITH_ACCOUNT } from '../email/link.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { proveCurrent, refuseWrongPassword } from '../passwords/prove.ts';
import type { Account } from '../store.ts';
import { eraseAccount } from './erase.ts';
import type { Permit } from './manage.ts';
import { findChangeable } from './reach.ts';

type MayNot = 'account_not_found' | 'not_permitted';

type Scheduled = Outcome<{ eraseAt: number; image: string }, MayNot | 'user_not_found' | 'last_superuser'>;

type Refusals = MayNot | 'faulty_fields' | 'throttled' | 'server_busy' | 'user_not_found' | 'last_superuser';

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords' | 'media' | 'log'>;

const DAY = 86_400_000;

/** May the actor delete this account? His own, and staff with `delete_user` what is within their reach. Refuses in one way whoever's the id is. */
export async function mayRemove(
  app: Pick<App, 'store' | 'config'>,
  actor: Actor,
  id: number | undefined,
): Promise<Outcome<Account, MayNot>> {
  if (id !== actor.id && !actor.isStaff) return refuse('not_permitted');
  return findChangeable(app, actor, id, 'delete_user');
}

/**
 * One transaction, which asks for the permit and whether the password of the asker is the one that was checked: nobody can use the
 * account, its sessions and links end, the mail with the way back, the audit event.
 */
function schedule(
  { store: outer, clock, config }: Needs,
  userId: number,
  asker: Account,
  permit: Permit<MayNot>,
  origin: Origin,
): Promise<Scheduled | 'crossed'> {
  const now = clock.now();
  const eraseAt = now + config.accountDeletionGraceDays * DAY;
  const isOwn = asker.id === userId;
  return outer.transaction(async (store) => {
    const isLast = await store.accounts.isLastSuperuser(userId);
    if (!(await store.accounts.stillHasPassword(asker.id, asker.password))) return 'crossed';
    const permitted = await permit(store);
    if (!permitted.ok) return permitted;
    if (isLast) return refuse('last_superuser');
    await store.links.drop(userId, VOID_WITH_ACCOUNT);
    if (!(await store.personalData.scheduleErasure(userId, eraseAt))) return refuse('user_not_found');
    // Read here: while the password was checked it may have got another picture or e-mail.
    const account = await store.accounts.byId(userId);
    if (account === undefined) return refuse('user_not_found');
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    const { language = 'en' } = origin;
    const values = { userId, eraseAt };
    // Whoever deletes it may have changed the e-mail before: the address that can take that back is the owner's.
    const to = (await store.links.addressOf('revert_email', userId, now)) ?? account.email;
    if (isOwn && to !== '' && eraseAt > now) {
      await promiseLink(store.links, 'take_back_account', userId, to, now);
      await store.outbox.add({ to, kind: 'take_back_account', language, values }, now);
    }
    const event = { event: 'account_deletion_asked', userId, eraseAt, sessionsEnded } as const;
    await store.audit.record(event, now, origin);
    return done({ eraseAt, image: account.profile.image });
  });
}

async function tryToDelete(
  app: Needs,
  actor: Actor,
  id: number | undefined,
  current: string,
  origin: Origin,
): Promise<Outcome<{ eraseAt: number }, Refusals> | 'crossed'> {
  const permitted = await mayRemove(app, actor, id);
  if (!permitted.ok) return permitted;
  const account = permitted.value;
  const asker = account.id === actor.id ? account : await app.store.accounts.byId(actor.id);
  if (asker === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, asker, current, origin);
  if (!proved.ok) return proved;
  const permit: Permit<MayNot> = (store) => mayRemove({ store, config: app.config }, actor, id);
  const scheduled = await schedule(app, account.id, asker, permit, origin);
  if (scheduled === 'crossed' || !scheduled.ok) return scheduled;
  const { eraseAt, image } = scheduled.value;
  // What fails here is done by the job.
  if (app.config.accountDeletionGraceDays === 0) await eraseAccount(app, { id: account.id, image }, origin);
  return done({ eraseAt });
}

/**
 * Deletes an account for who proves himself with his own password. From then on nobody can use it. For
 * ACCOUNT_DELETION_GRACE_DAYS it can be taken back, by its owner with the link that is mailed to him, if it was he; then
 * it is erased. Without grace it is erased at once. Gives the instant when it is.
 *
 * Refuses what `mayRemove` does, and as changing a password does: `faulty_fields`, also when the password was changed
 * meanwhile, `throttled`, `server_busy`, `user_not_found`; and `last_superuser`.
 */
export async function deleteAccount(
  app: Needs,
  actor: Actor,
  id: number | undefined,
  current: string,
  origin: Origin,
): Promise<Outcome<{ eraseAt: number }, Refusals>> {
  // Anew when the stored password changed meanwhile: an upgrade by a login may have done it.
  const first = await tryToDelete(app, actor, id, current, origin);
  const last = first === 'crossed' ? await tryToDelete(app, actor, id, current, origin) : first;
  return last === 'crossed' ? refuseWrongPassword() : last;
}
