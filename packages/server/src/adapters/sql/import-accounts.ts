import type { Insertable, Kysely } from 'kysely';
import type { AccountToAdd, AccountToChange, HeldAccount } from '../../domain/import/import-store.ts';
import { passwordDigest } from '../../domain/import/merge.ts';
import { ACCOUNT_COLUMNS, changeProfile, flag, letGo, toAccount } from './accounts.ts';
import { isPostgres, parts } from './bulk.ts';
import { claimOrShare, claimsOf } from './import-names.ts';
import { tie, tieAnew, tiesOf } from './import-ties.ts';
import type { DjangoAccountTable, ProfileTable, Tables, UserTable } from './tables.ts';
import { renewUserWords } from './user-words.ts';

/** Those of the ids that are here or came from there, in at most four queries. */
export async function accountsFrom(db: Kysely<Tables>, ids: readonly number[]): Promise<HeldAccount[]> {
  if (ids.length === 0) return [];
  const bases = await db
    .selectFrom('django_accounts')
    .select(['user_id', 'base'])
    .where('user_id', 'in', ids)
    .execute();
  const select = db
    .selectFrom('users')
    .leftJoin('profiles', 'profiles.user_id', 'users.id')
    .select([...ACCOUNT_COLUMNS, 'profiles.first_name', 'profiles.last_name'])
    .where('users.id', 'in', ids);
  // A login or a change of password waits until we have compared and written. SQLite has one writer anyway.
  const locked = db.isTransaction && isPostgres(db) ? select.forUpdate('users') : select;
  const rows = await locked.execute();
  const ties = rows.length === 0 ? undefined : await tiesOf(db, ids);
  const now = new Map<number, HeldAccount['now']>();
  for (const row of rows) {
    const { id, profile, password, ...account } = toAccount(row);
    now.set(id, {
      ...account,
      ...profile,
      id,
      password: passwordDigest(password),
      storedPassword: password,
      groups: ties?.groups.get(id) ?? [],
      permissions: ties?.permissions.get(id) ?? [],
      firstName: row.first_name ?? '',
      lastName: row.last_name ?? '',
    });
  }
  const base = new Map(bases.map((row) => [row.user_id, JSON.parse(row.base)]));
  const known = new Set([...base.keys(), ...now.keys()]);
  return [...known].map((id) => ({ id, base: base.get(id), now: now.get(id) }));
}

function userRow(account: AccountToAdd): Insertable<UserTable> {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    password: account.password,
    is_active: flag(account.isActive),
    is_staff: flag(account.isStaff),
    is_superuser: flag(account.isSuperuser),
    created_at: account.createdAt,
    last_login_at: account.lastLoginAt ?? null,
  };
}

function profileRows({ id, profile, firstName, lastName }: AccountToAdd): Insertable<ProfileTable>[] {
  if (profile === undefined) return [];
  const { fullName, bio, image, verified } = profile;
  const names = { full_name: fullName, first_name: firstName, last_name: lastName };
  return [{ user_id: id, ...names, bio, image, verified: flag(verified) }];
}

const baseRow = ({ id, base }: Pick<AccountToAdd, 'id' | 'base'>): DjangoAccountTable => ({
  user_id: id,
  base: JSON.stringify(base),
});

/** Ids of accounts that are here or came from there, in their order. */
export async function idsAfter(db: Kysely<Tables>, after: number, limit: number): Promise<number[]> {
  const here = db.selectFrom('users').select('id').where('id', '>', after);
  const there = db.selectFrom('django_accounts').select('user_id as id').where('user_id', '>', after);
  const rows = await here.union(there).orderBy('id').limit(limit).execute();
  return rows.map(({ id }) => id);
}

/** Notes what both sides agree on, of accounts old and new. */
export async function agree(
  db: Kysely<Tables>,
  accounts: readonly Pick<AccountToAdd, 'id' | 'base'>[],
): Promise<void> {
  for (const part of parts(accounts.map(baseRow), 2))
    await db
      .insertInto('django_accounts')
      .values(part)
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet((eb) => ({ base: eb.ref('excluded.base') })),
      )
      .execute();
}

