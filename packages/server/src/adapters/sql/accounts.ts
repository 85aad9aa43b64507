import type { Kysely, Selectable } from 'kysely';
import { loginKey, MOST_CLAIMANTS, ownerOfLogin } from '../../domain/accounts/login-name.ts';
import { VOID_WITH_PASSWORD } from '../../domain/email/link.ts';
import type {
  Account,
  AccountChanges,
  AccountStore,
  Added,
  Changed,
  NewAccount,
  Profile,
} from '../../domain/store.ts';
import { isOneOf, isPostgres } from './bulk.ts';
import { hotQuery } from './hot-query.ts';
import { isLastSuperuser, lockSuperusers } from './last-superuser.ts';
import { lockAccount } from './lock-account.ts';
import type { Flag, ProfileTable, Tables, UserTable } from './tables.ts';
import { addUserWords, renewUserWords } from './user-words.ts';

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
  'users.requires_new_password',
  'profiles.full_name',
  'profiles.bio',
  'profiles.image',
  'profiles.verified',
] as const;

export type AccountRow = Selectable<Omit<UserTable, 'tokens_valid_from' | 'erase_at'>> & {
  [K in 'full_name' | 'bio' | 'image' | 'verified']: ProfileTable[K] | null;
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
    requiresNewPassword: row.requires_new_password === 1,
    profile: {
      fullName: row.full_name ?? '',
      bio: row.bio ?? '',
      image: row.image ?? 'default.jpg',
      verified: row.verified === 1,
    },
  };
}

const NEW_PROFILE = { full_name: '', bio: '', image: 'default.jpg', verified: 0 } as const;

/** Claims the names for the account; gives back those that somebody else has. */
async function claimNames(
  db: Kysely<Tables>,
  userId: number,
  names: readonly string[],
): Promise<Set<string>> {
  // Sorted: two who claim each other's names wait for one another in one order, and do not lock up.
  const wanted = [...new Set(names)].sort();
  const rows = await db
    .insertInto('login_names')
    .values(wanted.map((name) => ({ name, user_id: userId })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  const claimed = new Set(rows.map((row) => row.name));
  // Asked last: what an import adds after this belongs to somebody who came later.
  const contested = await db
    .selectFrom('contested_names')
    .select('name')
    .where('name', 'in', wanted)
    .where('user_id', '<>', userId)
    .execute();
  for (const { name } of contested) claimed.delete(name);
  return new Set(wanted.filter((name) => !claimed.has(name)));
}

type Named = Pick<NewAccount, 'username' | 'email'>;

const NAME_FIELDS = ['username', 'email'] as const;

function namesOf(account: Named): string[] {
  return NAME_FIELDS.map((field) => account[field])
    .filter((name) => name !== '')
    .map(loginKey);
}

function fieldsOf(lost: ReadonlySet<string>, account: Named): readonly ('username' | 'email')[] {
  return NAME_FIELDS.filter((field) => account[field] !== '' && lost.has(loginKey(account[field])));
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
    return { taken: fieldsOf(lost, account) };
  }
  await db
    .insertInto('profiles')
    .values({ ...NEW_PROFILE, user_id: id })
    .execute();
  await addUserWords(db, { id, username: account.username, email: account.email });
  return { id };
}

async function change(db: Kysely<Tables>, id: number, changes: AccountChanges): Promise<Changed> {
  const takesRights = [changes.isActive, changes.isStaff, changes.isSuperuser].includes(false);
  if (takesRights && (await isLastSuperuser(db, id))) return 'last_superuser';
  await lockAccount(db, id);
  const before = await db.selectFrom('users').select(NAME_FIELDS).where('id', '=', id).executeTakeFirst();
  if (before === undefined) return 'missing';
  const { username, email, isActive, isStaff, isSuperuser, requiresNewPassword, profile } = changes;
  const after = { username: username ?? before.username, email: email ?? before.email };
  const lost = await exchangeNames(db, id, namesOf(before), namesOf(after));
  if (lost.size > 0) return { taken: fieldsOf(lost, after) };
  const columns = {
    ...(username !== undefined && { username }),
    ...(email !== undefined && { email }),
    ...(isActive !== undefined && { is_active: flag(isActive) }),
    // who is made active is not to be erased any more
    ...(isActive && { erase_at: null }),
    ...(isStaff !== undefined && { is_staff: flag(isStaff) }),
    ...(isSuperuser !== undefined && { is_superuser: flag(isSuperuser) }),
    ...(requiresNewPassword !== undefined && { requires_new_password: flag(requiresNewPassword) }),
  };
  if (Object.keys(columns).length > 0)
    await db.updateTable('users').set(columns).where('id', '=', id).execute();
  if (profile !== undefined) await changeProfile(db, id, profile);
  const isRenamed = after.username !== before.username || after.email !== before.email;
  if (isRenamed && profile?.fullName === undefined) await renewUserWords(db, [id]);
  return 'changed';
}

/** New names are claimed before old ones are let go. Gives back those that somebody else has; then nothing changed. */
async function exchangeNames(
  db: Kysely<Tables>,
  id: number,
  before: string[],
  after: string[],
): Promise<Set<string>> {
  const wanted = after.filter((name) => !before.includes(name));
  const lost = wanted.length > 0 ? await claimNames(db, id, wanted) : new Set<string>();
  const unneeded = lost.size > 0 ? wanted : before.filter((name) => !after.includes(name));
  await letGo(db, id, unneeded);
  return lost;
}

/** The account gives the names up, whether it has them alone or with others. */
export async function letGo(db: Kysely<Tables>, id: number, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  for (const table of ['login_names', 'contested_names'] as const)
    await db.deleteFrom(table).where('user_id', '=', id).where('name', 'in', names).execute();
}

export async function changeProfile(
  db: Kysely<Tables>,
  id: number,
  profile: Partial<Profile>,
): Promise<void> {
  const { fullName, bio, image, verified } = profile;
  const columns = {
    ...(fullName !== undefined && { full_name: fullName }),
    ...(bio !== undefined && { bio }),
    ...(image !== undefined && { image }),
    ...(verified !== undefined && { verified: flag(verified) }),
  };
  const row = { ...NEW_PROFILE, ...columns, user_id: id };
  // Imported data may lack the row.
  const insert = db.insertInto('profiles').values(row);
  await insert
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ user_id: id, ...columns }))
    .execute();
  if (fullName !== undefined) await renewUserWords(db, [id]);
}

