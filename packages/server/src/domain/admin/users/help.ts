import { setPassword } from '../../accounts/manage.ts';
import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { mayMail } from '../../email/mail-limit.ts';
import type { Fault } from '../../fault.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import { isUsablePassword } from '../../passwords/kind.ts';
import { enforcedForOwner } from '../../passwords/rules.ts';
import type { Account } from '../../store.ts';
import { withinReach } from '../grants.ts';
import type { Staff } from '../staff.ts';
import { findChangeableUser } from './reach.ts';

type OutOfReach = 'account_not_found' | 'permission_denied';

const faulty = (field: string, fault: Fault) => refuse('faulty_fields', { faults: { [field]: [fault] } });

/**
 * Sets another password for an account, and ends its sessions. The password is expected to have passed its own checks. Refuses
 * `account_not_found`, `permission_denied`, `faulty_fields` (`password`) and `server_busy`.
 */
export async function setUserPassword(
  app: Pick<App, 'store' | 'clock' | 'passwords' | 'config' | 'log' | 'isBreached'>,
  staff: Staff,
  id: number,
  password: string,
  origin: Origin,
): Promise<Outcome<{ sessionsEnded: number }, OutOfReach | 'faulty_fields' | 'server_busy'>> {
  const found = await findChangeableUser(app, staff, id);
  if (!found.ok) return found;
  const faults = await enforcedForOwner(app, password, found.value);
  if (faults.length > 0) return refuse('faulty_fields', { faults: { password: faults } });
  const set = await setPassword(app, id, password, origin, (store) => withinReach(store, staff, id));
  if (set.ok) return set;
  return set.reason === 'user_not_found' ? refuse('account_not_found') : refuse(set.reason);
}

/** What keeps a mail from being sent to its account. */
function hindrance(
  kind: 'reset_password' | 'verify_email',
  account: Account,
): ReturnType<typeof faulty> | undefined {
  if (account.email === '') return faulty('email', { code: 'email_missing' });
  if (!account.isActive) return faulty('is_active', { code: 'account_inactive' });
  return kind === 'verify_email' && account.profile.verified
    ? faulty('verified', { code: 'already_verified' })
    : undefined;
}

/**
 * Sends an account a link to set a new password, or to verify its e-mail: the address it goes to. Refuses
 * `account_not_found`, `permission_denied`, `faulty_fields` where it could not get there, and `throttled` when the
 * address had too many lately.
 */
export async function mailUser(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  staff: Staff,
  id: number,
  kind: 'reset_password' | 'verify_email',
  origin: Origin,
): Promise<Outcome<{ sentTo: string }, OutOfReach | 'faulty_fields' | 'throttled'>> {
  const found = await findChangeableUser(app, staff, id);
  if (!found.ok) return found;
  const { email } = found.value;
  const hindered = hindrance(kind, found.value);
  if (hindered !== undefined) return hindered;
  if (!(await mayMail(app, email))) return refuse('throttled');
  const now = app.clock.now();
  const { language = 'en' } = origin;
  // Who never had a password sets one for the first time.
  const isFirst = kind === 'reset_password' && !isUsablePassword(found.value.password);
  const letter = isFirst ? 'set_up' : kind;
  return app.store.transaction(async (store) => {
    const reached = await withinReach(store, staff, id);
    if (!reached.ok) return reached;
    await store.outbox.add({ to: email, kind: letter, language, values: { userId: id } }, now);
    await store.audit.record({ event: 'mail_asked_for', userId: id, kind }, now, origin);
    return done({ sentTo: email });
  });
}
