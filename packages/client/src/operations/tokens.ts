// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "Tokens". */
export interface TokensOperations {
  GET: {
    /** The public keys that tokens can be verified with; none without a key ring */
    '/.well-known/jwks.json': {
      answer: { keys: readonly (Record<string, unknown>)[] };
    };
  };
  POST: {
    /** Log in */
    '/api/token/': {
      body: { email?: string | undefined; username?: string | undefined; password: string };
      answer: { refresh: string; access: string };
    };
    /** Exchange a refresh token for a new pair */
    '/api/token/refresh/': {
      body: { refresh: string };
      answer: { refresh: string; access: string };
    };
    /** Check a token */
    '/api/token/verify/': {
      body: { token: string };
      answer: Record<string, unknown>;
    };
    /** Log out: end the session of a refresh token */
    '/api/token/blacklist/': {
      body: { refresh: string };
      answer: Record<string, unknown>;
    };
    /** Log in */
    '/auth/jwt/create/': {
      body: { email?: string | undefined; username?: string | undefined; password: string };
      answer: { refresh: string; access: string };
    };
    /** Exchange a refresh token for a new pair */
    '/auth/jwt/refresh/': {
      body: { refresh: string };
      answer: { refresh: string; access: string };
    };
    /** Check a token */
    '/auth/jwt/verify/': {
      body: { token: string };
      answer: Record<string, unknown>;
    };
  };
}
