import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { cutPage, type PageRequest } from '../../domain/admin/page.ts';
import { keyOfToken } from '../../domain/admin/tokens/list.ts';
import type {
  FoundToken,
  ListedToken,
  TokenFilter,
  TokenKey,
  TokenListStore,
} from '../../domain/admin/tokens/token-store.ts';
import { isPostgres } from './bulk.ts';
import { slicesOfSessions } from './session-slices.ts';
import type { Tables } from './tables.ts';

/** The columns of both kinds, under one name. */
interface Row {
  jti: string;
  user_id: number | null;
  username: string | null;
  created_at: number | null;
  opened_at: number | null;
  expires_at: number;
  blacklisted_at: number | null;
  session_id: string | null;
}

const toToken =
  (kind: ListedToken['kind']) =>
  (row: Row): ListedToken => ({
    jti: row.jti,
    kind,
    user: row.user_id === null ? undefined : { id: row.user_id, username: row.username ?? undefined },
    createdAt: row.created_at ?? undefined,
    openedAt: row.opened_at ?? undefined,
    expiresAt: row.expires_at,
    blacklistedAt: row.blacklisted_at ?? undefined,
    sessionId: row.session_id ?? undefined,
  });

const sessionRows = (db: Kysely<Tables>) =>
  db
    .selectFrom('sessions')
    .leftJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'sessions.current_jti as jti',
      'sessions.user_id',
      'users.username',
      'sessions.issued_at as created_at',
      'sessions.created_at as opened_at',
      'sessions.expires_at',
      'sessions.ended_at as blacklisted_at',
      'sessions.id as session_id',
    ]);

/** One that a session has taken over is that session's. */
const djangoRows = (db: Kysely<Tables>) =>
  db
    .selectFrom('django_tokens')
    .leftJoin('users', 'users.id', 'django_tokens.user_id')
    .select(['django_tokens.jti', 'django_tokens.user_id', 'users.username'])
    .select(sql<number | null>`null`.as('created_at'))
    .select(sql<number | null>`null`.as('opened_at'))
    .select(['django_tokens.expires_at', 'django_tokens.blacklisted_at', 'django_tokens.session_id'])
    .where('django_tokens.session_id', 'is', null);

type Way = 'asc' | 'desc';

/** The rows from a key on, in an order. Both parts of the key one by one: SQLite takes an index for the first. */
function fromKey<T extends 'sessions' | 'django_tokens', O>(
  query: SelectQueryBuilder<Tables, T | 'users', O>,
  [first, second]: readonly [at: string, id: string],
  key: TokenKey | undefined,
  way: Way,
  limit: number,
) {
  const [at, id] = [sql.ref<number>(first), sql.ref<string>(second)];
  const ordered = query.orderBy(at, way).orderBy(id, way).limit(limit);
  if (key === undefined) return ordered;
  const [outer, inner] = way === 'desc' ? (['<=', '<'] as const) : (['>=', '>'] as const);
  return ordered
    .where((eb: ExpressionBuilder<Tables, T | 'users'>) => eb(at, outer, key[0]))
    .where((eb: ExpressionBuilder<Tables, T | 'users'>) =>
      eb.or([eb(at, inner, key[0]), eb(id, inner, key[1])]),
    );
}

async function sessionsOf(
  db: Kysely<Tables>,
  { state, userIds }: TokenFilter,
  key: TokenKey | undefined,
  way: Way,
  limit: number,
  now: number,
): Promise<ListedToken[]> {
  let query = sessionRows(db);
  if (userIds !== undefined) query = query.where('sessions.user_id', 'in', userIds);
  if (state === 'outstanding')
    query = query.where('sessions.ended_at', 'is', null).where('sessions.expires_at', '>', now);
  if (state === 'blacklisted') query = query.where('sessions.ended_at', 'is not', null);
  const at = state === 'blacklisted' ? 'sessions.ended_at' : 'sessions.created_at';
  const rows = await fromKey(query, [at, 'sessions.id'], key, way, limit).execute();
  return rows.map(toToken('session'));
}

