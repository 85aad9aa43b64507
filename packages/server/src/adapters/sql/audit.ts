import { setImmediate } from 'node:timers/promises';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { EventKey, EventOrder } from '../../domain/admin/audit/event-order.ts';
import { cutPage, type Page, type PageRequest } from '../../domain/admin/page.ts';
import type { AuditEvent, AuditFilter, Origin, RecordedEvent } from '../../domain/audit/event.ts';
import type { AuditStore } from '../../domain/store.ts';
import type { AuditTable, Tables } from './tables.ts';

/** By name: after a migration `*` would mean something else to a statement that is prepared. */
const COLUMNS = [
  'id',
  'at',
  'event',
  'actor_id',
  'user_id',
  'detail',
  'ip',
  'user_agent',
  'request_id',
] as const;

/** An event as it is stored. */
export function auditRow(event: AuditEvent, at: number, origin: Origin): Insertable<AuditTable> {
  const { event: name, userId, actorId = origin.actorId, ...detail } = event;
  const from = { ip: origin.ip, user_agent: origin.userAgent, request_id: origin.requestId };
  const who = { actor_id: actorId ?? null, user_id: userId ?? null };
  return { at, event: name, ...who, detail: JSON.stringify(detail), ...from };
}

function toEvent(row: Selectable<AuditTable>): RecordedEvent {
  const who = { userId: row.user_id ?? undefined, actorId: row.actor_id ?? undefined };
  return {
    id: row.id,
    at: row.at,
    origin: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
    event: { ...JSON.parse(row.detail), event: row.event, ...who } as AuditEvent,
  };
}

/** The events that fit, in no order yet. */
function matching(
  db: Kysely<Tables>,
  { actorId, userId, event, events, requestId, since, until, before, after, upTo }: AuditFilter,
) {
  let query = db.selectFrom('audit_events').select(COLUMNS);
  if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (event !== undefined) query = query.where('event', '=', event);
  if (events !== undefined) query = query.where('event', 'in', events);
  if (requestId !== undefined)
    // the second is what the index is for
    query = query.where('request_id', '=', requestId).where('request_id', '<>', '');
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  if (before !== undefined) query = query.where('id', '<', before);
  if (after !== undefined) query = query.where('id', '>', after);
  if (upTo !== undefined) query = query.where('id', '<=', upTo);
  return query;
}

async function listed(
  db: Kysely<Tables>,
  direction: 'asc' | 'desc',
  limit: number,
  filter: AuditFilter,
): Promise<readonly RecordedEvent[]> {
  const rows = await matching(db, filter).orderBy('id', direction).limit(limit).execute();
  return rows.map(toEvent);
}

/** The part of the key that is not ordered by is not looked at: the index has only the other one. */
async function page(
  db: Kysely<Tables>,
  filter: AuditFilter,
  { by, oldestFirst }: EventOrder,
  request: PageRequest<EventKey>,
): Promise<Page<RecordedEvent>> {
  const key = request.before ?? request.after;
  const isUp = oldestFirst === (request.before === undefined);
  const [way, outer, inner] = isUp ? (['asc', '>=', '>'] as const) : (['desc', '<=', '<'] as const);
  let query = matching(db, filter);
  if (by === 'at') query = query.orderBy('at', way);
  query = query.orderBy('id', way).limit(request.size + 1);
  if (key !== undefined) {
    const [at, id] = key;
    query = by === 'id' ? query.where('id', inner, id) : query.where('at', outer, at);
    if (by === 'at') query = query.where((eb) => eb.or([eb('at', inner, at), eb('id', inner, id)]));
  }
  return cutPage((await query.execute()).map(toEvent), request);
}

/** Events are written some time after their instant: by so much the order of ids may differ from that of time. */
const LATE = 60_000;

/** What an import brought has ids of the day it came, whatever its time. */
async function idsSince(db: Kysely<Tables>, since: number | undefined) {
  const events = db.selectFrom('audit_events');
  const { last } = await events.select((eb) => eb.fn.max('id').as('last')).executeTakeFirstOrThrow();
  if (since === undefined) return { first: 0, last: Number(last ?? 0) };
  const first = await events
    .select('id')
    .where('at', '>=', since - LATE)
    .where('event', '<>', 'django_admin_action')
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  // Nothing of that time but what was imported: it has to be looked for everywhere.
  return { first: first?.id ?? 0, last: Number(last ?? 0) };
}

/** Audit events on either database: written, never changed. */
export function auditStore(db: Kysely<Tables>): AuditStore {
  return {
    async record(event, at, origin) {
      await db
        .insertInto('audit_events')
        .values(auditRow(event, at, origin))
        .execute();
    },
    list: (limit, filter = {}) => listed(db, 'desc', limit, filter),
    listForward: (limit, filter = {}) => listed(db, 'asc', limit, filter),
    page: (filter, order, request) => page(db, filter, order, request),
    idsSince: (since) => idsSince(db, since),
    async purge(before, limit) {
      const old = db.selectFrom('audit_events').select('id').where('at', '<', before).limit(limit);
      const purge = db.deleteFrom('audit_events').where('id', 'in', old);
      // SQLite works on the event loop: between two batches it has to turn.
      await setImmediate();
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
