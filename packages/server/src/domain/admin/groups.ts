import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, type Refusal, refuse } from '../outcome.ts';
import type { Group } from './admin-store.ts';
import { mayHandOut, storedFor, without } from './grants.ts';
import { cutPage, type Page, type PageRequest } from './page.ts';
import { codenamesOf, type Permission } from './permissions.ts';
import type { Staff } from './staff.ts';
import { type Saveable, stillAsRead } from './version.ts';

type Needs = Pick<App, 'store' | 'clock'>;

/** What is undefined stays. */
export interface GroupChanges {
  readonly name?: string | undefined;
  readonly permissions?: readonly Permission[] | undefined;
  /** that of what was read: the changes are for a group that is still so */
  readonly version?: string | undefined;
}

function refuseName(): Refusal<'faulty_fields'> {
  return refuse('faulty_fields', { faults: { name: [{ code: 'group_name_taken' }] } });
}

/** What a save can change of a group, with which its version is made. */
export function saveableOf({ name, permissions }: Pick<Group, 'name' | 'permissions'>) {
  return { name, permissions: codenamesOf(permissions) } satisfies Saveable;
}

/** A page of the groups whose name has the text in it, in order of id. */
export async function listGroups(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  page: PageRequest<number>,
  search: string,
): Promise<Page<Group>> {
  return cutPage(await store.rights.groups(page, search), page);
}

/** One group. Refuses `group_not_found`. */
export async function findGroup(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  id: number | undefined,
): Promise<Outcome<Group, 'group_not_found'>> {
  const [group] = id === undefined ? [] : await store.rights.groupsById([id]);
  return group === undefined ? refuse('group_not_found') : done(group);
}

/**
 * Makes a group that nobody is in. Refuses `faulty_fields` for a name that is taken, and `permission_denied` for permissions
 * that he does not hold himself.
 */
export function addGroup(
  { store, clock }: Needs,
  staff: Staff,
  { name, permissions }: { readonly name: string; readonly permissions: readonly Permission[] },
  origin: Origin,
): Promise<Outcome<Group, 'faulty_fields' | 'permission_denied'>> {
  return store.transaction(async (store) => {
    const stored = storedFor(permissions, []);
    if (!mayHandOut(staff, stored)) return refuse('permission_denied');
    const id = await store.rights.addGroup(name);
    if (id === undefined) return refuseName();
    await store.rights.setPermissionsOfGroup(id, stored);
    const event = {
      event: 'group_added',
      userId: undefined,
      groupId: id,
      name,
      granted: stored,
      taken: [],
    } as const;
    await store.audit.record(event, clock.now(), origin);
    return done({ id, name, permissions: stored });
  });
}

/**
 * Renames a group, or changes what its members hold by it; what is not named stays. Permissions that are no Latchkey's stay in any
 * case. Refuses `group_not_found`, `changed_meanwhile` where the group is not as in the version, `faulty_fields` for a name that is
 * taken, and `permission_denied` for permissions to give or to take that he does not hold himself.
 */
export function changeGroup(
  { store, clock }: Needs,
  staff: Staff,
  id: number | undefined,
  changes: GroupChanges,
  origin: Origin,
): Promise<Outcome<Group, 'group_not_found' | 'changed_meanwhile' | 'faulty_fields' | 'permission_denied'>> {
  return store.transaction(async (store) => {
    await store.rights.lockGroup(id ?? 0);
    const found = await findGroup({ store }, staff, id);
    if (!found.ok) return found;
    const asRead = stillAsRead(changes.version, saveableOf(found.value));
    if (!asRead.ok) return asRead;
    const { name: oldName, permissions: before, id: groupId } = found.value;
    const { name = oldName, permissions } = changes;
    const after = permissions === undefined ? before : storedFor(permissions, before);
    const [granted, taken] = [without(after, before), without(before, after)];
    if (!mayHandOut(staff, [...granted, ...taken])) return refuse('permission_denied');
    const renamed = name === oldName ? 'renamed' : await store.rights.renameGroup(groupId, name);
    if (renamed === 'missing') return refuse('group_not_found');
    if (renamed === 'taken') return refuseName();
    if (granted.length + taken.length > 0) await store.rights.setPermissionsOfGroup(groupId, after);
    const more = name === oldName ? {} : { oldName };
    const event = {
      event: 'group_changed',
      userId: undefined,
      groupId,
      name,
      ...more,
      granted,
      taken,
    } as const;
    await store.audit.record(event, clock.now(), origin);
    return done({ id: groupId, name, permissions: after });
  });
}

/**
 * Deletes a group; its members lose what they held by it. Refuses `group_not_found`, and `permission_denied` for one that has
 * permissions that he does not hold himself.
 */
export function removeGroup(
  { store, clock }: Needs,
  staff: Staff,
  id: number | undefined,
  origin: Origin,
): Promise<Outcome<undefined, 'group_not_found' | 'permission_denied'>> {
  return store.transaction(async (store) => {
    await store.rights.lockGroup(id ?? 0);
    const found = await findGroup({ store }, staff, id);
    if (!found.ok) return found;
    const { id: groupId, name, permissions: taken } = found.value;
    if (!mayHandOut(staff, taken)) return refuse('permission_denied');
    if (!(await store.rights.removeGroup(groupId))) return refuse('group_not_found');
    const event = { event: 'group_removed', userId: undefined, groupId, name, granted: [], taken } as const;
    await store.audit.record(event, clock.now(), origin);
    return done(undefined);
  });
}
