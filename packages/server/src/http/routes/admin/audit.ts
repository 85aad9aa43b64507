import { exportEvents, type ListedEvent, listEvents } from '../../../domain/admin/audit/list.ts';
import { EVENT_NAMES } from '../../../domain/audit/event-names.ts';
import { done } from '../../../domain/outcome.ts';
import { toJson } from '../../answer.ts';
import { ISO, iso } from '../../iso.ts';
import { pageBody, pageParameters, pageRequest, pageSuccess } from '../../pages.ts';
import { instant, oneOf, type QueryValuesOf, someText, wholeNumber } from '../../query.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { NAMED_USER, namedUser } from './named-user.ts';

export const EVENT_EXAMPLE = {
  id: 1234,
  at: '2026-01-05T09:00:00.000Z',
  event: 'logged_in',
  actor: { id: 1, username: 'admin' },
  user: { id: 1, username: 'admin' },
  ip: '203.0.113.7',
  user_agent: 'curl/8.5.0',
  request_id: '84a27c2e47528ecb9754',
  detail: { sessionId: '5d41402abc4b2a76b9719d911017c592' },
};

/** The schema of an event. */
export const EVENT = {
  type: 'object',
  required: Object.keys(EVENT_EXAMPLE),
  properties: {
    id: { type: 'integer' },
    at: ISO,
    event: { type: 'string', enum: EVENT_NAMES },
    actor: { ...NAMED_USER, description: 'Who did it' },
    user: { ...NAMED_USER, description: 'Whom it is about' },
    ip: { type: 'string' },
    user_agent: { type: 'string' },
    request_id: { type: 'string' },
    detail: { type: 'object', description: 'What else there is to say of this event' },
  },
};

/** An event as staff see it. */
export function eventBody({
  id,
  at,
  origin,
  event: { event, actorId, userId, ...detail },
  actor,
  user,
}: ListedEvent) {
  const { ip, userAgent: user_agent, requestId: request_id } = origin;
  const who = { actor: namedUser(actor), user: namedUser(user) };
  return { id, at: iso(at), event, ...who, ip, user_agent, request_id, detail };
}

const FILTERS = {
  actor: someText('Who did it: the whole id, user name or e-mail'),
  user: someText('Whom it is about: the whole id, user name or e-mail'),
  event: oneOf('The kind of event', ...EVENT_NAMES),
  since: instant('From this time on'),
  until: instant('Before this time'),
  request_id: someText('The X-Request-Id of an answer', 64),
};

const askedIn = ({ request_id: requestId, ...rest }: QueryValuesOf<typeof FILTERS>) => ({
  ...rest,
  requestId,
});

/** GET /api/admin/audit/: who did what. */
export const adminAuditRoute: Route = {
  path: '/api/admin/audit/',
  chapter: 'Admin',
  name: 'Admin Audit',
  description: 'Who did what. Nobody can change or delete it.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List audit events, the newest first',
      staff: 'view_auditevent',
      query: {
        ...pageParameters('number', 'number'),
        ...FILTERS,
        ordering: oneOf('`id`: the oldest first', 'id', '-id'),
        after: wholeNumber(
          'For watching: the events with a higher id than this, the oldest first; cursor and ordering count for nothing',
        ),
      },
      success: pageSuccess(EVENT, EVENT_EXAMPLE),
      refusals: ['faulty_fields'],
      handle: async (call) => {
        const { cursor, page_size, ordering, after, ...filters } = call.query;
        const page = pageRequest<readonly [number, number]>({ cursor, page_size });
        const asked = { ...askedIn(filters), after };
        const found = await listEvents(call.app, staffOf(call), asked, ordering === 'id', page);
        return found.ok ? done(pageBody(call, found.value, ({ at, id }) => [at, id], eventBody)) : found;
      },
    }),
  },
};

async function* lines(parts: AsyncIterable<readonly ListedEvent[]>) {
  for await (const part of parts) yield part.map((event) => `${toJson(eventBody(event))}\n`).join('');
}

/** GET /api/admin/audit/export/: a copy, a line each. */
export const adminAuditExportRoute: Route = {
  path: '/api/admin/audit/export/',
  chapter: 'Admin',
  name: 'Admin Audit Export',
  description: 'A copy of the audit trail. That it was taken is noted.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Download audit events, a line of JSON each, the oldest first',
      staff: 'view_auditevent',
      query: FILTERS,
      success: {
        status: 200,
        file: { type: 'application/x-ndjson', name: 'audit.ndjson' },
        schema: { type: 'string' },
        example: `${JSON.stringify(EVENT_EXAMPLE)}\n`,
      },
      refusals: ['faulty_fields'],
      handle: async (call) => {
        const parts = await exportEvents(call.app, staffOf(call), askedIn(call.query), call.origin);
        return parts.ok ? done(lines(parts.value)) : parts;
      },
    }),
  },
};
