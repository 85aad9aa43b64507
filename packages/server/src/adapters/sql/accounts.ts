import type { Kysely, Selectable } from 'kysely';
import { loginKey } from '../../domain/accounts/login-name.ts';
import type { Account, AccountChanges, AccountStore, Added, NewAccount } from '../../domain/store.ts';
import type { Flag, ProfileTable, Tables, UserTable } from './tables.ts';

export const flag = (value: boolean): Flag => (value ? 1 : 0);

/** The columns of an account with its profile. The profile may be missing in imported data. */
export const ACCOUNT_COLUMNS = [
  'users.id',
  'users.username',
  'users.email',
  'users.password',
  'users.is_active',
  'users.is_staff',
  'users.is_superuser',
  'users.created_at',
  'users.last_login_at',
  'profiles.full_name',
  'profiles.bio',
  'profiles.image',
  'profiles.verified',
] as const;

type AccountRow = Selectable<UserTable> & {
  [K in Exclude<keyof ProfileTable, 'user_id'>]: ProfileTable[K] | null;
};

/** A row as an account. A missing profile reads as a new one (the original answered 500). */
export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    password: row.password,
    isActive: row.is_active === 1,
    isStaff: row.is_staff === 1,
    isSuperuser: row.is_superuser === 1,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at ?? undefined,
    profile: {
      fullName: row.full_name ?? '',
      bio: row.bio ?? '',
      image: row.image ?? 'default.jpg',
      verified: row.verified === 1,
    },
  };
}

/** Claims the names for the account; gives back those that somebody else has. */
async function claimNames(
  db: Kysely<Tables>,
  userId: number,
  names: readonly string[],
): Promise<Set<string>> {
  const wanted = [...new Set(names)];
  const rows = await db
    .insertInto('login_names')
    .values(wanted.map((name) => ({ name, user_id: userId })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  const claimed = new Set(rows.map((row) => row.name));
  return new Set(wanted.filter((name) => !claimed.has(name)));
}

function namesOf(account: { username: string; email: string }): string[] {
  return [account.username, account.email].filter((name) => name !== '').map(loginKey);
}

async function add(db: Kysely<Tables>, account: NewAccount): Promise<Added> {
  const { id } = await db
    .insertInto('users')
    .values({
      username: account.username,
      email: account.email,
      password: account.password,
      is_active: flag(account.isActive),
      is_staff: flag(account.isStaff),
      is_superuser: flag(account.isSuperuser),
      created_at: account.createdAt,
      last_login_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const lost = await claimNames(db, id, namesOf(account));
  if (lost.size > 0) {
    await db.deleteFrom('users').where('id', '=', id).execute();
    const fields = ['username', 'email'] as const;
    return { taken: fields.filter((field) => account[field] !== '' && lost.has(loginKey(account[field]))) };
  }
  const profile = { user_id: id, full_name: '', bio: '', image: 'default.jpg', verified: 0 as const };
  await db.insertInto('profiles').values(profile).execute();
  return { id };
}

async function change(db: Kysely<Tables>, id: number, changes: AccountChanges): Promise<void> {
  const { username, email, isActive, isStaff, isSuperuser, profile } = changes;
  const columns = {
    ...(username !== undefined && { username }),
    ...(email !== undefined && { email }),
    ...(isActive !== undefined && { is_active: flag(isActive) }),
    ...(isStaff !== undefined && { is_staff: flag(isStaff) }),
    ...(isSuperuser !== undefined && { is_superuser: flag(isSuperuser) }),
  };
  if (Object.keys(columns).length > 0)
    await db.updateTable('users').set(columns).where('id', '=', id).execute();
  if (profile !== undefined) await changeProfile(db, id, profile);
  if (username !== undefined || email !== undefined) await renewNames(db, id);
}

async function changeProfile(
  db: Kysely<Tables>,
  id: number,
  profile: NonNullable<AccountChanges['profile']>,
): Promise<void> {
  const { fullName, bio, image, verified } = profile;
  const columns = {
    ...(fullName !== undefined && { full_name: fullName }),
    ...(bio !== undefined && { bio }),
    ...(image !== undefined && { image }),
    ...(verified !== undefined && { verified: flag(verified) }),
  };
  if (Object.keys(columns).length > 0)
    await db.updateTable('profiles').set(columns).where('user_id', '=', id).execute();
}

/** The names follow the account. One that somebody else holds by now is left to him. */
async function renewNames(db: Kysely<Tables>, id: number): Promise<void> {
  const account = await db
    .selectFrom('users')
    .select(['username', 'email'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (account === undefined) return;
  await db.deleteFrom('login_names').where('user_id', '=', id).execute();
  await claimNames(db, id, namesOf(account));
}

/** Accounts on either database. */
export function accountStore(db: Kysely<Tables>): AccountStore {
  const accounts = () =>
    db.selectFrom('users').leftJoin('profiles', 'profiles.user_id', 'users.id').select(ACCOUNT_COLUMNS);
  return {
    add: (account) => add(db, account),
    change: (id, changes) => change(db, id, changes),
    async byId(id) {
      const row = await accounts().where('users.id', '=', id).executeTakeFirst();
      return row && toAccount(row);
    },
    async byLoginName(name) {
      const row = await accounts()
        .innerJoin('login_names', 'login_names.user_id', 'users.id')
        .where('login_names.name', '=', loginKey(name))
        .executeTakeFirst();
      return row && toAccount(row);
    },
    async loginNameIsTaken(name) {
      const row = await db
        .selectFrom('login_names')
        .select('user_id')
        .where('name', '=', loginKey(name))
        .executeTakeFirst();
      return row !== undefined;
    },
    async admit(id, password, at) {
      const same = db
        .updateTable('users')
        .set({ last_login_at: at })
        .where('id', '=', id)
        .where('is_active', '=', 1);
      return (await same.where('password', '=', password).executeTakeFirst()).numUpdatedRows > 0n;
    },
    async setPassword(id, hash) {
      await db.updateTable('users').set({ password: hash }).where('id', '=', id).execute();
    },
    async remove(id) {
      const { numDeletedRows } = await db.deleteFrom('users').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
