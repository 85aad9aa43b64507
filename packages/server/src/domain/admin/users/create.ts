import { refuseTaken } from '../../accounts/taken.ts';
import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { newLink } from '../../email/letter.ts';
import { forgetLoginAttempts } from '../../limits/login-attempt.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import type { Store } from '../../store.ts';
import { randomHex } from '../../system.ts';
import { changeRights } from '../grants.ts';
import type { Staff } from '../staff.ts';
import { allOrNothing } from './all-or-nothing.ts';
import { type GivenRights, mayGive } from './reach.ts';

export interface UserToCreate extends GivenRights {
  readonly username: string;
  /** `''` for none */
  readonly email: string;
  readonly fullName: string;
  readonly verified: boolean;
  /** mail the link by which the password is set, instead of giving it to who creates the account */
  readonly sendsLink: boolean;
}

type Cannot = 'faulty_fields' | 'permission_denied';

type Needs = Pick<App, 'clock' | 'random' | 'config'>;

/** The link, or undefined when it is sent. */
async function setUp(
  app: Needs,
  store: Store,
  userId: number,
  { email, sendsLink }: UserToCreate,
  { language = 'en' }: Origin,
): Promise<string | undefined> {
  // Bound to no address when nobody has to have read it there: then it verifies none.
  if (!sendsLink) return newLink({ ...app, store }, 'set_up', userId, '');
  await store.outbox.add({ to: email, kind: 'set_up', language, values: { userId } }, app.clock.now());
  return undefined;
}

export interface CreatedUser {
  readonly id: number;
  /** undefined when it is sent */
  readonly setUpLink: string | undefined;
}

async function write(
  app: Needs,
  store: Store,
  staff: Staff,
  user: UserToCreate,
  origin: Origin,
): Promise<Outcome<CreatedUser, Cannot>> {
  const { username, email, fullName, verified, isStaff = false, isSuperuser = false } = user;
  const now = app.clock.now();
  const flags = { isActive: true, isStaff, isSuperuser };
  // As Django marks what must fit no password.
  const password = `!${randomHex(app.random, 20)}`;
  const added = await store.accounts.add({ username, email, password, ...flags, createdAt: now });
  if ('taken' in added) return refuseTaken(added.taken);
  const { id } = added;
  if (fullName !== '' || verified) await store.accounts.change(id, { profile: { fullName, verified } });
  const granted = await changeRights(store, staff, id, user, { clock: app.clock, origin });
  if (!granted.ok) return granted;
  await forgetLoginAttempts(store, { username, email });
  const changes = {
    ...(isStaff && { isStaff: [false, true] as const }),
    ...(isSuperuser && { isSuperuser: [false, true] as const }),
  };
  const told = Object.keys(changes).length > 0 ? { changes } : {};
  await store.audit.record({ event: 'account_created', userId: id, ...told }, now, origin);
  return done({ id, setUpLink: await setUp(app, store, id, user, origin) });
}

/** A new account has no rights: what is false or empty gives it none. */
function givenTo({ isStaff, isSuperuser, groups = [], permissions = [] }: UserToCreate): GivenRights {
  return {
    isStaff: isStaff || undefined,
    isSuperuser: isSuperuser || undefined,
    groups: groups.length > 0 ? groups : undefined,
    permissions: permissions.length > 0 ? permissions : undefined,
  };
}

/**
 * Creates an account that nobody can log in to until its password is set by a link, which is sent to its e-mail or given
 * back. Refuses `faulty_fields` (names that are taken, no e-mail to send to, groups and permissions that there are not),
 * `permission_denied` and `step_up_required` (`mayGive`).
 */
export async function createUser(
  { store, ...app }: Needs & Pick<App, 'store'>,
  staff: Staff,
  user: UserToCreate,
  origin: Origin,
): Promise<Outcome<CreatedUser, Cannot | 'step_up_required'>> {
  const given = mayGive(app, staff, givenTo(user));
  if (!given.ok) return given;
  if (user.sendsLink && user.email === '')
    return refuse('faulty_fields', { faults: { email: [{ code: 'email_missing' }] } });
  return allOrNothing(store, async (store) => write(app, store, staff, user, origin));
}
