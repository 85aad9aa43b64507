import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Span, UserColumn, UserFilter } from '../../domain/admin/users/user-list.ts';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

/** One thing that is asked of accounts in a list. */
export interface Condition {
  /** the ids of those that fit (`isFor`) or do not fit, by an index, some perhaps twice */
  readonly ids: RawBuilder<unknown>;
  readonly isFor: boolean;
  /** it bounds the list itself, which is sorted by what it is about */
  readonly isBound?: boolean;
  /** is it so of the row of `users` and `profiles`? */
  readonly holds: RawBuilder<SqlBool>;
}

/** A column, and how SQLite is kept from going by its index: it knows nothing of how many rows fit. */
type Column = (name: string) => RawBuilder<unknown>;

/** As the index `users_by_hash` has it. */
function hashOf(db: Kysely<Tables>): RawBuilder<string> {
  const dollar = isPostgres(db) ? sql`strpos(password, '$')` : sql`instr(password, '$')`;
  return sql`case when password = '' then '' when substr(password, 1, 1) = '!' then '!'
    when ${dollar} = 0 then 'unsalted_md5' else substr(password, 1, ${dollar} - 1) end`;
}

/** Words from the term on, up to the last that begins with it. */
const beginsWith = (term: string) => sql`word >= ${term} and word < ${`${term}\u{10ffff}`}`;

function termCondition(term: string, id: number | undefined): Condition {
  const words = sql`select user_id as id from user_words where ${beginsWith(term)}`;
  // A subquery for its value: nothing that PostgreSQL would make a join of.
  const holds = sql<SqlBool>`coalesce((select 1 from user_words where user_id = users.id and ${beginsWith(term)} limit 1), 0) = 1`;
  if (id === undefined) return { ids: words, isFor: true, holds };
  return {
    isFor: true,
    ids: sql`select id from (select id from users where id = ${id} union all ${words}) as found`,
    holds: sql`(users.id = ${id} or ${holds})`,
  };
}

function searchConditions({ terms, id }: UserFilter): Condition[] {
  if (terms.length > 0) return terms.map((term) => termCondition(term, id));
  if (id === undefined) return [];
  return [{ ids: sql`select id from users where id = ${id}`, isFor: true, holds: sql`users.id = ${id}` }];
}

function groupConditions({ groupId }: UserFilter): Condition[] {
  if (groupId === undefined) return [];
  const isIn = sql`select 1 from user_groups where user_id = users.id and group_id = ${groupId}`;
  const ids = sql`select user_id as id from user_groups where group_id = ${groupId}`;
  return [{ ids, isFor: true, holds: sql`coalesce((${isIn}), 0) = 1` }];
}

function flagConditions(
  { isActive, isStaff, isSuperuser, verified }: UserFilter,
  column: Column,
): Condition[] {
  const flags = [
    { name: 'is_active', wanted: isActive, few: false },
    { name: 'is_staff', wanted: isStaff, few: true },
    { name: 'is_superuser', wanted: isSuperuser, few: true },
  ];
  const conditions = flags.flatMap(({ name, wanted, few }): Condition[] => {
    if (wanted === undefined) return [];
    const ids = sql`select id from users where ${sql.ref(name)} = ${sql.lit(few ? 1 : 0)}`;
    const holds = sql<SqlBool>`${column(`users.${name}`)} = ${sql.lit(wanted ? 1 : 0)}`;
    return [{ ids, isFor: wanted === few, holds }];
  });
  if (verified === undefined) return conditions;
  const value = sql.lit(verified ? 1 : 0);
  const ids = sql`select user_id as id from profiles where verified = ${value}`;
  return [...conditions, { ids, isFor: true, holds: sql`${column('profiles.verified')} = ${value}` }];
}

function passwordConditions(db: Kysely<Tables>, { hash, hasUsablePassword }: UserFilter): Condition[] {
  const stored = hashOf(db);
  const those = (fits: RawBuilder<SqlBool>) => sql`select id from users where ${fits}`;
  const isSo = sql<SqlBool>`${stored} = ${hash}`;
  const isUnusable = sql<SqlBool>`${stored} in ('', '!')`;
  const ofHash = { ids: those(isSo), isFor: true, holds: sql<SqlBool>`(${isSo}) is true` };
  const ofUse = {
    ids: those(isUnusable),
    isFor: hasUsablePassword === false,
    holds: hasUsablePassword ? sql<SqlBool>`(${isUnusable}) is false` : sql<SqlBool>`(${isUnusable}) is true`,
  };
  return [...(hash === undefined ? [] : [ofHash]), ...(hasUsablePassword === undefined ? [] : [ofUse])];
}

/** `isBound`: the list is sorted by the value, whose index is the one to go by. */
function spanConditions(value: RawBuilder<unknown>, { from, until }: Span, isBound: boolean): Condition[] {
  const within = (one: RawBuilder<unknown>) => {
    const ends = [
      ...(from === undefined ? [] : [sql<SqlBool>`${one} >= ${from}`]),
      ...(until === undefined ? [] : [sql<SqlBool>`${one} < ${until}`]),
    ];
    return sql<SqlBool>`(${sql.join(ends, sql` and `)})`;
  };
  if (from === undefined && until === undefined) return [];
  const ids = sql`select id from users where ${within(value)}`;
  return [{ ids, isFor: true, isBound, holds: isBound ? within(value) : within(sql`(${value} + 0)`) }];
}

function timeConditions(filter: UserFilter, sortedBy: UserColumn | undefined): Condition[] {
  const { joined = {}, lastLogin, neverLoggedIn } = filter;
  const login = sql`coalesce(users.last_login_at, 0)`;
  const never = neverLoggedIn ? { from: 0, until: 1 } : undefined;
  const span = never ?? (lastLogin && { ...lastLogin, from: lastLogin.from ?? 1 }) ?? {};
  return [
    ...spanConditions(sql`users.created_at`, joined, sortedBy === 'date_joined'),
    ...spanConditions(login, span, sortedBy === 'last_login'),
  ];
}

/**
 * What a filter asks of accounts. `sortedBy`: the column by which the list is sorted, if it is. What few accounts
 * may be expected to fit comes first.
 */
export function conditionsOf(db: Kysely<Tables>, filter: UserFilter, sortedBy?: UserColumn): Condition[] {
  const column: Column = (name) => (isPostgres(db) ? sql.ref(name) : sql`+${sql.ref(name)}`);
  return [
    ...searchConditions(filter),
    ...groupConditions(filter),
    ...passwordConditions(db, filter),
    ...flagConditions(filter, column),
    ...timeConditions(filter, sortedBy),
  ];
}
