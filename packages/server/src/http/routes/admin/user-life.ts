import { keyOfToken } from '../../../domain/admin/tokens/list.ts';
import type { TokenKey } from '../../../domain/admin/tokens/token-store.ts';
import { listUserEvents } from '../../../domain/admin/users/events.ts';
import {
  endUserSession,
  endUserSessions,
  listUserSessions,
  listUserTokens,
} from '../../../domain/admin/users/sessions.ts';
import { done } from '../../../domain/outcome.ts';
import { pageBody, pageParameters, pageRequest, pageSuccess } from '../../pages.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { SESSION, SESSION_EXAMPLE, sessionBody } from '../sessions.ts';
import { EVENT, EVENT_EXAMPLE, eventBody } from './audit.ts';
import { TOKEN, TOKEN_EXAMPLE, tokenBody } from './tokens.ts';
import { idOf, OF_ACCOUNT, USER_ID } from './user.ts';

/** GET /api/admin/users/{id}/sessions/ */
const userSessionsRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/sessions/',
  parameters: USER_ID,
  name: 'Admin User Sessions',
  description: 'Where an account is logged in.',
  operations: {
    GET: operation({
      summary: 'List the live sessions of an account',
      staff: 'view_session',
      success: { status: 200, schema: { type: 'array', items: SESSION }, example: [SESSION_EXAMPLE] },
      refusals: ['account_not_found'],
      handle: async (call) => {
        const found = await listUserSessions(call.app, staffOf(call), idOf(call));
        return found.ok ? done(found.value.map(sessionBody)) : found;
      },
    }),
  },
};

/** DELETE /api/admin/users/{id}/sessions/{sid}/ */
const userSessionRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/sessions/{sid}/',
  parameters: {
    ...USER_ID,
    sid: { about: 'The id of a session', pattern: '[0-9a-f]{32}', example: SESSION_EXAMPLE.id },
  },
  name: 'Admin User Session',
  description: 'One session of an account.',
  operations: {
    DELETE: operation({
      summary: 'End a session of an account',
      staff: 'delete_session',
      success: { status: 204 },
      refusals: ['account_not_found', 'permission_denied', 'session_not_found'],
      handle: (call) =>
        endUserSession(call.app, staffOf(call), idOf(call), call.parameters.sid ?? '', call.origin),
    }),
  },
};

/** POST /api/admin/users/{id}/sessions/end/ */
const userSessionsEndRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/sessions/end/',
  parameters: USER_ID,
  name: 'Admin User Sessions End',
  description: 'Logs an account out everywhere.',
  operations: {
    POST: operation({
      summary: 'End all sessions of an account, and refuse what Django issued to it until now',
      staff: 'delete_session',
      success: {
        status: 200,
        schema: { type: 'object', required: ['ended'], properties: { ended: { type: 'integer' } } },
        example: { ended: 3 },
      },
      refusals: ['account_not_found', 'permission_denied'],
      handle: async (call) => {
        const ended = await endUserSessions(call.app, staffOf(call), idOf(call), call.origin);
        return ended.ok ? done({ ended: ended.value }) : ended;
      },
    }),
  },
};

/** GET /api/admin/users/{id}/tokens/ */
const userTokensRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/tokens/',
  parameters: USER_ID,
  name: 'Admin User Tokens',
  description: 'Refresh tokens of an account.',
  operations: {
    GET: operation({
      summary: 'List the refresh tokens of an account, those that expire last first',
      staff: 'view_outstandingtoken',
      query: pageParameters('number', 'string'),
      success: pageSuccess(TOKEN, TOKEN_EXAMPLE),
      refusals: ['account_not_found'],
      handle: async (call) => {
        const page = pageRequest<TokenKey>(call.query);
        const found = await listUserTokens(call.app, staffOf(call), idOf(call), page);
        return found.ok ? done(pageBody(call, found.value, keyOfToken({}), tokenBody)) : found;
      },
    }),
  },
};

const eventsRoute = (
  which: 'all' | 'changes',
  about: Pick<Route, 'path' | 'name' | 'description'>,
): Route => ({
  ...OF_ACCOUNT,
  ...about,
  parameters: USER_ID,
  operations: {
    GET: operation({
      summary:
        which === 'all'
          ? 'List what the audit trail has about an account'
          : 'List the changes of an account, and who made them',
      staff: 'view_auditevent',
      query: pageParameters('number', 'number'),
      success: pageSuccess(EVENT, EVENT_EXAMPLE),
      refusals: ['account_not_found'],
      handle: async (call) => {
        const page = pageRequest<readonly [number, number]>(call.query);
        const found = await listUserEvents(call.app, staffOf(call), idOf(call), which, page);
        return found.ok ? done(pageBody(call, found.value, ({ at, id }) => [at, id], eventBody)) : found;
      },
    }),
  },
});

/** What became of an account. */
export const userLifeRoutes: readonly Route[] = [
  userSessionsRoute,
  userSessionsEndRoute,
  userSessionRoute,
  userTokensRoute,
  eventsRoute('all', {
    path: '/api/admin/users/{id}/events/',
    name: 'Admin User Events',
    description: 'What happened to an account.',
  }),
  eventsRoute('changes', {
    path: '/api/admin/users/{id}/history/',
    name: 'Admin User History',
    description: 'Who changed an account.',
  }),
];