/** Ten runs of neighbours, the same distance apart: indexed, and the same for every server. */
async function samplePasswords(db: Kysely<Tables>, limit: number): Promise<string[]> {
  const { first, last } = await db
    .selectFrom('users')
    .select(({ fn }) => [fn.min('id').as('first'), fn.max('id').as('last')])
    .executeTakeFirstOrThrow();
  const found: string[] = [];
  let next = first ?? 0;
  for (let run = 0; run < 10 && next <= (last ?? -1); run += 1) {
    const start = Math.max(next, first + Math.floor((run * (last - first)) / 10));
    const users = db.selectFrom('users').select(['id', 'password']).where('id', '>=', start);
    const rows = await users
      .orderBy('id')
      .limit(limit / 10)
      .execute();
    found.push(...rows.map((row) => row.password));
    next = (rows.at(-1)?.id ?? last) + 1;
  }
  return found;
}

/** Who has the name, alone or with others. */
function claimsOf(db: Kysely<Tables>, key: string) {
  const contested = db.selectFrom('contested_names').select('user_id').where('name', '=', key);
  return db.selectFrom('login_names').select('user_id').where('name', '=', key).unionAll(contested);
}

/** The accounts that have a name; those who spell it exactly so come first. */
const selectClaimants = hotQuery<{ login: string; key: string }>()((db, place) =>
  db
    .selectFrom('users')
    .leftJoin('profiles', 'profiles.user_id', 'users.id')
    .select(ACCOUNT_COLUMNS)
    .where('users.id', 'in', claimsOf(db, place('key')))
    .orderBy((eb) => eb('users.username', '=', place('login')), 'desc')
    .orderBy((eb) => eb('users.email', '=', place('login')), 'desc')
    .limit(MOST_CLAIMANTS),
);

async function claimantsOf(db: Kysely<Tables>, login: string): Promise<Account[]> {
  return (await selectClaimants(db, { login, key: loginKey(login) })).rows.map(toAccount);
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
    named: (limit) =>
      db.selectFrom('users').select(['id', 'username', 'email']).orderBy('id').limit(limit).execute(),
    async usernamesOf(ids) {
      if (ids.length === 0) return new Map();
      const query = db.selectFrom('users').select(['id', 'username']).where(isOneOf(db, ids));
      return new Map((await query.execute()).map(({ id, username }) => [id, username]));
    },
    claimantsOf: (login) => claimantsOf(db, login),
    async byLoginName(login) {
      return ownerOfLogin(login, 'name', await claimantsOf(db, login));
    },
    async loginNameIsTaken(name) {
      return (await claimsOf(db, loginKey(name)).limit(1).execute()).length > 0;
    },
    async exchangeProfile(id, profile) {
      // Locks the row: what is read then is what is replaced.
      await db.updateTable('users').set({ id }).where('id', '=', id).execute();
      const one = () => accounts().where('users.id', '=', id).executeTakeFirst();
      const before = await one();
      if (before === undefined) return undefined;
      await changeProfile(db, id, profile);
      const after = await one();
      return after && { before: toAccount(before), after: toAccount(after) };
    },
    isLastSuperuser: (id) => isLastSuperuser(db, id),
    lockSuperusers: async () => void (await lockSuperusers(db)),
    samplePasswords: (limit) => samplePasswords(db, limit),
    async admit(id, password, at, upgraded) {
      const same = db
        .updateTable('users')
        .set({ last_login_at: at, ...(upgraded !== undefined && { password: upgraded }) })
        .where('id', '=', id)
        .where('is_active', '=', 1);
      return (await same.where('password', '=', password).executeTakeFirst()).numUpdatedRows > 0n;
    },
    async stillHasPassword(id, stored) {
      const same = db.selectFrom('users').select('id').where('id', '=', id).where('password', '=', stored);
      const locked = isPostgres(db) ? same.forNoKeyUpdate() : same;
      return (await locked.executeTakeFirst()) !== undefined;
    },
    async setPassword(id, hash, expected) {
      const columns = { password: hash, requires_new_password: 0 } as const;
      const his = db.updateTable('users').set(columns).where('id', '=', id);
      const same = expected === undefined ? his : his.where('password', '=', expected);
      if ((await same.executeTakeFirst()).numUpdatedRows === 0n) return false;
      const links = db.deleteFrom('mail_links').where('user_id', '=', id);
      await links.where('purpose', 'in', VOID_WITH_PASSWORD).execute();
      return true;
    },
  };
}
