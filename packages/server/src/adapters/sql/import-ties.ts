import type { Kysely } from 'kysely';
import type { HeldGroup } from '../../domain/import/import-store.ts';
import { parts } from './bulk.ts';
import type { Tables } from './tables.ts';

type Lists = ReadonlyMap<number, readonly string[]>;

function byOwner(rows: readonly { id: number; name: string }[]): Lists {
  const lists = new Map<number, string[]>();
  for (const { id, name } of rows) {
    const list = lists.get(id);
    if (list === undefined) lists.set(id, [name]);
    else list.push(name);
  }
  for (const list of lists.values()) list.sort();
  return lists;
}

/** Names of groups and permissions of these accounts, sorted. */
export async function tiesOf(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<{ readonly groups: Lists; readonly permissions: Lists }> {
  const groups = await db
    .selectFrom('user_groups')
    .innerJoin('groups', 'groups.id', 'user_groups.group_id')
    .select(['user_groups.user_id as id', 'groups.name'])
    .where('user_groups.user_id', 'in', ids)
    .execute();
  const permissions = await db
    .selectFrom('user_permissions')
    .select(['user_id as id', 'permission as name'])
    .where('user_id', 'in', ids)
    .execute();
  return { groups: byOwner(groups), permissions: byOwner(permissions) };
}

interface Tied {
  readonly id: number;
  readonly groups: readonly string[] | undefined;
  readonly permissions: readonly string[] | undefined;
}

/** Adds accounts to groups, and gives them permissions. A group that is not here any more has no members. */
export async function tie(db: Kysely<Tables>, accounts: readonly Tied[]): Promise<void> {
  const named = new Map<string, number>();
  const members = accounts.filter(({ groups = [] }) => groups.length > 0);
  if (members.length > 0) {
    const rows = await db.selectFrom('groups').select(['id', 'name']).execute();
    for (const { id, name } of rows) named.set(name, id);
  }
  const memberships = members.flatMap(({ id, groups = [] }) =>
    groups.flatMap((name) => {
      const group_id = named.get(name);
      return group_id === undefined ? [] : [{ user_id: id, group_id }];
    }),
  );
  for (const part of parts(memberships, 2)) await db.insertInto('user_groups').values(part).execute();
  const held = accounts.flatMap(({ id, permissions = [] }) =>
    permissions.map((permission) => ({ user_id: id, permission })),
  );
  for (const part of parts(held, 2)) await db.insertInto('user_permissions').values(part).execute();
}

/** The same for accounts that may have had others before. */
export async function tieAnew(db: Kysely<Tables>, accounts: readonly Tied[]): Promise<void> {
  for (const { id, groups, permissions } of accounts) {
    if (groups !== undefined) await db.deleteFrom('user_groups').where('user_id', '=', id).execute();
    if (permissions !== undefined)
      await db.deleteFrom('user_permissions').where('user_id', '=', id).execute();
  }
  await tie(db, accounts);
}

export async function groupsFrom(db: Kysely<Tables>, names: readonly string[]): Promise<HeldGroup[]> {
  if (names.length === 0) return [];
  const groups = await db
    .selectFrom('groups')
    .select(['id', 'name', 'base'])
    .where('name', 'in', names)
    .execute();
  const ids = groups.map(({ id }) => id);
  if (ids.length === 0) return [];
  const permissions = await db
    .selectFrom('group_permissions')
    .select(['group_id as id', 'permission as name'])
    .where('group_id', 'in', ids)
    .execute();
  const held = byOwner(permissions);
  return groups.map(({ id, name, base }) => ({
    name,
    base: base === null ? undefined : JSON.parse(base),
    permissions: held.get(id) ?? [],
  }));
}

/** Groups with exactly these permissions. There are few. */
export async function writeGroups(db: Kysely<Tables>, groups: readonly HeldGroup[]): Promise<void> {
  for (const { name, base, permissions } of groups) {
    const { id } = await db
      .insertInto('groups')
      .values({ name, base: JSON.stringify(base) })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ base: JSON.stringify(base) }))
      .returning('id')
      .executeTakeFirstOrThrow();
    await db.deleteFrom('group_permissions').where('group_id', '=', id).execute();
    const rows = permissions.map((permission) => ({ group_id: id, permission }));
    for (const part of parts(rows, 2)) await db.insertInto('group_permissions').values(part).execute();
  }
}
