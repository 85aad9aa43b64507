// The requests of Latchkey, which those of the limits and of the tutorial are too.

/** @typedef {import('../load/requests.mjs').Session} Session */
/** @typedef {import('../load/requests.mjs').Person} Person */
/** @typedef {import('../load/requests.mjs').Request} Request */

/**
 * @typedef {object} Wire
 * @property {string} healthPath
 * @property {(person: Person) => Request} register
 * @property {(person: Person) => Request} login
 * @property {(answer: { head: string, body: string | Buffer }) => Session} session what a login's answer gives
 * @property {(session: Session) => Request} get
 * @property {(session: Session) => Request} refresh
 * @property {(session: Session, answer: { head: string, body: string | Buffer }) => Session} refreshed
 *
 * @typedef {object} Place
 * @property {string} folder the system's own, empty at first
 * @property {number} port
 * @property {string} [databaseUrl] PostgreSQL, for those that know it
 *
 * @typedef {object} Program
 * @property {string} command
 * @property {string[]} parameters
 * @property {Record<string, string>} [environment]
 * @property {string} [cwd]
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} can scenarios it takes part in
 * @property {() => string | undefined} missing why it cannot run here
 * @property {(place: Place) => Program[]} prepare run to their end before the first start
 * @property {(place: Place) => Program} serve
 * @property {Wire} wire
 */

const parsed = (/** @type {{ body: string | Buffer }} */ { body }) => JSON.parse(body.toString());

/** @type {Wire} */
export const latchkeyWire = {
  healthPath: '/healthz',
  register: ({ username, password }) => ({
    method: 'POST',
    path: '/api/register/',
    body: { username, password },
  }),
  login: ({ username, password }) => ({ method: 'POST', path: '/api/token/', body: { username, password } }),
  session: parsed,
  get: ({ access }) => ({
    method: 'GET',
    path: '/api/dashboard/',
    headers: { Authorization: `Bearer ${access}` },
  }),
  refresh: ({ refresh }) => ({ method: 'POST', path: '/api/token/refresh/', body: { refresh } }),
  refreshed: (_session, answer) => parsed(answer),
};

/** What every system signs with. It protects nothing. */
export const SECRET_KEY = 'for-measuring-only-q7VnZ2xKdR9sWmT4bYpL8cHf3GjN6aUeXoB1';
