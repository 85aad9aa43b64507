import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Span, UserColumn, UserFilter } from '../../domain/admin/users/user-list.ts';
import { isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';

/** One thing that is asked of accounts in a list. */
export interface Condition {
  /** the ids of those that fit (`isFor`) or do not fit, by an index, some perhaps twice */
  readonly ids: RawBuilder<unknown>;
  readonly isFor: boolean;
  /** it is about a column of `users`, of which PostgreSQL knows how many rows fit */
  readonly isOfRow?: boolean;
  /** it bounds the list itself, which is sorted by what it is about */
  readonly isBound?: boolean;
  /** is it so of the row of `users` and `profiles`? */
  readonly holds: RawBuilder<SqlBool>;
}

/** A value as it is, but that SQLite does not go by its index: it knows nothing of how many rows fit. */
type Hide = (value: RawBuilder<unknown>) => RawBuilder<unknown>;

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

function flagConditions({ isActive, isStaff, isSuperuser, verified }: UserFilter, hide: Hide): Condition[] {
  const flags = [
    { name: 'is_active', wanted: isActive, few: false },
    { name: 'is_staff', wanted: isStaff, few: true },
    { name: 'is_superuser', wanted: isSuperuser, few: true },
  ];
  const conditions = flags.flatMap(({ name, wanted, few }): Condition[] => {
    if (wanted === undefined) return [];
    const ids = sql`select id from users where ${sql.ref(name)} = ${sql.lit(few ? 1 : 0)}`;
    const holds = sql<SqlBool>`${hide(sql.ref(`users.${name}`))} = ${sql.lit(wanted ? 1 : 0)}`;
    return [{ ids, isFor: wanted === few, isOfRow: true, holds }];
  });
  if (verified === undefined) return conditions;
  const value = sql.lit(verified ? 1 : 0);
  const ids = sql`select user_id as id from profiles where verified = ${value}`;
  return [...conditions, { ids, isFor: true, holds: sql`${hide(sql.ref('profiles.verified'))} = ${value}` }];
}

function passwordConditions(
  db: Kysely<Tables>,
  { hash, hasUsablePassword }: UserFilter,
  hide: Hide,
): Condition[] {
  const stored = hashOf(db);
  const those = (fits: RawBuilder<SqlBool>) => sql`select id from users where ${fits}`;
  const conditions: Condition[] = [];
  if (hash !== undefined) {
    // Literally: a plan that is made once for all of them is none for those that nobody has.
    const name = sql.lit(hash);
    const holds = sql<SqlBool>`${hide(stored)} = ${name}`;
    conditions.push({ ids: those(sql`${stored} = ${name}`), isFor: true, isOfRow: true, holds });
  }
  if (hasUsablePassword !== undefined) {
    const isUnusable = sql<SqlBool>`${hide(stored)} in ('', '!')`;
    const holds = hasUsablePassword ? sql<SqlBool>`not ${isUnusable}` : isUnusable;
    const ids = those(sql`${stored} in ('', '!')`);
    conditions.push({ ids, isFor: !hasUsablePassword, isOfRow: true, holds });
  }
  return conditions;
}

/** `isBound`: the list is sorted by the value, whose index is the one to go by. */
function spanConditions(
  value: RawBuilder<unknown>,
  { from, until }: Span,
  isBound: boolean,
  hide: Hide,
): Condition[] {
  const within = (one: RawBuilder<unknown>) => {
    const ends = [
      ...(from === undefined ? [] : [sql<SqlBool>`${one} >= ${from}`]),
      ...(until === undefined ? [] : [sql<SqlBool>`${one} < ${until}`]),
    ];
    return sql<SqlBool>`(${sql.join(ends, sql` and `)})`;
  };
  if (from === undefined && until === undefined) return [];
  const ids = sql`select id from users where ${within(value)}`;
  return [{ ids, isFor: true, isOfRow: true, isBound, holds: within(isBound ? value : hide(value)) }];
}

function timeConditions(filter: UserFilter, sortedBy: UserColumn | undefined, hide: Hide): Condition[] {
  const { joined = {}, lastLogin, neverLoggedIn } = filter;
  const login = sql`coalesce(users.last_login_at, 0)`;
  const never = neverLoggedIn ? { from: 0, until: 1 } : undefined;
  const span = never ?? (lastLogin && { ...lastLogin, from: lastLogin.from ?? 1 }) ?? {};
  return [
    ...spanConditions(sql`users.created_at`, joined, sortedBy === 'date_joined', hide),
    ...spanConditions(login, span, sortedBy === 'last_login', hide),
  ];
}

/**
 * What a filter asks of accounts. `sortedBy`: the column by which the list is sorted, if it is. What few accounts
 * may be expected to fit comes first.
 */
export function conditionsOf(db: Kysely<Tables>, filter: UserFilter, sortedBy?: UserColumn): Condition[] {
  const hide: Hide = (value) => (isPostgres(db) ? value : sql`+(${value})`);
  return [
    ...searchConditions(filter),
    ...groupConditions(filter),
    ...passwordConditions(db, filter, hide),
    ...flagConditions(filter, hide),
    ...timeConditions(filter, sortedBy, hide),
  ];
}
