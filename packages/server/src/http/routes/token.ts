import type { Credentials } from '../../domain/accounts/log-in.ts';
import { REFRESH, VERIFY } from '../../domain/limits/limit.ts';
import { done, type Outcome, type Reason } from '../../domain/outcome.ts';
import { blacklistRefreshToken } from '../../domain/tokens/blacklist.ts';
import type { TokenPair } from '../../domain/tokens/issue.ts';
import { obtainTokens } from '../../domain/tokens/obtain.ts';
import { rotateRefreshToken } from '../../domain/tokens/rotate.ts';
import { verifyToken } from '../../domain/tokens/verify.ts';
import { operation, type Route } from '../route.ts';

const JWT = { type: 'string', description: 'A JSON Web Token' };
const PAIR = { type: 'object', required: ['refresh', 'access'], properties: { refresh: JWT, access: JWT } };
export const NOTHING = { status: 200 as const, schema: { type: 'object' }, example: {} };

export const TOKEN_REFUSALS = [
  'token_invalid',
  'token_expired',
  'token_without_exp',
  'token_without_id',
  'token_without_type',
  'token_of_wrong_type',
  'token_blacklisted',
] as const satisfies readonly Reason[];

function inBody<T, R extends Reason>(
  outcome: Outcome<T, R>,
  body: (value: T) => unknown,
): Outcome<unknown, R> {
  return outcome.ok ? done(body(outcome.value)) : outcome;
}

const refreshField = { refresh: { kind: 'string', label: 'Refresh', required: true } } as const;

export const credentialFields = {
  email: { kind: 'string', label: 'Email', required: false, requiredUnless: 'username' },
  username: { kind: 'string', label: 'Username', required: false },
  password: { kind: 'string', label: 'Password', required: true, isSecret: true },
} as const;

/** Of a login with a password, whatever it opens. */
export const LOGIN_REFUSALS = [
  'no_active_account',
  'new_password_required',
  'email_not_verified',
  'server_busy',
  'throttled',
] as const satisfies readonly Reason[];

/** The e-mail counts if it is there, then the user name; the contract asks for `email` when neither is. */
export function credentialsOf(values: {
  email?: string | undefined;
  username?: string | undefined;
  password: string;
}): Credentials {
  const { email, username = '', password } = values;
  return email === undefined
    ? { login: username, by: 'name', password }
    : { login: email, by: 'email', password };
}

/** POST /api/token/: a user name or e-mail and a password for a pair of tokens. */
export const tokenRoute: Route = {
  path: '/api/token/',
  chapter: 'Tokens',
  name: 'My Token Obtain Pair',
  description: '',
  identify: 'never',
  operations: {
    POST: operation({
      summary: 'Log in',
      fields: credentialFields,
      example: { username: 'admin', password: 'admin' },
      success: { status: 200, schema: PAIR, example: { refresh: 'eyJ…', access: 'eyJ…' } },
      refusals: LOGIN_REFUSALS,
      handle: async ({ app, values, origin }) =>
        inBody(await obtainTokens(app, credentialsOf(values), origin), ({ refresh, access }) => ({
          refresh,
          access,
        })),
    }),
  },
};

/** POST /api/token/refresh/: a refresh token for a new pair; the old one is used up. */
export const refreshRoute: Route = {
  path: '/api/token/refresh/',
  chapter: 'Tokens',
  name: 'Token Refresh',
  description:
    'Takes a refresh type JSON web token and returns an access type JSON web\ntoken if the refresh token is valid.',
  identify: 'never',
  operations: {
    POST: operation({
      summary: 'Exchange a refresh token for a new pair',
      fields: refreshField,
      example: { refresh: 'eyJ…' },
      success: { status: 200, schema: PAIR, example: { access: 'eyJ…', refresh: 'eyJ…' } },
      refusals: [...TOKEN_REFUSALS, 'no_active_account_for_token', 'throttled'],
      limits: REFRESH,
      handle: async ({ app, values, origin }) =>
        inBody(await rotateRefreshToken(app, values.refresh, origin), ({ access, refresh }: TokenPair) => ({
          access,
          refresh,
        })),
    }),
  },
};

/** POST /api/token/verify/: is this token good now? */
export const verifyRoute: Route = {
  path: '/api/token/verify/',
  chapter: 'Tokens',
  name: 'Token Verify',
  description:
    "Takes a token and indicates if it is valid.  This view provides no\ninformation about a token's fitness for a particular use.",
  identify: 'never',
  operations: {
    POST: operation({
      summary: 'Check a token',
      example: { token: 'eyJ…' },
      fields: { token: { kind: 'string', label: 'Token', required: true } },
      success: NOTHING,
      refusals: [...TOKEN_REFUSALS, 'blacklisted_at_verify'],
      limits: VERIFY,
      handle: async ({ app, values }) => inBody(await verifyToken(app, values.token), () => ({})),
    }),
  },
};

/** POST /api/token/blacklist/: log out the session of a refresh token. */
export const blacklistRoute: Route = {
  path: '/api/token/blacklist/',
  chapter: 'Tokens',
  name: 'Token Blacklist',
  description:
    'Takes a token and blacklists it. Must be used with the\n`rest_framework_simplejwt.token_blacklist` app installed.',
  identify: 'never',
  operations: {
    POST: operation({
      summary: 'Log out: end the session of a refresh token',
      fields: refreshField,
      example: { refresh: 'eyJ…' },
      success: NOTHING,
      refusals: TOKEN_REFUSALS,
      limits: REFRESH,
      handle: async ({ app, values, origin }) =>
        inBody(await blacklistRefreshToken(app, values.refresh, origin), () => ({})),
    }),
  },
};
