import type { Insertable, Kysely } from 'kysely';
import type { AuditEvent, Origin } from '../../domain/audit/event.ts';
import type { AuditStore } from '../../domain/store.ts';
import type { AuditTable, Tables } from './tables.ts';

/** By name: after a migration `*` would mean something else to a statement that is prepared. */
const COLUMNS = ['at', 'event', 'user_id', 'detail', 'ip', 'user_agent', 'request_id'] as const;

/** An event as it is stored. */
export function auditRow(event: AuditEvent, at: number, origin: Origin): Insertable<AuditTable> {
  const { event: name, userId, ...detail } = event;
  const from = { ip: origin.ip, user_agent: origin.userAgent, request_id: origin.requestId };
  return { at, event: name, user_id: userId ?? null, detail: JSON.stringify(detail), ...from };
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
    async list(limit) {
      const rows = await db
        .selectFrom('audit_events')
        .select(COLUMNS)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        at: row.at,
        origin: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
        event: {
          event: row.event,
          userId: row.user_id ?? undefined,
          ...JSON.parse(row.detail),
        } as AuditEvent,
      }));
    },
  };
}
