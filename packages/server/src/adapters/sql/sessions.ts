import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import { CLOCK_TOLERANCE, type Limit } from '../../domain/limits/limit.ts';
import { spanOf } from '../../domain/limits/span.ts';
import { isParentInGrace } from '../../domain/sessions/grace.ts';
import type { Bearer, Holder, RotateRequest, Rotation, Session, SessionStore } from '../../domain/store.ts';
import { ACCOUNT_COLUMNS, toAccount } from './accounts.ts';
import { isPostgres } from './bulk.ts';
import { forbidTokensBefore } from './django-tokens-floor.ts';
import { hotQuery } from './hot-query.ts';
import { slicesOfSessions } from './session-slices.ts';
import type { SessionTable, Tables } from './tables.ts';

type SessionRow = Selectable<Omit<SessionTable, 'ip' | 'user_agent' | 'burst_since' | 'burst_count'>>;

const SESSION_COLUMNS = [
  'sessions.id',
  'sessions.user_id',
  'sessions.current_jti',
  'sessions.issued_at',
  'sessions.expires_at',
  'sessions.previous_jti',
  'sessions.rotated_at',
  'sessions.created_at',
  'sessions.ended_at',
] as const;

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    current: { jti: row.current_jti, issuedAt: row.issued_at, expiresAt: row.expires_at },
    previousJti: row.previous_jti ?? undefined,
    rotatedAt: row.rotated_at ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

const selectSession = hotQuery<{ id: string }>()((db, place) =>
  db.selectFrom('sessions').select(SESSION_COLUMNS).where('id', '=', place('id')),
);

async function byId(db: Kysely<Tables>, id: string): Promise<Session | undefined> {
  const [row] = (await selectSession(db, { id })).rows;
  return row && toSession(row);
}

type Consume = {
  sessionId: string;
  jti: string;
  next: string;
  issuedAt: number;
  expiresAt: number;
  at: number;
  window: number;
  tolerated: number;
  most: number;
};

/** The row counts its rotations in the same statement: a limit costs no further write. */
const consume = hotQuery<Consume>()((db, place) => {
  const isOver = sql<boolean>`(burst_since + ${place('window')} <= ${place('at')} or burst_since > ${place('tolerated')})`;
  return db
    .updateTable('sessions')
    .set((eb) => ({
      previous_jti: eb.ref('current_jti'),
      current_jti: place('next'),
      issued_at: place('issuedAt'),
      expires_at: place('expiresAt'),
      rotated_at: place('at'),
      burst_since: sql<number>`case when ${isOver} then ${place('at')} else burst_since end`,
      burst_count: sql<number>`case when ${isOver} then 1 else burst_count + 1 end`,
    }))
    .where('id', '=', place('sessionId'))
    .where('current_jti', '=', place('jti'))
    .where('ended_at', 'is', null)
    .where((eb) => eb.or([isOver, eb('burst_count', '<', place('most'))]));
});

/** No column holds more. */
const UNLIMITED = { count: 2_147_483_647, window: 0 };

/** How long a session that was refreshed too often has to wait. One of those who ask is the first. */
async function burstOf(db: Kysely<Tables>, id: string, limit: Limit, at: number): Promise<Rotation> {
  const sessions = db.selectFrom('sessions').select(['burst_since', 'burst_count']).where('id', '=', id);
  const { burst_since: since, burst_count: count } = await sessions.executeTakeFirstOrThrow();
  const wait = Math.max(1, since + spanOf(limit).window - at);
  if (count !== limit.count) return { kind: 'throttled', wait, isFirst: false };
  const told = db
    .updateTable('sessions')
    .set({ burst_count: count + 1 })
    .where('id', '=', id)
    .where('burst_count', '=', count);
  const isFirst = (await told.executeTakeFirst()).numUpdatedRows > 0n;
  return { kind: 'throttled', wait, isFirst };
}

/**
 * One conditional UPDATE consumes the token: of any number of requests in any number of processes, one
 * matches `current_jti`. A jti never becomes current again, so those that did not match can be told why by a
 * read that comes after.
 */
