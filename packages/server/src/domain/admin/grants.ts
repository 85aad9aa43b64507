import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account, Store } from '../store.ts';
import { codenameOf, type Permission, storedAs } from './permissions.ts';
import type { Staff } from './staff.ts';

/**
 * May he give these stored permissions to somebody, or take them? Those that he holds himself; a superuser any. Also of what opens
 * nothing here he has to hold the very same: a Django project that the data goes back to gives it its meaning.
 */
export function mayHandOut({ isSuperuser, permissions, stored }: Staff, handed: readonly string[]): boolean {
  const holds = (one: string) => {
    const codename = codenameOf(one);
    return codename === undefined ? stored.has(one) : permissions.has(codename);
  };
  return isSuperuser || handed.every(holds);
}

/** What is here and not there. */
export function without<T>(here: readonly T[], there: readonly T[]): readonly T[] {
  const others = new Set(there);
  return here.filter((one) => !others.has(one));
}

/**
 * Stored permissions that open exactly what these codenames say: of those there were, what still counts stays as it is spelt and what
 * opens nothing here stays altogether; what is new is written our way.
 */
export function storedFor(wanted: readonly Permission[], before: readonly string[]): readonly string[] {
  const kept = before.filter((one) => {
    const codename = codenameOf(one);
    return codename === undefined || wanted.includes(codename);
  });
  const held = kept.map(codenameOf);
  return [...kept, ...wanted.filter((codename) => !held.includes(codename)).map(storedAs)];
}

/**
 * An account that he may change: any for a superuser; for others none of a superuser, and no staff who may more than they do
 * themselves, for whoever can give somebody a password can be him. Call it in the transaction of the change.
 * Refuses `account_not_found` and `permission_denied`.
 */
export async function withinReach(
  { accounts, rights }: Pick<Store, 'accounts' | 'rights'>,
  staff: Staff,
  userId: number,
): Promise<Outcome<Account, 'account_not_found' | 'permission_denied'>> {
  await rights.lockAccount(userId);
  const account = await accounts.byId(userId);
  const authority = await rights.authorityOf(userId);
  if (account === undefined || authority === undefined) return refuse('account_not_found');
  if (staff.isSuperuser || userId === staff.id) return done(account);
  const isAbove = account.isSuperuser || (account.isStaff && !mayHandOut(staff, authority.permissions));
  return isAbove ? refuse('permission_denied') : done(account);
}

export interface RightsChanges {
  /** ids of all groups it is to be in */
  readonly groups?: readonly number[] | undefined;
  /** all that it is to hold itself */
  readonly permissions?: readonly Permission[] | undefined;
}

/**
 * Puts an account into groups and gives it permissions of its own; what is not named stays. One audit event, if anything changed.
 * In the transaction of whoever calls it, which has asked `withinReach`. Nobody hands out, or takes, what he does not hold, and
 * nobody changes his own but a superuser.
 * Refuses `permission_denied`, and `faulty_fields` (`groups`) for one that is not there.
 */
export async function changeRights(
  { rights, audit }: Pick<Store, 'rights' | 'audit'>,
  staff: Staff,
  userId: number,
  changes: RightsChanges,
  { clock, origin }: Pick<App, 'clock'> & { readonly origin: Origin },
): Promise<Outcome<undefined, 'permission_denied' | 'faulty_fields'>> {
  if (changes.groups === undefined && changes.permissions === undefined) return done(undefined);
  const groupsBefore = await rights.groupsOf(userId);
  const groups = changes.groups ? await rights.groupsById(changes.groups) : groupsBefore;
  const unknown = without(
    changes.groups ?? [],
    groups.map(({ id }) => id),
  );
  if (unknown.length > 0)
    return refuse('faulty_fields', {
      faults: { groups: unknown.map((id) => ({ code: 'group_unknown', id })) },
    });
  const before = await rights.permissionsOf(userId);
  const after = changes.permissions ? storedFor(changes.permissions, before) : before;
  const idsBefore = groupsBefore.map(({ id }) => id);
  const joined = groups.filter(({ id }) => !idsBefore.includes(id));
  const left = groupsBefore.filter(({ id }) => !groups.some((one) => one.id === id));
  const [granted, taken] = [without(after, before), without(before, after)];
  const moved = [...joined, ...left];
  if (moved.length + granted.length + taken.length === 0) return done(undefined);
  const handed = [...granted, ...taken, ...moved.flatMap(({ permissions }) => permissions)];
  if (!mayHandOut(staff, handed) || (userId === staff.id && !staff.isSuperuser))
    return refuse('permission_denied');
  if (moved.length > 0)
    await rights.setGroupsOf(
      userId,
      groups.map(({ id }) => id),
    );
  if (granted.length + taken.length > 0) await rights.setPermissionsOf(userId, after);
  const names = (of: typeof groups) => of.map(({ name }) => name);
  const event = {
    event: 'rights_changed',
    userId,
    joined: names(joined),
    left: names(left),
    granted,
    taken,
  } as const;
  await audit.record(event, clock.now(), origin);
  return done(undefined);
}
