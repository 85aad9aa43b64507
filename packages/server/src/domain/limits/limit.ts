/**
 * So many in a window; more are blocked until the window ends or, where there is a delay, for a while that doubles
 * with each further attempt.
 */
export interface Limit {
  /** stands in the key, so that two limits never share a count */
  readonly name: LimitName;
  readonly count: number;
  readonly windowSeconds: number;
  readonly delay?: Delay;
  /**
   * At so many the key is blocked until it is forgotten. Such a limit counts in a row: its window begins anew with
   * each attempt, and once it was blocked it is remembered as long as its delay.
   */
  readonly stop?: number;
}

export interface Delay {
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  /** how long after a block the next one still is longer than that */
  readonly rememberedSeconds: number;
}

/** Every limit there is, for the metrics and the audit trail. */
export type LimitName =
  | 'login-network'
  | 'login-name'
  | 'login-known'
  | 'register-minute'
  | 'register-hour'
  | 'refresh'
  | 'refresh-session'
  | 'upload'
  | 'account-export'
  | 'mail-network'
  | 'mail-hour'
  | 'mail-day'
  | 'links'
  | 'verify'
  | 'everything';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Servers whose clocks differ by no more than this agree on what is blocked. Milliseconds. */
export const CLOCK_TOLERANCE = 5 * MINUTE * 1000;

/** A block that does not end by itself. An instant, far off (the last day of the year 9999). */
export const FOR_GOOD = 253_402_214_400_000;

/** Wrong passwords from one network (OWASP, Copenhagen Book: ten and then a pause). */
export const LOGIN_BY_NETWORK: Limit = {
  name: 'login-network',
  count: 20,
  windowSeconds: 5 * MINUTE,
  delay: { firstSeconds: MINUTE, longestSeconds: HOUR, rememberedSeconds: 2 * HOUR },
};

const IN_A_ROW = {
  count: 10,
  windowSeconds: 30 * DAY,
  delay: { firstSeconds: MINUTE, longestSeconds: HOUR, rememberedSeconds: 366 * DAY },
  stop: 100,
};

/** Wrong passwords for one login name since the last right one (NIST SP 800-63B section 3.2.2: at most a hundred). */
export const LOGIN_BY_NAME: Limit = { name: 'login-name', ...IN_A_ROW };

/** The same from a network that the person has logged in from: there a stranger's guesses do not count. */
export const LOGIN_BY_KNOWN_NETWORK: Limit = { name: 'login-known', ...IN_A_ROW };

/** One route, one network. */
export const REGISTER: readonly Limit[] = [
  { name: 'register-minute', count: 5, windowSeconds: MINUTE },
  { name: 'register-hour', count: 30, windowSeconds: HOUR },
];

export const REFRESH: readonly Limit[] = [{ name: 'refresh', count: 150, windowSeconds: 5 * MINUTE }];

/** Rotations of one session. Counted in its row, by the statement that rotates. */
export const REFRESH_OF_SESSION: Limit = { name: 'refresh-session', count: 30, windowSeconds: MINUTE };

/** Pictures of one account. */
export const UPLOAD: readonly Limit[] = [{ name: 'upload', count: 10, windowSeconds: HOUR }];
/** Routes that send a mail to somebody, one network. */
export const MAIL: readonly Limit[] = [{ name: 'mail-network', count: 30, windowSeconds: HOUR }];

/** Mails that anybody can have sent to one address. Whoever asks for more hears nothing of it. */
export const MAIL_BY_ADDRESS: readonly Limit[] = [
  { name: 'mail-hour', count: 3, windowSeconds: HOUR },
  { name: 'mail-day', count: 10, windowSeconds: 24 * HOUR },
];

/** Routes that take the token of a link, one network. */
export const LINKS: readonly Limit[] = [{ name: 'links', count: 30, windowSeconds: 5 * MINUTE }];

/** Exports of all that is held about one account. */
export const ACCOUNT_EXPORT: readonly Limit[] = [{ name: 'account-export', count: 5, windowSeconds: HOUR }];

/** Other servers ask this for their users, all from one address. */
export const VERIFY: readonly Limit[] = [{ name: 'verify', count: 1_500, windowSeconds: 5 * MINUTE }];

/** Every request of a network, whatever it is for. Counted in the memory of each process. */
export const EVERYTHING: Limit = { name: 'everything', count: 300, windowSeconds: 10 };
