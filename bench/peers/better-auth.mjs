import { nodeServer } from './node-server.mjs';

/** The cookies of an answer as a client sends them back. @param {string} head */
function cookiesOf(head) {
  const set = [...head.matchAll(/^set-cookie: *([^;\r\n]+)/gim)].map(([, pair]) => pair);
  return set.filter((pair) => !pair?.endsWith('=')).join('; ');
}

/**
 * better-auth with e-mail and password. Its session check is the protected GET. It has no refresh tokens: what comes
 * nearest is a session check that extends the session, one write a request.
 * @type {import('./wire.mjs').Peer}
 */
export const betterAuth = {
  name: 'better-auth',
  title: 'better-auth',
  can: ['get', 'refresh', 'login', 'register', 'neighbour', 'flood', 'start', 'memory'],
  missing: () => undefined,
  prepare: () => [],
  serve: nodeServer('better-auth.mjs'),
  wire: {
    healthPath: '/api/auth/ok',
    register: ({ username, email, password }) => ({
      method: 'POST',
      path: '/api/auth/sign-up/email',
      body: { name: username, email, password },
    }),
    login: ({ email, password }) => ({
      method: 'POST',
      path: '/api/auth/sign-in/email',
      body: { email, password },
    }),
    session: ({ head }) => ({ cookie: cookiesOf(head) }),
    get: ({ cookie }) => ({ method: 'GET', path: '/api/auth/get-session', headers: { Cookie: `${cookie}` } }),
    refresh: ({ cookie }) => ({
      method: 'GET',
      path: '/api/extending/get-session',
      headers: { Cookie: `${cookie}` },
    }),
    refreshed: (session) => session,
  },
};
