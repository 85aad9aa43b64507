import { type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { cutPage, type Page, type PageRequest } from '../../domain/admin/page.ts';
import type {
  PlacedAccount,
  UserColumn,
  UserFilter,
  UserKey,
  UserListStore,
  UserOrder,
} from '../../domain/admin/users/user-list.ts';
import type { Account } from '../../domain/store.ts';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accounts.ts';
import { isOneOf, isPostgres } from './bulk.ts';
import type { Tables } from './tables.ts';
import { type Condition, conditionsOf } from './user-conditions.ts';

/** When a list is read in which way. */
interface Limits {
  /** more accounts than this are not sorted, for a page's are found sooner by walking along the order */
  readonly mostSorted: number;
  /** so many are looked at one by one on the way; then it goes on with sets of ids, which take time to make */
  readonly firstSteps: number;
}

const USUAL: Limits = { mostSorted: 5_000, firstSteps: 5_000 };

const SORTED_BY: Readonly<Record<UserColumn, RawBuilder<string | number>>> = {
  id: sql`users.id`,
  username: sql`lower(users.username)`,
  email: sql`lower(users.email)`,
  date_joined: sql`users.created_at`,
  last_login: sql`coalesce(users.last_login_at, 0)`,
};

type Ids = RawBuilder<unknown>;

async function countUpTo(db: Kysely<Tables>, ids: Ids, most: number): Promise<number> {
  const some = db.selectFrom(sql<{ id: number }>`(${ids} limit ${sql.lit(most)})`.as('found'));
  const { found } = await some.select(({ fn }) => fn.countAll().as('found')).executeTakeFirstOrThrow();
  return Number(found);
}

/** The ids, or undefined when they are too many to be sorted. */
async function fewOf(db: Kysely<Tables>, ids: Ids, most: number): Promise<readonly number[] | undefined> {
  const some = db.selectFrom(sql<{ id: number }>`(${ids} limit ${sql.lit(most + 1)})`.as('found'));
  const rows = await some.select('id').execute();
  return rows.length > most ? undefined : [...new Set(rows.map(({ id }) => id))];
}

/** The ids of those that fit all conditions, each once; undefined when no condition has those that fit. */
function idsOfAll(conditions: readonly Condition[]): Ids | undefined {
  const those = (isFor: boolean) => conditions.filter((one) => one.isFor === isFor);
  const from = ({ ids }: Condition) => sql`select id from (${ids}) as found`;
  const [first, ...more] = those(true).map(from);
  if (first === undefined) return undefined;
  const and = more.map((ids) => sql`intersect ${ids}`);
  const butNot = those(false).map((one) => sql`except ${from(one)}`);
  return sql.join([first, ...and, ...butNot], sql` `);
}

/** The accounts that fit, where so few do that they can be sorted. */
async function fewThatFit(
  db: Kysely<Tables>,
  conditions: readonly Condition[],
  most: number,
): Promise<readonly number[] | undefined> {
  const those = conditions.filter(({ isFor }) => isFor);
  for (const { ids } of those) {
    const few = await fewOf(db, ids, most);
    if (few !== undefined) return few;
  }
  const ids = those.length > 1 ? idsOfAll(conditions) : undefined;
  return ids && fewOf(db, ids, most);
}

function beyond(by: RawBuilder<unknown>, [value, id]: UserKey, isDown: boolean): RawBuilder<SqlBool> {
  if (by === SORTED_BY.id) return isDown ? sql`users.id < ${id}` : sql`users.id > ${id}`;
  return isDown ? sql`(${by}, users.id) < (${value}, ${id})` : sql`(${by}, users.id) > (${value}, ${id})`;
}

function listed(db: Kysely<Tables>) {
  return db.selectFrom('users').leftJoin('profiles', 'profiles.user_id', 'users.id');
}

/**
 * A condition as a set of ids, which is made once. SQLite looks into it while it walks along the order; PostgreSQL joins it,
 * where it is of another table, and is kept (`offset 0`) from looking each account up there.
 */
function bySet(db: Kysely<Tables>, { ids, isFor, isOfRow, holds }: Condition): RawBuilder<SqlBool> {
  if (isPostgres(db))
    return isFor && !isOfRow ? sql`users.id in (select id from (${ids} offset 0) as those)` : holds;
  return isFor ? sql`+users.id in (${ids})` : sql`+users.id not in (${ids})`;
}

/** A part of a list: in which order, from where, and how many are read. */
interface Part {
  readonly by: RawBuilder<string | number>;
  readonly direction: 'asc' | 'desc';
  readonly limit: number;
  /** where it begins */
  readonly bounds: readonly RawBuilder<SqlBool>[];
}

function inOrder<O>(query: SelectQueryBuilder<Tables, 'users', O>, { by, direction }: Part) {
  const sorted = by === SORTED_BY.id ? query : query.orderBy(by, direction);
  return sorted.orderBy('users.id', direction);
}

async function read(
  db: Kysely<Tables>,
  part: Part,
  conditions: readonly RawBuilder<SqlBool>[],
): Promise<PlacedAccount[]> {
  const query = listed(db).select(ACCOUNT_COLUMNS).select(part.by.as('place'));
  const some = [...part.bounds, ...conditions].reduce((made, one) => made.where(one), query);
  const rows = await inOrder(some as never, part)
    .limit(part.limit)
    .execute();
  return (rows as (AccountRow & { place: string | number })[]).map((row) => {
    return { account: toAccount(row), key: [row.place, row.id] };
  });
}

/** The keys of a part alone: that needs nothing but indexes, where no condition is of the row. */
async function keysOf(
  db: Kysely<Tables>,
  part: Part,
  conditions: readonly RawBuilder<SqlBool>[],
): Promise<readonly UserKey[]> {
  const query = listed(db).select(['users.id', part.by.as('place')]);
  const some = [...part.bounds, ...conditions].reduce((made, one) => made.where(one), query);
  const rows = await inOrder(some as never, part)
    .limit(part.limit)
    .execute();
  return (rows as { id: number; place: string | number }[]).map(({ id, place }) => [place, id]);
}

/** Where an account stands, and the account, unless it was deleted after its key was found. */
interface Place {
  readonly key: UserKey;
  readonly account: Account | undefined;
}

async function accountsAt(db: Kysely<Tables>, keys: readonly UserKey[]): Promise<readonly Place[]> {
  const ids = keys.map(([, id]) => id);
  const rows = await listed(db).select(ACCOUNT_COLUMNS).where(isOneOf(db, ids)).execute();
  const accounts = new Map((rows as AccountRow[]).map((row) => [row.id, toAccount(row)]));
  return keys.map((key) => ({ key, account: accounts.get(key[1]) }));
}

/** The keys of those that fit of the first few in the order; undefined when a page may need more. */
async function firstThatFit(
  db: Kysely<Tables>,
  part: Part,
  conditions: readonly Condition[],
  steps: number,
): Promise<readonly UserKey[] | undefined> {
  const { by, direction, bounds } = part;
  const all = bounds.reduce((made, one) => made.where(one), db.selectFrom('users').select('users.id'));
  const edge = await inOrder(all.select(by.as('place')), part)
    .limit(1)
    .offset(steps)
    .executeTakeFirst();
  const within = edge && [beyond(by, [edge.place, edge.id], direction === 'asc')];
  const near = { ...part, bounds: [...bounds, ...(within ?? [])] };
  const found = await keysOf(
    db,
    near,
    conditions.map(({ holds }) => holds),
  );
  return edge === undefined || found.length === part.limit ? found : undefined;
}

async function placesOf(
  db: Kysely<Tables>,
  { mostSorted, firstSteps }: Limits,
  conditions: readonly Condition[],
  part: Part,
): Promise<readonly Place[]> {
  if (conditions.length === 0) return read(db, part, []);
  const few = await fewThatFit(db, conditions, mostSorted);
  if (few !== undefined) return read(db, part, [isOneOf(db, few), ...conditions.map(({ holds }) => holds)]);
  const bounds = [...part.bounds, ...conditions.filter(({ isBound }) => isBound).map(({ holds }) => holds)];
  const bounded = { ...part, bounds };
  const first = await firstThatFit(db, bounded, conditions, firstSteps);
  const sets = () => conditions.map((condition) => bySet(db, condition));
  return accountsAt(db, first ?? (await keysOf(db, bounded, sets())));
}

const isThere = (place: Place): place is PlacedAccount => place.account !== undefined;

async function page(
  db: Kysely<Tables>,
  limits: Limits,
  filter: UserFilter,
  order: UserOrder,
  request: PageRequest<UserKey>,
): Promise<Page<PlacedAccount>> {
  const { column, descending } = order;
  const by = SORTED_BY[column];
  const isDown = descending !== (request.before !== undefined);
  const key = request.before ?? request.after;
  const bounds = key === undefined ? [] : [beyond(by, key, isDown)];
  const part = { by, direction: isDown ? 'desc' : 'asc', limit: request.size + 1, bounds } as const;
  const places = await placesOf(db, limits, conditionsOf(db, filter, column), part);
  // Whether there are more is told by what was found: what was deleted since does not end the list.
  const { results, ...more } = cutPage(places, request);
  const there = results.filter(isThere);
  // Without any there would be nothing to go on from.
  if (there.length === 0 && results.length > 0) return page(db, limits, filter, order, request);
  return { ...more, results: there };
}

async function count(db: Kysely<Tables>, filter: UserFilter): Promise<number> {
  const conditions = conditionsOf(db, filter);
  const countOf = async (ids: Ids) => {
    const found = db.selectFrom(sql<{ id: number }>`(${ids})`.as('found'));
    const row = await found
      .select(({ fn }) => fn.count('id').distinct().as('found'))
      .executeTakeFirstOrThrow();
    return Number(row.found);
  };
  const those = idsOfAll(conditions);
  if (those !== undefined) return countOf(those);
  const all = await countUpTo(db, sql`select id from users`, Number.MAX_SAFE_INTEGER);
  if (conditions.length === 0) return all;
  const others = conditions.map(({ ids }) => sql`select id from (${ids}) as found`);
  return all - (await countOf(sql.join(others, sql` union `)));
}

/** Lists of accounts on either database. With other limits than usual the answers are the same. */
export function userListStore(db: Kysely<Tables>, limits: Limits = USUAL): UserListStore {
  return {
    page: (filter, order, request) => page(db, limits, filter, order, request),
    count: (filter) => count(db, filter),
  };
}
