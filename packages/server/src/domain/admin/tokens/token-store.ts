import type { Page, PageRequest } from '../page.ts';

/** A refresh token as the list has it: the current one of a session, or one of Django's that no session has taken over. */
export interface ListedToken {
  readonly jti: string;
  readonly kind: 'session' | 'django';
  /** undefined when its account is not known; the name when the account is gone */
  readonly user: { readonly id: number; readonly username: string | undefined } | undefined;
  /** undefined for Django's: its tables are not asked for it */
  readonly createdAt: number | undefined;
  /** when its session was opened; undefined for Django's */
  readonly openedAt: number | undefined;
  readonly expiresAt: number;
  /** when it was revoked; undefined while it is not */
  readonly blacklistedAt: number | undefined;
  readonly sessionId: string | undefined;
}

/** `outstanding`: neither revoked nor expired; `blacklisted`: revoked. */
export const TOKEN_STATES = ['outstanding', 'blacklisted'] as const;

export interface TokenFilter {
  readonly state?: (typeof TOKEN_STATES)[number] | undefined;
  readonly userIds?: readonly number[] | undefined;
}

/**
 * When its session was opened, for Django's when it expires, or when it was blacklisted where those are listed alone; and the
 * id of the session, for Django's the jti.
 */
export type TokenKey = readonly [at: number, id: string];

/** What a jti, or the id of a session, stands for. */
export type FoundToken =
  | { readonly kind: 'session'; readonly sessionId: string; readonly userId: number }
  | { readonly kind: 'django'; readonly jti: string; readonly userId: number | undefined };

/** Refresh tokens of both kinds, for the list of the admin. */
export interface TokenListStore {
  /** The newest sessions first, among them Django's by when they expire; or those that were blacklisted last, where those are listed alone. */
  list(filter: TokenFilter, page: PageRequest<TokenKey>, now: number): Promise<Page<ListedToken>>;
  /**
   * By the jti of a token of Django's, by the id of a session, or by the current jti of one or the one before it. The last
   * has no index, for each refresh would have to pay for it: a million sessions take about half a second, in
   * many short statements.
   */
  find(jtiOrSessionId: string): Promise<FoundToken | undefined>;
  /** The token that was found, as the list has it. */
  one(found: FoundToken): Promise<ListedToken | undefined>;
  /** Blacklists a token of Django's that no session has taken over. True for the one call that did. */
  blacklist(jti: string, at: number): Promise<boolean>;
}
