import { refuseTaken } from '../../accounts/taken.ts';
import type { App } from '../../app.ts';
import type { AccountChanged, Origin } from '../../audit/event.ts';
import { VOID_WITH_PASSWORD } from '../../email/link.ts';
import { forgetLoginAttempts } from '../../limits/login-attempt.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import type { Account, AccountChanges, Store } from '../../store.ts';
import { changeRights, withinReach } from '../grants.ts';
import { hasSteppedUp, type Staff } from '../staff.ts';
import { allOrNothing } from './all-or-nothing.ts';
import { type GivenRights, mayGive } from './reach.ts';

/** What staff change of an account; what is undefined stays. */
export interface UserChanges extends GivenRights {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly fullName?: string | undefined;
  readonly bio?: string | undefined;
  readonly isActive?: boolean | undefined;
  readonly verified?: boolean | undefined;
  readonly requiresNewPassword?: boolean | undefined;
}

export type Cannot =
  | 'account_not_found'
  | 'permission_denied'
  | 'step_up_required'
  | 'own_account'
  | 'last_superuser'
  | 'faulty_fields';

type Shown = Readonly<Record<string, string | boolean>>;

/** What changes can be about. No secret is in it. */
function shown(account: Account): Shown {
  const { username, email, isActive, isStaff, isSuperuser, requiresNewPassword, profile } = account;
  const { fullName, bio, verified } = profile;
  return { username, email, fullName, bio, verified, isActive, isStaff, isSuperuser, requiresNewPassword };
}

const differences = (before: Shown, after: Shown) =>
  Object.keys(before).filter((name) => before[name] !== after[name]);

/** Only of flags it is written down what they were: names and addresses go when an account is erased, events stay. */
function flagsOf(
  fields: readonly string[],
  before: Shown,
  after: Shown,
): NonNullable<AccountChanged['changes']> {
  const flags = fields.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    return typeof was === 'boolean' && typeof is === 'boolean' ? [[name, [was, is]] as const] : [];
  });
  return Object.fromEntries(flags);
}

function columnsOf(changes: UserChanges): AccountChanges {
  const { fullName, bio, verified, groups, permissions, ...columns } = changes;
  const given = (values: object) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const profile = given({ fullName, bio, verified });
  return { ...given(columns), ...(Object.keys(profile).length > 0 && { profile }) };
}

export const takesRights = ({ isActive, isStaff, isSuperuser }: UserChanges) =>
  [isActive, isStaff, isSuperuser].includes(false);

/** Nobody locks himself out. */
const losesOwn = (staff: Staff, { id }: Account, changes: UserChanges) =>
  id === staff.id && takesRights(changes);

/** Tells the address that an account had. Whose is not verified gets no notices: anybody can register with another's. */
async function tellOldAddress(store: Store, before: Account, { language = 'en' }: Origin, at: number) {
  const { id: userId, email: to, profile } = before;
  if (to !== '' && profile.verified)
    await store.outbox.add({ to, kind: 'email_changed', language, values: { userId } }, at);
}

/** What follows from what changed, and the note of it. */
async function conclude(
  store: Store,
  before: Account,
  after: Account,
  at: number,
  origin: Origin,
): Promise<boolean> {
  const { id: userId } = before;
  const [old, now] = [shown(before), shown(after)];
  const fields = differences(old, now);
  if (fields.length === 0) return false;
  if (fields.includes('username') || fields.includes('email')) await forgetLoginAttempts(store, after);
  if (fields.includes('email')) {
    await store.links.drop(userId, ['verify_email', ...VOID_WITH_PASSWORD]);
    await tellOldAddress(store, before, origin, at);
  }
  if (fields.includes('isActive') && !after.isActive) await store.sessions.endAllOf(userId, at);
  const changes = flagsOf(fields, old, now);
  await store.audit.record({ event: 'account_changed', userId, fields, changes }, at, origin);
  return true;
}

/**
 * Changes one account in the transaction that is given, as `changeUser` does, for who has asked `mayGive`. When there are groups or
 * permissions among the changes, a refusal has to undo the transaction; otherwise it refuses before it writes anything.
 */
export async function changeUserIn(
  store: Store,
  staff: Staff,
  id: number,
  changes: UserChanges,
  { clock, origin }: Pick<App, 'clock'> & { readonly origin: Origin },
): Promise<Outcome<boolean, Cannot>> {
  // Before the account: of two superusers who take each other's rights each locks all of them, and in one order.
  if (takesRights(changes)) await store.accounts.lockSuperusers();
  const found = await withinReach(store, staff, id);
  if (!found.ok) return found;
  if (losesOwn(staff, found.value, changes)) return refuse('own_account');
  const isMoved = changes.email !== undefined && changes.email !== found.value.email;
  // Who reads what is sent there can set a password by mail: his own too, and with that step up.
  const proved = isMoved ? hasSteppedUp({ clock }, staff) : done(undefined);
  if (!proved.ok) return proved;
  // Nobody has shown that he reads what is sent there.
  const all = isMoved ? { ...changes, verified: changes.verified ?? false } : changes;
  const changed = await store.accounts.change(id, columnsOf(all));
  if (changed === 'last_superuser') return refuse(changed);
  if (typeof changed === 'object') return refuseTaken(changed.taken);
  // Whom staff deactivate does not come back by himself, though he was deleting his account already.
  if (changes.isActive === false) await store.links.drop(id, ['take_back_account']);
  const after = await store.accounts.byId(id);
  if (after === undefined) return refuse('account_not_found');
  const isOther = await conclude(store, found.value, after, clock.now(), origin);
  const rights = await changeRights(store, staff, id, changes, { clock, origin });
  return rights.ok ? done(isOther) : rights;
}

/**
 * Changes an account, all or nothing: true when anything but its rights did change. Deactivation ends its sessions and its owner's
 * way back from a deletion, another e-mail voids the links that were sent to the old one, which is told. Whose the names are is decided by the database.
 *
 * Refuses `account_not_found`; `permission_denied` (`withinReach`, `mayGive`, `changeRights`); `step_up_required` (`mayGive`, and for
 * another e-mail); `faulty_fields` for names that are taken, and groups that there are not; `own_account` for who would lose his own
 * rights, and `last_superuser`.
 */
export async function changeUser(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  id: number,
  changes: UserChanges,
  origin: Origin,
): Promise<Outcome<boolean, Cannot>> {
  const given = mayGive({ clock }, staff, changes);
  if (!given.ok) return given;
  return allOrNothing(store, (store) => changeUserIn(store, staff, id, changes, { clock, origin }));
}
