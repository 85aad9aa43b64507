import type { Kysely } from 'kysely';
import type { AdminHolder, AdminSessionStore } from '../../domain/admin/admin-store.ts';
import type { Tables } from './tables.ts';

async function find(db: Kysely<Tables>, key: string): Promise<AdminHolder | undefined> {
  const row = await db
    .selectFrom('admin_sessions')
    .innerJoin('users', 'users.id', 'admin_sessions.user_id')
    .select(['admin_sessions.created_at as opened_at', 'used_at'])
    .select(['users.id', 'username', 'is_active', 'is_staff', 'is_superuser'])
    .where('key', '=', key)
    .executeTakeFirst();
  return (
    row && {
      session: { key, createdAt: row.opened_at, usedAt: row.used_at },
      account: {
        id: row.id,
        username: row.username,
        isActive: row.is_active === 1,
        isStaff: row.is_staff === 1,
        isSuperuser: row.is_superuser === 1,
      },
    }
  );
}

/** Sessions of the admin site on either database. One that has ended is a row that is gone. */
export function adminSessionStore(db: Kysely<Tables>): AdminSessionStore {
  return {
    async open({ key, userId, createdAt, origin }) {
      const from = { ip: origin.ip, user_agent: origin.userAgent };
      const row = { key, user_id: userId, created_at: createdAt, used_at: createdAt, ...from };
      await db.insertInto('admin_sessions').values(row).execute();
    },
    find: (key) => find(db, key),
    async noteUse(key, at) {
      const earlier = db.updateTable('admin_sessions').set({ used_at: at }).where('key', '=', key);
      await earlier.where('used_at', '<', at).execute();
    },
    async end(key) {
      await db.deleteFrom('step_ups').where('session', '=', key).execute();
      const one = db.deleteFrom('admin_sessions').where('key', '=', key);
      return (await one.executeTakeFirst()).numDeletedRows > 0n;
    },
    async stepUp(session, userId, at) {
      const row = { session, user_id: userId, at };
      const insert = db.insertInto('step_ups').values(row);
      await insert.onConflict((conflict) => conflict.column('session').doUpdateSet({ at })).execute();
    },
    async purge(before, limit) {
      await db.deleteFrom('step_ups').where('at', '<', before).execute();
      const old = db.selectFrom('admin_sessions').select('key').where('created_at', '<', before).limit(limit);
      const purge = db.deleteFrom('admin_sessions').where('key', 'in', old);
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
