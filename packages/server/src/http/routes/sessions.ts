import { done, type Outcome, type Reason } from '../../domain/outcome.ts';
import { listSessions, type ShownSession } from '../../domain/sessions/list.ts';
import { endOwnSession, logOut, logOutEverywhere } from '../../domain/sessions/log-out.ts';
import { type Call, callerOf, operation, type Route } from '../route.ts';

const INSTANT = { type: 'string', format: 'date-time' };
export const SESSION_EXAMPLE = {
  id: '5d41402abc4b2a76b9719d911017c592',
  device: 'Firefox on Windows',
  ip: '203.0.113.7',
  created_at: '2026-01-05T09:00:00.000Z',
  last_used_at: '2026-01-06T17:30:00.000Z',
  is_current: true,
};

/** The schema of a session. */
export const SESSION = {
  type: 'object',
  required: Object.keys(SESSION_EXAMPLE),
  properties: {
    id: { type: 'string' },
    device: { type: 'string', description: 'As the device says itself' },
    ip: { type: 'string', description: 'That it was opened from' },
    created_at: INSTANT,
    last_used_at: { ...INSTANT, description: 'The last login or refresh' },
    is_current: { type: 'boolean', description: 'Is this the session of the access token?' },
  },
};

const instant = (at: number) => new Date(at).toISOString();

/** A session as it is shown. */
export function sessionBody({ id, device, ip, createdAt, lastUsedAt, isCurrent }: ShownSession) {
  const times = { created_at: instant(createdAt), last_used_at: instant(lastUsedAt) };
  return { id, device, ip, ...times, is_current: isCurrent };
}

/** GET /api/sessions/: where the caller is logged in. */
export const sessionsRoute: Route = {
  path: '/api/sessions/',
  chapter: 'Sessions',
  name: 'Sessions',
  description: 'The live sessions of who asks, the newest first.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List the live sessions of the caller',
      success: { status: 200, schema: { type: 'array', items: SESSION }, example: [SESSION_EXAMPLE] },
      refusals: [],
      handle: async (call) => done((await listSessions(call.app, callerOf(call))).map(sessionBody)),
    }),
  },
};

/** DELETE /api/sessions/{id}/: end one of them. */
export const sessionRoute: Route = {
  path: '/api/sessions/{id}/',
  parameters: {
    id: { about: 'The id of a session', pattern: '[0-9a-f]{32}', example: SESSION_EXAMPLE.id },
  },
  chapter: 'Sessions',
  name: 'Session',
  description: 'One session of who asks.',
  identify: 'required',
  operations: {
    DELETE: operation({
      summary: 'End a session of the caller',
      success: { status: 204 },
      refusals: ['session_not_found'],
      handle: (call) => endOwnSession(call.app, callerOf(call), call.parameters.id ?? '', call.origin),
    }),
  },
};

/** In cookie mode a browser forgets its tokens with the session. */
function withoutCookies<T extends Outcome<unknown, Reason>>({ jar }: Call, outcome: T): T {
  if (outcome.ok) jar.drop();
  return outcome;
}

/** POST /api/logout/: end the session that the access token belongs to. */
export const logoutRoute: Route = {
  path: '/api/logout/',
  chapter: 'Sessions',
  name: 'Logout',
  description: 'Ends the session of the access token.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Log out here',
      success: { status: 204 },
      refusals: ['token_without_session'],
      handle: async (call) => withoutCookies(call, await logOut(call.app, callerOf(call), call.origin)),
    }),
  },
};

/** POST /api/logout/all/: end every session of the caller. */
export const logoutEverywhereRoute: Route = {
  path: '/api/logout/all/',
  chapter: 'Sessions',
  name: 'Logout Everywhere',
  description: 'Ends every session of who asks, this one too.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Log out everywhere',
      success: { status: 204 },
      refusals: [],
      handle: async (call) =>
        withoutCookies(call, await logOutEverywhere(call.app, callerOf(call), call.origin)),
    }),
  },
};
