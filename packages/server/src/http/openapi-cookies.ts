import type { Config } from '../config.ts';
import { ADMIN_COOKIE } from './admin-session.ts';
import { COOKIE_NAMES } from './cookies.ts';
import { refuseHttp, toAnswer } from './refusals.ts';
import { identifyOf, type Operation, type Route, type Schema } from './route.ts';

type Transport = Config['tokenTransport'];

/** What cookies add to an operation of OpenAPI. */
export interface CookieParts {
  readonly security?: readonly Schema[];
  readonly parameters?: readonly Schema[];
  /** by status */
  readonly responses: Readonly<Record<string, Schema>>;
}

const CSRF_HEADER = {
  name: 'X-CSRFToken',
  in: 'header',
  description: 'The csrf_token of the session. Needed when the cookie is used.',
  schema: { type: 'string' },
};

const FORGED = {
  description: 'csrf_failed: the page is of another site, or X-CSRFToken is missing or wrong',
  content: {
    'application/json': {
      example: toAnswer(refuseHttp('csrf_failed', { text: 'CSRF token missing.' })).body,
    },
  },
};

/** The cookies as security schemes. */
export function cookieSchemes(transport: Transport): Schema {
  const adminCookie = { type: 'apiKey', in: 'cookie', name: ADMIN_COOKIE };
  if (transport === 'bearer') return { adminCookie };
  const refreshCookie = { type: 'apiKey', in: 'cookie', name: COOKIE_NAMES.refresh };
  const accessCookie = { type: 'apiKey', in: 'cookie', name: COOKIE_NAMES.access };
  const all = { adminCookie, refreshCookie };
  return transport === 'cookie' ? all : { ...all, accessCookie };
}

/** In the admin its own cookie is as good as a bearer token, and no other is looked at. */
function adminParts(method: string, { staff }: Operation): CookieParts {
  if (staff === 'nobody') return { responses: {} };
  return {
    security: [{ bearer: [] }, { adminCookie: [] }],
    ...(method !== 'GET' && { parameters: [CSRF_HEADER] }),
    responses: {},
  };
}

/** Nothing in bearer mode outside the admin, and for operations that look at no cookie. */
export function cookieParts(
  route: Route,
  method: string,
  operation: Operation,
  transport: Transport,
): CookieParts {
  if (operation.staff !== undefined) return adminParts(method, operation);
  const takesAccess = transport === 'cookie-only' && identifyOf(route, operation) === 'required';
  if (!takesAccess && operation.cookies === undefined) return { responses: {} };
  const isGuarded = method !== 'GET' && operation.cookies !== 'sets';
  return {
    security: takesAccess
      ? [{ bearer: [] }, { accessCookie: [] }]
      : operation.cookies === 'reads'
        ? [{ refreshCookie: [] }]
        : [],
    ...(isGuarded && { parameters: [CSRF_HEADER] }),
    responses: { 403: FORGED },
  };
}
