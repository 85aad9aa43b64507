import type { Kysely } from 'kysely';
import type { Authority, RightsStore } from '../../domain/admin/admin-store.ts';
import { parts } from './bulk.ts';
import { groupVerbs } from './groups.ts';
import { lockAccount } from './lock-account.ts';
import type { Tables } from './tables.ts';

/** What an account holds, itself and by its groups. */
async function allPermissionsOf(db: Kysely<Tables>, userId: number): Promise<string[]> {
  const own = db.selectFrom('user_permissions').select('permission').where('user_id', '=', userId);
  const ofGroups = db
    .selectFrom('user_groups')
    .innerJoin('group_permissions', 'group_permissions.group_id', 'user_groups.group_id')
    .select('permission')
    .where('user_groups.user_id', '=', userId);
  const rows = await own.union(ofGroups).execute();
  return rows.map(({ permission }) => permission);
}

async function authorityOf(db: Kysely<Tables>, userId: number, session = ''): Promise<Authority | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('step_ups', (join) =>
      join.onRef('step_ups.user_id', '=', 'users.id').on('step_ups.session', '=', session),
    )
    .select(['is_active', 'is_staff', 'is_superuser', 'step_ups.at'])
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    isActive: row.is_active === 1,
    isStaff: row.is_staff === 1,
    isSuperuser: row.is_superuser === 1,
    permissions: await allPermissionsOf(db, userId),
    steppedUpAt: row.at ?? undefined,
  };
}

/** Groups and permissions on either database. */
export function rightsStore(db: Kysely<Tables>): RightsStore {
  return {
    ...groupVerbs(db),
    authorityOf: (userId, session) => authorityOf(db, userId, session),
    lockAccount: (userId) => lockAccount(db, userId),
    async permissionsOf(userId) {
      const own = db.selectFrom('user_permissions').select('permission').where('user_id', '=', userId);
      return (await own.orderBy('permission').execute()).map(({ permission }) => permission);
    },
    async setPermissionsOf(userId, permissions) {
      await db.deleteFrom('user_permissions').where('user_id', '=', userId).execute();
      const rows = permissions.map((permission) => ({ user_id: userId, permission }));
      for (const part of parts(rows, 2)) await db.insertInto('user_permissions').values(part).execute();
    },
  };
}
