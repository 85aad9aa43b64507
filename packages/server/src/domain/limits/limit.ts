/**
 * So many in a window; more are blocked until the window ends or, where there is a delay, for a while that doubles
 * with each further attempt.
 */
export interface Limit {
  /** stands in the key, so that two limits never share a count */
  readonly name: string;
  readonly count: number;
  readonly windowSeconds: number;
  readonly delay?: { readonly firstSeconds: number; readonly longestSeconds: number };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Wrong passwords from one network (OWASP, Copenhagen Book: ten and then a pause). */
export const LOGIN_BY_NETWORK: Limit = {
  name: 'login-network',
  count: 20,
  windowSeconds: 5 * MINUTE,
  delay: { firstSeconds: MINUTE, longestSeconds: HOUR },
};

const CONSECUTIVE = {
  count: 10,
  windowSeconds: 30 * 24 * HOUR,
  delay: { firstSeconds: MINUTE, longestSeconds: HOUR },
};

/** Wrong passwords for one login name since the last right one (NIST SP 800-63B: at most a hundred). */
export const LOGIN_BY_NAME: Limit = { name: 'login-name', ...CONSECUTIVE };

/** The same from a network that the person has logged in from: there a stranger's guesses do not count. */
export const LOGIN_BY_KNOWN_NETWORK: Limit = { name: 'login-known', ...CONSECUTIVE };

/** One route, one network. */
export const REGISTER: readonly Limit[] = [
  { name: 'register-minute', count: 5, windowSeconds: MINUTE },
  { name: 'register-hour', count: 30, windowSeconds: HOUR },
];

export const REFRESH: readonly Limit[] = [{ name: 'refresh', count: 150, windowSeconds: 5 * MINUTE }];

/** Other servers ask this for their users, all from one address. */
export const VERIFY: readonly Limit[] = [{ name: 'verify', count: 1_500, windowSeconds: 5 * MINUTE }];
