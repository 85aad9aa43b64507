import type { RecordedEvent } from '../domain/audit/event.ts';
import { csvLine } from './csv.ts';
import { plain } from './plain.ts';

const COLUMNS = [
  'id',
  'at',
  'event',
  'actor_id',
  'user_id',
  'ip',
  'user_agent',
  'request_id',
  'detail',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

/** An event as one flat record: names as in the database, the time as ISO. */
function eventRow({ id, at, origin, event: { event, actorId, userId, ...detail } }: RecordedEvent): Row {
  const from = { ip: origin.ip, user_agent: origin.userAgent, request_id: origin.requestId };
  const who = { actor_id: actorId ?? null, user_id: userId ?? null };
  return { id, at: new Date(at).toISOString(), event, ...who, ...from, detail };
}

/** An event for a person. */
export function eventLine(recorded: RecordedEvent): string {
  const { at, event, actor_id, user_id, ip, request_id, detail } = eventRow(recorded);
  // Of settings the names that changed are enough for a line.
  const told = Object.entries(detail as object).filter(([name]) => name !== 'settings');
  const more = told.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const parts = [
    at,
    event,
    user_id === null ? [] : `user ${user_id}`,
    actor_id === null ? [] : `by ${actor_id}`,
    ip === '' ? recorded.origin.userAgent : `from ${ip}`,
    more,
    request_id === '' ? [] : `request ${request_id}`,
  ];
  return plain(parts.flat().join('  '));
}

/** An event as a line of JSON. */
export function eventJson(recorded: RecordedEvent): string {
  return JSON.stringify(eventRow(recorded));
}

export const CSV_HEADER = csvLine(COLUMNS);

/** An event as a line of CSV. */
export function eventCsv(recorded: RecordedEvent): string {
  const row = eventRow(recorded);
  return csvLine(COLUMNS.map((name) => row[name]));
}
