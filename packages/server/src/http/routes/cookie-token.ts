import { REFRESH } from '../../domain/limits/limit.ts';
import { done, refuse } from '../../domain/outcome.ts';
import { blacklistRefreshToken } from '../../domain/tokens/blacklist.ts';
import type { TokenPair } from '../../domain/tokens/issue.ts';
import { obtainTokens } from '../../domain/tokens/obtain.ts';
import { rotateRefreshToken } from '../../domain/tokens/rotate.ts';
import { csrfToken, sessionNamedBy } from '../csrf.ts';
import { type Call, operation, type Route, type Schema } from '../route.ts';
import {
  blacklistRoute,
  credentialFields,
  credentialsOf,
  LOGIN_REFUSALS,
  NOTHING,
  refreshRoute,
  TOKEN_REFUSALS,
  tokenRoute,
} from './token.ts';

const CSRF = { type: 'string', description: 'To be sent back as X-CSRFToken with the cookies' };
const ACCESS = { type: 'string', description: 'A JSON Web Token; with cookie-only it is in a cookie' };

const HANDED_OVER: Schema = {
  type: 'object',
  required: ['csrf_token'],
  properties: { access: ACCESS, csrf_token: CSRF },
};
const EXAMPLE = { access: 'eyJ…', csrf_token: 'q1…' };

/** Taken while there is no cookie: so a page that kept its token itself comes over without a login. */
const refreshField = { refresh: { kind: 'string', label: 'Refresh', required: false } } as const;

/** Puts tokens into the cookies; the rest is the body. */
function handOver({ app, jar }: Pick<Call, 'app' | 'jar'>, pair: TokenPair): object {
  const csrf_token = csrfToken(app.config, sessionNamedBy(pair.refresh));
  return { ...jar.keep(pair, app.clock.now()), csrf_token };
}

/** POST /api/token/ of cookie mode. */
export const cookieTokenRoute: Route = {
  ...tokenRoute,
  operations: {
    POST: operation({
      summary: 'Log in; the refresh token becomes a cookie',
      cookies: 'sets',
      fields: credentialFields,
      example: { username: 'admin', password: 'admin' },
      success: { status: 200, schema: HANDED_OVER, example: EXAMPLE },
      refusals: LOGIN_REFUSALS,
      handle: async (call) => {
        const outcome = await obtainTokens(call.app, credentialsOf(call.values), call.origin);
        return outcome.ok ? done(handOver(call, outcome.value)) : outcome;
      },
    }),
  },
};

/** POST /api/token/refresh/ of cookie mode: the cookie is taken and replaced, or deleted when it is refused. */
export const cookieRefreshRoute: Route = {
  ...refreshRoute,
  operations: {
    POST: operation({
      summary: 'Exchange the refresh token in the cookie for a new pair',
      cookies: 'reads',
      fields: refreshField,
      success: { status: 200, schema: HANDED_OVER, example: EXAMPLE },
      refusals: [...TOKEN_REFUSALS, 'no_active_account_for_token', 'not_authenticated', 'throttled'],
      limits: REFRESH,
      handle: async (call) => {
        const refresh = call.jar.refresh ?? call.values.refresh;
        if (refresh === undefined) return refuse('not_authenticated');
        const outcome = await rotateRefreshToken(call.app, refresh, call.origin);
        if (outcome.ok) return done(handOver(call, outcome.value));
        // a throttled token stays good
        if (outcome.reason !== 'throttled') call.jar.drop();
        return outcome;
      },
    }),
  },
};

/** POST /api/token/blacklist/ of cookie mode: the cookie goes, whatever became of its token. */
export const cookieBlacklistRoute: Route = {
  ...blacklistRoute,
  operations: {
    POST: operation({
      summary: 'Log out: end the session of the refresh token in the cookie',
      cookies: 'reads',
      fields: refreshField,
      success: NOTHING,
      refusals: [...TOKEN_REFUSALS, 'not_authenticated'],
      limits: REFRESH,
      handle: async ({ app, jar, values, origin }) => {
        const refresh = jar.refresh ?? values.refresh;
        if (refresh === undefined) return refuse('not_authenticated');
        const outcome = await blacklistRefreshToken(app, refresh, origin);
        jar.drop();
        return outcome.ok ? done({}) : outcome;
      },
    }),
  },
};

/** GET /api/token/csrf/: what a page that was loaded anew needs before it may use its cookies. */
export const csrfRoute: Route = {
  path: '/api/token/csrf/',
  chapter: 'Tokens',
  name: 'CSRF Token',
  description: 'The CSRF token of the session in the cookie.',
  identify: 'never',
  operations: {
    GET: operation({
      summary: 'Get the CSRF token of the session in the cookie',
      cookies: 'reads',
      success: {
        status: 200,
        schema: { type: 'object', required: ['csrf_token'], properties: { csrf_token: CSRF } },
        example: { csrf_token: EXAMPLE.csrf_token },
      },
      refusals: ['not_authenticated'],
      handle: async ({ app, jar }) =>
        jar.refresh === undefined
          ? refuse('not_authenticated')
          : done({ csrf_token: csrfToken(app.config, sessionNamedBy(jar.refresh)) }),
    }),
  },
};