async function rotate(
  db: Kysely<Tables>,
  { sessionId, jti, next, at, grace, limit }: RotateRequest,
): Promise<Rotation> {
  const { issuedAt, expiresAt } = next;
  const { count: most, window } = limit ? { count: limit.count, ...spanOf(limit) } : UNLIMITED;
  const consumed = await consume(db, {
    sessionId,
    jti,
    next: next.jti,
    issuedAt,
    expiresAt,
    at,
    most,
    window,
    tolerated: at + CLOCK_TOLERANCE,
  });
  if (consumed.numAffectedRows === 1n) return { kind: 'rotated', current: next };
  const session = await byId(db, sessionId);
  if (session === undefined) return { kind: 'unknown' };
  if (session.endedAt !== undefined) return { kind: 'ended' };
  if (limit !== undefined && session.current.jti === jti) return burstOf(db, sessionId, limit, at);
  return isParentInGrace(session, jti, at, grace)
    ? { kind: 'repeated', current: session.current }
    : { kind: 'reused' };
}

const selectHolder = hotQuery<{ userId: number; sessionId: string }>()((db, place) =>
  db
    .selectFrom('users')
    .leftJoin('profiles', 'profiles.user_id', 'users.id')
    .leftJoin('sessions', (join) =>
      join.onRef('sessions.user_id', '=', 'users.id').on('sessions.id', '=', place('sessionId')),
    )
    .select(ACCOUNT_COLUMNS)
    .select([
      'sessions.id as session_id',
      'sessions.current_jti',
      'sessions.issued_at',
      'sessions.expires_at',
      'sessions.previous_jti',
      'sessions.rotated_at',
      'sessions.created_at as opened_at',
      'sessions.ended_at',
    ])
    .where('users.id', '=', place('userId')),
);

async function holder(db: Kysely<Tables>, userId: number, sessionId: string): Promise<Holder | undefined> {
  const [row] = (await selectHolder(db, { userId, sessionId })).rows;
  if (row === undefined) return undefined;
  const account = toAccount(row);
  if (row.session_id === null) return { account, session: undefined };
  // Written out: copying a row takes longer than reading it.
  const session = toSession({
    id: row.session_id,
    user_id: userId,
    current_jti: row.current_jti,
    issued_at: row.issued_at,
    expires_at: row.expires_at,
    previous_jti: row.previous_jti,
    rotated_at: row.rotated_at,
    created_at: row.opened_at,
    ended_at: row.ended_at,
  } as SessionRow);
  return { account, session };
}

const selectBearer = hotQuery<{ userId: number; sessionId: string }>()((db, place) =>
  db
    .selectFrom('users')
    .leftJoin('sessions', (join) =>
      join.onRef('sessions.user_id', '=', 'users.id').on('sessions.id', '=', place('sessionId')),
    )
    .select([
      'users.username',
      'users.is_active',
      'users.is_staff',
      'users.is_superuser',
      'sessions.created_at as opened_at',
      'sessions.ended_at',
    ])
    .where('users.id', '=', place('userId')),
);

async function bearer(db: Kysely<Tables>, userId: number, sessionId: string): Promise<Bearer | undefined> {
  const [row] = (await selectBearer(db, { userId, sessionId })).rows;
  return (
    row && {
      id: userId,
      username: row.username,
      isActive: row.is_active === 1,
      isStaff: row.is_staff === 1,
      isSuperuser: row.is_superuser === 1,
      hasLiveSession: row.opened_at !== null && row.ended_at === null,
    }
  );
}

async function endAll(db: Kysely<Tables>, at: number): Promise<number> {
  // the accounts first, as `endAllOf` does; an adoption that is under way waits for this, or this for it
  await db.updateTable('users').set({ tokens_valid_from: at }).where('tokens_valid_from', '<', at).execute();
  await forbidTokensBefore(db, at);
  await db.deleteFrom('admin_sessions').execute();
  const live = db.updateTable('sessions').set({ ended_at: at }).where('ended_at', 'is', null);
  return Number((await live.executeTakeFirst()).numUpdatedRows);
}

/** Those of an account that have neither ended nor expired. */
function liveSessions(db: Kysely<Tables>, userId: number, at: number) {
  return db
    .selectFrom('sessions')
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at);
}

