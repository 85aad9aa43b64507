import { type AdminView, endsOf, signOut, viewOf } from '../../../domain/admin/admin-session.ts';
import { PERMISSIONS } from '../../../domain/admin/permissions.ts';
import { signIn } from '../../../domain/admin/sign-in.ts';
import { stepUp } from '../../../domain/admin/step-up.ts';
import { done } from '../../../domain/outcome.ts';
import { csrfNameOf } from '../../admin-session.ts';
import { csrfToken } from '../../csrf.ts';
import { iso } from '../../iso.ts';
import { type Call, operation, type Route, staffOf } from '../../route.ts';
import { LOGIN_REFUSALS } from '../token.ts';

const password = { kind: 'string', label: 'Password', required: true, isSecret: true } as const;

const INSTANT_OR_NULL = { type: ['string', 'null'], format: 'date-time' };

const EXAMPLE = {
  user: {
    id: 1,
    username: 'admin',
    email: 'admin@example.com',
    is_superuser: false,
    permissions: ['view_user'],
  },
  csrf_token: 'q1…',
  expires_at: '2026-01-05T21:00:00.000Z',
  idle_expires_at: '2026-01-05T09:30:00.000Z',
  stepped_up_until: null,
};

const SESSION = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    user: {
      type: 'object',
      required: Object.keys(EXAMPLE.user),
      properties: {
        id: { type: 'integer' },
        username: { type: 'string' },
        email: { type: 'string' },
        is_superuser: { type: 'boolean' },
        permissions: {
          type: 'array',
          items: { type: 'string', enum: PERMISSIONS },
          description: 'What the account may do here; of a superuser all there is',
        },
      },
    },
    csrf_token: {
      type: ['string', 'null'],
      description:
        'To be sent back as X-CSRFToken with the cookie; null with a bearer token, which needs none',
    },
    expires_at: { ...INSTANT_OR_NULL, description: 'When the session ends at the latest' },
    idle_expires_at: { ...INSTANT_OR_NULL, description: 'When it ends if it is not used' },
    stepped_up_until: { ...INSTANT_OR_NULL, description: 'Until when dangerous operations are open' },
  },
};

const OK = { status: 200 as const, schema: SESSION, example: EXAMPLE };

function toBody({ app }: Pick<Call, 'app'>, { user, session, steppedUpUntil = 0 }: AdminView) {
  const { id, username, email, isSuperuser, permissions } = user;
  const ends = session && endsOf(session);
  return {
    user: { id, username, email, is_superuser: isSuperuser, permissions },
    csrf_token: session === undefined ? null : csrfToken(app.config, csrfNameOf(session.key)),
    expires_at: iso(ends?.latest),
    idle_expires_at: iso(ends?.idle),
    stepped_up_until: iso(steppedUpUntil > app.clock.now() ? steppedUpUntil : undefined),
  };
}

/** /api/admin/session/: sign in to the admin site, see who is signed in, sign out. */
export const adminSessionRoute: Route = {
  path: '/api/admin/session/',
  chapter: 'Admin',
  name: 'Admin Session',
  description: 'The session of the admin site.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show who is signed in to the admin, and what he may',
      staff: 'any',
      success: OK,
      refusals: [],
      handle: async (call) => done(toBody(call, await viewOf(call.app, staffOf(call)))),
    }),
    POST: operation({
      summary: 'Sign in to the admin site: the session becomes a cookie',
      staff: 'nobody',
      identify: 'never',
      fields: { username: { kind: 'string', label: 'Username', required: true }, password },
      example: { username: 'admin', password: 'correct horse battery staple' },
      success: OK,
      refusals: LOGIN_REFUSALS,
      handle: async (call) => {
        const { username: login, password } = call.values;
        const credentials = { login, by: 'name', password } as const;
        const signedIn = await signIn(call.app, credentials, call.adminCookie.id, call.origin);
        if (!signedIn.ok) return signedIn;
        call.adminCookie.keep(signedIn.value.id);
        return done(toBody(call, signedIn.value.view));
      },
    }),
    DELETE: operation({
      summary: 'Sign out of the admin site',
      staff: 'any',
      success: { status: 204 },
      refusals: [],
      handle: (call) => {
        call.adminCookie.drop();
        return signOut(call.app, staffOf(call), call.origin);
      },
    }),
  },
};

/** POST /api/admin/session/step-up/: the password again, for what is dangerous. */
export const adminStepUpRoute: Route = {
  path: '/api/admin/session/step-up/',
  chapter: 'Admin',
  name: 'Admin Step-up',
  description: 'Opens dangerous operations for five minutes.',
  identify: 'required',
  operations: {
    POST: operation({
      summary:
        'Give the password again: dangerous operations are open for five minutes, in this session alone',
      staff: 'any',
      fields: { password },
      example: { password: 'correct horse battery staple' },
      success: {
        status: 200,
        schema: {
          type: 'object',
          required: ['stepped_up_until'],
          properties: { stepped_up_until: { type: 'string', format: 'date-time' } },
        },
        example: { stepped_up_until: '2026-01-05T09:05:00.000Z' },
      },
      refusals: ['faulty_fields', 'permission_denied', 'server_busy', 'throttled'],
      handle: async (call) => {
        const outcome = await stepUp(call.app, staffOf(call), call.values.password, call.origin);
        return outcome.ok ? done({ stepped_up_until: iso(outcome.value.steppedUpUntil) }) : outcome;
      },
    }),
  },
};
