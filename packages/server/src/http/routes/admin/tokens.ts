import { keyOfToken, listTokens } from '../../../domain/admin/tokens/list.ts';
import { revokeToken } from '../../../domain/admin/tokens/revoke.ts';
import { type ListedToken, TOKEN_STATES } from '../../../domain/admin/tokens/token-store.ts';
import { done } from '../../../domain/outcome.ts';
import { ISO, ISO_OR_NULL, iso } from '../../iso.ts';
import { pageBody, pageParameters, pageRequest, pageSuccess } from '../../pages.ts';
import { oneOf, someText } from '../../query.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { NAMED_USER, namedUser } from './named-user.ts';

export const TOKEN_EXAMPLE = {
  jti: 'b1f6a2c4d5e60718293a4b5c6d7e8f90',
  user: { id: 1, username: 'admin' },
  kind: 'session',
  created_at: '2026-01-05T09:00:00.000Z',
  expires_at: '2026-02-24T09:00:00.000Z',
  blacklisted_at: null,
  session_id: '5d41402abc4b2a76b9719d911017c592',
};

/** The schema of a token in a list. */
export const TOKEN = {
  type: 'object',
  required: Object.keys(TOKEN_EXAMPLE),
  properties: {
    jti: { type: 'string', description: 'Of the newest refresh token, for a session' },
    user: NAMED_USER,
    kind: { type: 'string', enum: ['session', 'django'] },
    created_at: { ...ISO_OR_NULL, description: "null for Django's" },
    expires_at: ISO,
    blacklisted_at: { ...ISO_OR_NULL, description: 'When it was revoked' },
    session_id: { type: ['string', 'null'], description: "null for Django's" },
  },
};

/** A token as staff see it. */
export function tokenBody({ jti, user, kind, createdAt, expiresAt, blacklistedAt, sessionId }: ListedToken) {
  return {
    jti,
    user: namedUser(user),
    kind,
    created_at: iso(createdAt),
    expires_at: iso(expiresAt),
    blacklisted_at: iso(blacklistedAt),
    session_id: sessionId ?? null,
  };
}

/** GET /api/admin/tokens/: refresh tokens of sessions, and of Django. */
export const adminTokensRoute: Route = {
  path: '/api/admin/tokens/',
  chapter: 'Admin',
  name: 'Admin Tokens',
  description:
    'Refresh tokens: the newest of each session, and those of Django that no session has taken over.',
  identify: 'required',
  operations: {
    GET: operation({
      summary:
        'List refresh tokens, those that expire last first; blacklisted ones the last blacklisted first',
      staff: 'view_outstandingtoken',
      query: {
        ...pageParameters('number', 'string'),
        search: someText(
          'An account by its whole id, user name or e-mail, or a token by its jti or the id of its session',
        ),
        state: oneOf('`outstanding`: neither revoked nor expired', ...TOKEN_STATES),
      },
      success: pageSuccess(TOKEN, TOKEN_EXAMPLE),
      refusals: [],
      handle: async (call) => {
        const { query } = call;
        const page = await listTokens(call.app, staffOf(call), query, pageRequest(query));
        return done(pageBody(call, page, keyOfToken(query), tokenBody));
      },
    }),
  },
};

/** DELETE /api/admin/tokens/{jti}/: revoke one. */
export const adminTokenRoute: Route = {
  path: '/api/admin/tokens/{jti}/',
  parameters: {
    jti: { about: 'A jti, or the id of a session', pattern: '[\\w-]{1,255}', example: TOKEN_EXAMPLE.jti },
  },
  chapter: 'Admin',
  name: 'Admin Token',
  description: 'One refresh token.',
  identify: 'required',
  operations: {
    DELETE: operation({
      summary: "Revoke a refresh token: its session ends, or Django's is blacklisted",
      staff: 'delete_outstandingtoken',
      success: { status: 204 },
      refusals: ['token_not_found', 'permission_denied'],
      handle: (call) => revokeToken(call.app, staffOf(call), call.parameters.jti ?? '', call.origin),
    }),
  },
};
