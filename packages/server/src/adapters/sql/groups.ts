import { type Kysely, sql } from 'kysely';
import type { Group, RightsStore } from '../../domain/admin/admin-store.ts';
import type { PageRequest } from '../../domain/admin/page.ts';
import { isPostgres, parts } from './bulk.ts';
import type { Tables } from './tables.ts';

type GroupVerbs = Omit<RightsStore, 'authorityOf' | 'lockAccount' | 'permissionsOf' | 'setPermissionsOf'>;

type Named = Pick<Group, 'id' | 'name'>;

/** The groups with what they hold, in the order they come in. */
async function withPermissions(db: Kysely<Tables>, groups: readonly Named[]): Promise<Group[]> {
  const held = new Map<number, string[]>(groups.map(({ id }) => [id, []]));
  for (const part of parts([...held.keys()], 1)) {
    const rows = await db
      .selectFrom('group_permissions')
      .selectAll()
      .where('group_id', 'in', part)
      .orderBy('permission')
      .execute();
    for (const { group_id, permission } of rows) held.get(group_id)?.push(permission);
  }
  return groups.map(({ id, name }) => ({ id, name, permissions: held.get(id) ?? [] }));
}

const LIKE_SIGNS = /[\\%_]/g;

function groups(db: Kysely<Tables>, { size, after, before }: PageRequest<number>, search: string) {
  const pattern = `%${search.toLowerCase().replaceAll(LIKE_SIGNS, '\\$&')}%`;
  let query = db
    .selectFrom('groups')
    .select(['id', 'name'])
    .orderBy('id', before === undefined ? 'asc' : 'desc')
    .limit(size + 1);
  if (search !== '') query = query.where(sql<boolean>`lower(name) like ${pattern} escape '\\'`);
  if (after !== undefined) query = query.where('id', '>', after);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

async function groupsById(db: Kysely<Tables>, ids: readonly number[]): Promise<Named[]> {
  if (ids.length === 0) return [];
  return db.selectFrom('groups').select(['id', 'name']).where('id', 'in', ids).orderBy('id').execute();
}

/** Nobody else takes a name in the meantime: in PostgreSQL one that is taken would end the whole transaction. */
async function rename(db: Kysely<Tables>, id: number, name: string): ReturnType<GroupVerbs['renameGroup']> {
  if (isPostgres(db)) await sql`lock table groups in share row exclusive mode`.execute(db);
  const holder = db.selectFrom('groups').select('id').where('name', '=', name).where('id', '<>', id);
  if ((await holder.executeTakeFirst()) !== undefined) return 'taken';
  const renamed = await db.updateTable('groups').set({ name }).where('id', '=', id).executeTakeFirst();
  return renamed.numUpdatedRows > 0n ? 'renamed' : 'missing';
}

/** Groups on either database. */
export function groupVerbs(db: Kysely<Tables>): GroupVerbs {
  return {
    groups: async (page, search) => withPermissions(db, await groups(db, page, search)),
    groupsById: async (ids) => withPermissions(db, await groupsById(db, ids)),
    async groupsOf(userId) {
      const rows = db
        .selectFrom('user_groups')
        .innerJoin('groups', 'groups.id', 'user_groups.group_id')
        .select(['groups.id', 'groups.name'])
        .where('user_groups.user_id', '=', userId);
      return withPermissions(db, await rows.orderBy('groups.id').execute());
    },
    async addGroup(name) {
      const insert = db.insertInto('groups').values({ name, base: null });
      const once = insert.onConflict((conflict) => conflict.column('name').doNothing());
      return (await once.returning('id').executeTakeFirst())?.id;
    },
    renameGroup: (id, name) => rename(db, id, name),
    async setPermissionsOfGroup(id, permissions) {
      await db.deleteFrom('group_permissions').where('group_id', '=', id).execute();
      const rows = permissions.map((permission) => ({ group_id: id, permission }));
      for (const part of parts(rows, 2)) await db.insertInto('group_permissions').values(part).execute();
    },
    async lockGroup(id) {
      const one = db.selectFrom('groups').select('id').where('id', '=', id);
      if (isPostgres(db)) await one.forUpdate().execute();
    },
    async removeGroup(id) {
      const one = db.deleteFrom('groups').where('id', '=', id);
      return (await one.executeTakeFirst()).numDeletedRows > 0n;
    },
    async setGroupsOf(userId, groupIds) {
      await db.deleteFrom('user_groups').where('user_id', '=', userId).execute();
      if (groupIds.length === 0) return;
      // Read by the statement that writes: a group that is deleted meanwhile is no fault.
      await db
        .insertInto('user_groups')
        .columns(['user_id', 'group_id'])
        .expression((eb) =>
          eb
            .selectFrom('groups')
            .select((of) => [of.cast<number>(of.val(userId), 'bigint').as('user_id'), 'id as group_id'])
            .where('id', 'in', groupIds),
        )
        .execute();
    },
  };
}