async function djangosOf(
  db: Kysely<Tables>,
  { state, userIds }: TokenFilter,
  key: TokenKey | undefined,
  way: Way,
  limit: number,
  now: number,
): Promise<ListedToken[]> {
  let query = djangoRows(db);
  if (userIds !== undefined) query = query.where('django_tokens.user_id', 'in', userIds);
  if (state === 'outstanding')
    query = query
      .where('django_tokens.blacklisted_at', 'is', null)
      .where('django_tokens.expires_at', '>', now);
  if (state === 'blacklisted') query = query.where('django_tokens.blacklisted_at', 'is not', null);
  const at = state === 'blacklisted' ? 'django_tokens.blacklisted_at' : 'django_tokens.expires_at';
  const rows = await fromKey(query, [at, 'django_tokens.jti'], key, way, limit).execute();
  return rows.map(toToken('django'));
}

const compareKeys = ([at, id]: TokenKey, [other, otherId]: TokenKey) => at - other || (id < otherId ? -1 : 1);

async function list(db: Kysely<Tables>, filter: TokenFilter, page: PageRequest<TokenKey>, now: number) {
  const way = page.before === undefined ? 'desc' : 'asc';
  const about = [page.before ?? page.after, way, page.size + 1, now] as const;
  const both = [...(await sessionsOf(db, filter, ...about)), ...(await djangosOf(db, filter, ...about))];
  const keyOf = keyOfToken(filter);
  const sign = way === 'desc' ? -1 : 1;
  both.sort((a, b) => sign * compareKeys(keyOf(a), keyOf(b)));
  return cutPage(both, page);
}

/** Rows that are looked through in one statement. */
const SLICE = 10_000;

/** For want of an index, all of them are looked through. */
async function scanFor(db: Kysely<Tables>, jti: string): Promise<string | undefined> {
  const matches = db
    .selectFrom('sessions')
    .select('id')
    .where((eb) => eb.or([eb('current_jti', '=', jti), eb('previous_jti', '=', jti)]))
    .limit(1);
  if (isPostgres(db)) return (await matches.executeTakeFirst())?.id;
  for await (const slice of slicesOfSessions(db, SLICE)) {
    const found = await matches.where(slice).executeTakeFirst();
    if (found !== undefined) return found.id;
  }
  return undefined;
}

async function sessionById(db: Kysely<Tables>, id: string): Promise<FoundToken | undefined> {
  const query = db.selectFrom('sessions').select(['id', 'user_id']).where('id', '=', id);
  const row = await query.executeTakeFirst();
  return row && { kind: 'session', sessionId: row.id, userId: row.user_id };
}

async function find(db: Kysely<Tables>, text: string): Promise<FoundToken | undefined> {
  const djangos = await db
    .selectFrom('django_tokens')
    .select(['user_id', 'session_id'])
    .where('jti', '=', text)
    .executeTakeFirst();
  if (djangos !== undefined && djangos.session_id === null)
    return { kind: 'django', jti: text, userId: djangos.user_id ?? undefined };
  const known = await sessionById(db, djangos?.session_id ?? text);
  // Nothing of ours has another form.
  if (known !== undefined || !/^[0-9a-f]{32}$/.test(text)) return known;
  const id = await scanFor(db, text);
  return id === undefined ? undefined : sessionById(db, id);
}

async function one(db: Kysely<Tables>, found: FoundToken): Promise<ListedToken | undefined> {
  if (found.kind === 'session') {
    const row = await sessionRows(db).where('sessions.id', '=', found.sessionId).executeTakeFirst();
    return row && toToken('session')(row);
  }
  const row = await djangoRows(db).where('django_tokens.jti', '=', found.jti).executeTakeFirst();
  return row && toToken('django')(row);
}

/** The list of tokens on either database. */
export function tokenListStore(db: Kysely<Tables>): TokenListStore {
  return {
    list: (filter, page, now) => list(db, filter, page, now),
    find: (text) => find(db, text),
    one: (found) => one(db, found),
    async blacklist(jti, at) {
      const unused = db
        .updateTable('django_tokens')
        .set({ blacklisted_at: at })
        .where('jti', '=', jti)
        .where('session_id', 'is', null)
        .where('blacklisted_at', 'is', null);
      return (await unused.executeTakeFirst()).numUpdatedRows > 0n;
    },
  };
}