async function endLeastUsed(
  db: Kysely<Tables>,
  userId: number,
  keptId: string,
  left: number,
  at: number,
): Promise<readonly string[]> {
  const others = liveSessions(db, userId, at).select('id').where('id', '<>', keptId);
  const lastUsed = sql`coalesce(rotated_at, created_at)`;
  const used = others.orderBy(lastUsed, 'desc').orderBy('created_at', 'desc').orderBy('id');
  const rows = await db
    .updateTable('sessions')
    .set({ ended_at: at })
    .where('id', 'in', others)
    .where('id', 'not in', used.limit(left - 1))
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Milliseconds between two slices of a purge, which nobody waits for: requests come first. */
const PAUSE = 5;

/** Is the session one of these? One text of a statement for any number. */
const isAmong = (db: Kysely<Tables>, ids: readonly string[]) =>
  isPostgres(db)
    ? sql<SqlBool>`id = any(${ids}::text[])`
    : sql<SqlBool>`id in (select value from json_each(${JSON.stringify(ids)}))`;

async function purgeExpired(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  let total = 0;
  for await (const slice of slicesOfSessions(db, limit)) {
    const expired = db.selectFrom('sessions').select('id').where('expires_at', '<', before).where(slice);
    const ids = (await expired.execute()).map(({ id }) => id);
    // Asked again on the row itself: one that was rotated meanwhile lives on.
    const purge = db.deleteFrom('sessions').where(isAmong(db, ids)).where('expires_at', '<', before);
    if (ids.length > 0) total += Number((await purge.executeTakeFirst()).numDeletedRows);
    await sleep(PAUSE);
  }
  return total;
}

/** Sessions on either database. */
export function sessionStore(db: Kysely<Tables>): SessionStore {
  return {
    byId: (id) => byId(db, id),
    rotate: (request) => rotate(db, request),
    holder: (userId, sessionId) => holder(db, userId, sessionId),
    bearer: (userId, sessionId) => bearer(db, userId, sessionId),
    async open({ id, userId, current, createdAt, origin }) {
      const stamp = { current_jti: current.jti, issued_at: current.issuedAt, expires_at: current.expiresAt };
      const from = { ip: origin.ip, user_agent: origin.userAgent };
      const never = { previous_jti: null, rotated_at: null, ended_at: null };
      await db
        .insertInto('sessions')
        .values({ id, user_id: userId, created_at: createdAt, ...stamp, ...from, ...never })
        .execute();
    },
    async liveOf(userId, at, openedAfter) {
      const rows = await liveSessions(db, userId, at)
        .select(['id', 'ip', 'user_agent', 'created_at', 'rotated_at'])
        .where('created_at', '>', openedAfter)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(({ id, ip, user_agent: userAgent, created_at: createdAt, rotated_at }) => {
        return { id, ip, userAgent, createdAt, lastUsedAt: rotated_at ?? createdAt };
      });
    },
    async end(id, userId, at) {
      const live = db
        .updateTable('sessions')
        .set({ ended_at: at })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null);
      return (await live.executeTakeFirst()).numUpdatedRows > 0n;
    },
    async endAllOf(userId, at, keptId = '') {
      // the account first, as a login does: two who wait for each other would lock up
      await db.updateTable('users').set({ tokens_valid_from: at }).where('id', '=', userId).execute();
      await db.deleteFrom('admin_sessions').where('user_id', '=', userId).execute();
      const live = db
        .updateTable('sessions')
        .set({ ended_at: at })
        .where('user_id', '=', userId)
        .where('id', '<>', keptId)
        .where('ended_at', 'is', null);
      return Number((await live.executeTakeFirst()).numUpdatedRows);
    },
    endAll: (at) => endAll(db, at),
    endLeastUsed: (userId, keptId, left, at) => endLeastUsed(db, userId, keptId, left, at),
    async addressesOf(name) {
      const owners = db.selectFrom('login_names').select('user_id').where('name', '=', name);
      const others = db.selectFrom('contested_names').select('user_id').where('name', '=', name);
      const sessions = db.selectFrom('sessions').where('user_id', 'in', owners.union(others));
      const rows = await sessions.select('ip').orderBy('created_at', 'desc').limit(50).execute();
      return rows.map(({ ip }) => ip);
    },
    async hasOneFrom(userId, userAgent) {
      const sessions = db.selectFrom('sessions').select('id').where('user_id', '=', userId);
      return (await sessions.where('user_agent', '=', userAgent).limit(1).execute()).length > 0;
    },
    purgeExpired: (before, limit) => purgeExpired(db, before, limit),
  };
}
