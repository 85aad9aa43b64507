import { setImmediate } from 'node:timers/promises';
import type { Insertable, Kysely, Selectable } from 'kysely';
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

async function page(
  db: Kysely<Tables>,
  direction: 'asc' | 'desc',
  limit: number,
  { actorId, userId, event, requestId, since, until, before, after }: AuditFilter,
): Promise<readonly RecordedEvent[]> {
  let query = db.selectFrom('audit_events').select(COLUMNS).orderBy('id', direction).limit(limit);
  if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (event !== undefined) query = query.where('event', '=', event);
  if (requestId !== undefined)
    // the second is what the index is for
    query = query.where('request_id', '=', requestId).where('request_id', '<>', '');
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  if (before !== undefined) query = query.where('id', '<', before);
  if (after !== undefined) query = query.where('id', '>', after);
  return (await query.execute()).map(toEvent);
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
    list: (limit, filter = {}) => page(db, 'desc', limit, filter),
    listForward: (limit, filter = {}) => page(db, 'asc', limit, filter),
    async purge(before, limit) {
      const old = db.selectFrom('audit_events').select('id').where('at', '<', before).limit(limit);
      const purge = db.deleteFrom('audit_events').where('id', 'in', old);
      // SQLite works on the event loop: between two batches it has to turn.
      await setImmediate();
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
