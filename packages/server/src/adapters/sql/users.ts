import type { Kysely } from 'kysely';
import type { UserStore } from '../../domain/admin/users/user-store.ts';
import type { Tables } from './tables.ts';

type Owned = 'sessions' | 'django_tokens' | 'user_groups' | 'user_permissions';

async function countOf(db: Kysely<Tables>, table: Owned, userId: number): Promise<number> {
  const rows = db.selectFrom(table).where('user_id', '=', userId);
  const { count } = await rows.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
  return Number(count);
}

/** What staff see of accounts, on either database. */
export function userStore(db: Kysely<Tables>): UserStore {
  return {
    async namesOf(id) {
      const row = await db
        .selectFrom('profiles')
        .select(['first_name', 'last_name'])
        .where('user_id', '=', id)
        .executeTakeFirst();
      return { firstName: row?.first_name ?? '', lastName: row?.last_name ?? '' };
    },
    belongingsOf: async (id) => ({
      sessions: await countOf(db, 'sessions', id),
      tokens: await countOf(db, 'django_tokens', id),
      groups: await countOf(db, 'user_groups', id),
      permissions: await countOf(db, 'user_permissions', id),
    }),
  };
}
