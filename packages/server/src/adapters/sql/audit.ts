import type { Kysely } from 'kysely';
import type { AuditEvent } from '../../domain/audit/event.ts';
import type { AuditStore } from '../../domain/store.ts';
import type { Tables } from './tables.ts';

/** By name: after a migration `*` would mean something else to a statement that is prepared. */
const COLUMNS = ['at', 'event', 'user_id', 'detail', 'ip', 'user_agent', 'request_id'] as const;

/** Audit events on either database: written, never changed. */
export function auditStore(db: Kysely<Tables>): AuditStore {
  return {
    async record(event, at, origin) {
      const { event: name, userId, ...detail } = event;
      const from = { ip: origin.ip, user_agent: origin.userAgent, request_id: origin.requestId };
      const row = { at, event: name, user_id: userId, detail: JSON.stringify(detail), ...from };
      await db.insertInto('audit_events').values(row).execute();
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
        event: { event: row.event, userId: row.user_id, ...JSON.parse(row.detail) } as AuditEvent,
      }));
    },
  };
}