export async function addAccounts(db: Kysely<Tables>, accounts: readonly AccountToAdd[]): Promise<void> {
  for (const part of parts(accounts.map(userRow), 9)) await db.insertInto('users').values(part).execute();
  for (const part of parts(accounts.flatMap(profileRows), 7))
    await db.insertInto('profiles').values(part).execute();
  for (const part of parts(accounts.map(baseRow), 2))
    await db.insertInto('django_accounts').values(part).execute();
  await tie(
    db,
    accounts.map(({ id, base }) => ({ id, groups: base.groups, permissions: base.permissions })),
  );
  await claimOrShare(db, accounts);
  await renewUserWords(
    db,
    accounts.map(({ id }) => id),
  );
}

/** The columns of `users` that change. */
function userChanges({ bring, password }: AccountToChange) {
  const { username, email, isActive, isStaff, isSuperuser, lastLoginAt } = bring;
  return {
    ...(username !== undefined && { username }),
    ...(email !== undefined && { email }),
    ...(password !== undefined && { password }),
    ...(isActive !== undefined && { is_active: flag(isActive) }),
    ...(isStaff !== undefined && { is_staff: flag(isStaff) }),
    ...(isSuperuser !== undefined && { is_superuser: flag(isSuperuser) }),
    ...(lastLoginAt !== undefined && { last_login_at: lastLoginAt }),
  };
}

async function changeProfileOf(db: Kysely<Tables>, { id, bring }: AccountToChange): Promise<void> {
  const { fullName, bio, image, verified, firstName, lastName } = bring;
  if ([fullName, bio, image, verified].some((claim) => claim !== undefined)) {
    const claims = { fullName, bio, image, verified };
    const given = Object.fromEntries(Object.entries(claims).filter(([, claim]) => claim !== undefined));
    await changeProfile(db, id, given);
  }
  const names = {
    ...(firstName !== undefined && { first_name: firstName }),
    ...(lastName !== undefined && { last_name: lastName }),
  };
  if (Object.keys(names).length > 0)
    await db.updateTable('profiles').set(names).where('user_id', '=', id).execute();
}

async function renewNames(db: Kysely<Tables>, { id, bring, before }: AccountToChange): Promise<void> {
  const { username = before.username, email = before.email } = bring;
  const after = { id, username, email };
  await claimOrShare(db, [after]);
  const kept = new Set(claimsOf(after).map(({ name }) => name));
  const old = claimsOf({ id, ...before }).map(({ name }) => name);
  await letGo(
    db,
    id,
    old.filter((name) => !kept.has(name)),
  );
}

/** One account after the other: that many change between two runs that each takes its own statements. */
export async function changeAccounts(
  db: Kysely<Tables>,
  accounts: readonly AccountToChange[],
): Promise<void> {
  for (const account of accounts) {
    const { id, bring, base } = account;
    const columns = userChanges(account);
    if (Object.keys(columns).length > 0)
      await db.updateTable('users').set(columns).where('id', '=', id).execute();
    await changeProfileOf(db, account);
    if (bring.username !== undefined || bring.email !== undefined) await renewNames(db, account);
    if (base !== undefined)
      await db.updateTable('django_accounts').set(baseRow({ id, base })).where('user_id', '=', id).execute();
  }
  const renamed = accounts.filter(({ bring }) =>
    [bring.username, bring.email, bring.fullName, bring.firstName, bring.lastName].some(
      (name) => name !== undefined,
    ),
  );
  await renewUserWords(
    db,
    renamed.map(({ id }) => id),
  );
  await tieAnew(
    db,
    accounts.map(({ id, bring }) => ({ id, groups: bring.groups, permissions: bring.permissions })),
  );
}
