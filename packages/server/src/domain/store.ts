import type { PersonalDataStore } from './accounts/personal-data.ts';
import type { AdminSessionStore, RightsStore } from './admin/admin-store.ts';
import type { EventKey, EventOrder } from './admin/audit/event-order.ts';
import type { OverviewStore } from './admin/overview/day-counts.ts';
import type { Page, PageRequest } from './admin/page.ts';
import type { TokenListStore } from './admin/tokens/token-store.ts';
import type { UserListStore } from './admin/users/user-list.ts';
import type { UserStore } from './admin/users/user-store.ts';
import type { AuditEvent, AuditFilter, Origin, RecordedEvent } from './audit/event.ts';
import type { LinkStore } from './email/link.ts';
import type { OutboxStore } from './email/message.ts';
import type { ImportStore } from './import/import-store.ts';
import type { StoredKey } from './keys/stored-key.ts';
import type { Limit } from './limits/limit.ts';
import type { RefusalNote } from './refusals/refusal-note.ts';

/** What an application shows of a person. One to one with the account. */
export interface Profile {
  readonly fullName: string;
  readonly bio: string;
  /** a path below the media folder, `default.jpg` until a picture is set */
  readonly image: string;
  readonly verified: boolean;
}

export interface Account {
  readonly id: number;
  readonly username: string;
  /** `''` when the person gave none */
  readonly email: string;
  /** the stored hash, in Django's string form; never leaves the domain */
  readonly password: string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly createdAt: number;
  readonly lastLoginAt: number | undefined;
  /** nobody logs in until the password is another */
  readonly requiresNewPassword: boolean;
  readonly profile: Profile;
}

/** An account as a list has it. */
export type NamedAccount = Pick<Account, 'id' | 'username' | 'email'>;

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly createdAt: number;
}

/** Either the new id, or which of the two login names somebody has already. */
export type Added = { readonly id: number } | { readonly taken: readonly ('username' | 'email')[] };

/** What may be changed about an account without its password. */
export interface AccountChanges {
  readonly username?: string;
  readonly email?: string;
  readonly isActive?: boolean;
  readonly isStaff?: boolean;
  readonly isSuperuser?: boolean;
  readonly requiresNewPassword?: boolean;
  readonly profile?: Partial<Profile>;
}

/**
 * What became of a change. `last_superuser`: nothing, for without this account there would be no active superuser any more
 * who is staff, and nobody could make one.
 */
export type Changed =
  | 'changed'
  | 'missing'
  | 'last_superuser'
  | { readonly taken: readonly ('username' | 'email')[] };

export interface AccountStore {
  /** Adds the account, its profile and its login names, or nothing. Only in a transaction. */
  add(account: NewAccount): Promise<Added>;
  byId(id: number): Promise<Account | undefined>;
  /** The first accounts in order of id, at most so many. */
  named(limit: number): Promise<readonly NamedAccount[]>;
  /** The user names of the accounts of these ids, by id. */
  usernamesOf(ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** The accounts that have the name as user name or e-mail, at most 20, exact spellings first. `ownerOfLogin` decides. */
  claimantsOf(login: string): Promise<readonly Account[]>;
  /** Whose the user name or e-mail is, without regard to case. */
  byLoginName(login: string): Promise<Account | undefined>;
  /** Also when several have it and nobody logs in by it. */
  loginNameIsTaken(name: string): Promise<boolean>;
  /** The stored passwords of at most `limit` accounts (a multiple of 10), from all over the table. */
  samplePasswords(limit: number): Promise<readonly string[]>;
  /**
   * Notes the login, if the account is active and its stored password still is the one that was checked; then
   * `upgraded`, another hash of the same password, takes its place.
   * Locks the row: of a login and a change of password at the same time, one sees the other.
   */
  admit(id: number, password: string, at: number, upgraded?: string): Promise<boolean>;
  /**
   * False when there is no such account, or its stored password is not `expected` any more, where that is given. Links
   * to set a new one or to change the e-mail are void from now on.
   * It is the new one that was required, if one was.
   */
  setPassword(id: number, hash: string, expected?: string): Promise<boolean>;
  /** Is the stored password still this one? Then nobody changes it until the transaction ends. Only in a transaction. */
  stillHasPassword(id: number, stored: string): Promise<boolean>;
  /** Changes all of it or, when a name is taken or the last superuser would be none, nothing. Only in a transaction. */
  change(id: number, changes: AccountChanges): Promise<Changed>;
  /**
   * Changes the profile; the account before and after, of which nobody else's change is in between. Undefined when there
   * is no such account. Only in a transaction.
   */
  exchangeProfile(
    id: number,
    profile: Partial<Profile>,
  ): Promise<{ readonly before: Account; readonly after: Account } | undefined>;
  /**
   * Is it the only active superuser who is staff? Then nothing may deactivate, demote or delete it; `change` sees to it itself.
   * Until the transaction ends the answer stays true, in any number of processes. Only in one.
   */
  isLastSuperuser(id: number): Promise<boolean>;
  /** Until the transaction ends nobody takes the rights of a superuser. To be called before any account is locked. */
  lockSuperusers(): Promise<void>;
}

/** One refresh token of a session, as far as it is stored: its text can be signed again from this. */
export interface RefreshStamp {
  readonly jti: string;
  /** milliseconds, whole seconds */
  readonly issuedAt: number;
  /** milliseconds, whole seconds */
  readonly expiresAt: number;
}

/** A refresh-token family: one row, and rotating is an update of that row. */
export interface Session {
  readonly id: string;
  readonly userId: number;
  readonly current: RefreshStamp;
  readonly previousJti: string | undefined;
  readonly rotatedAt: number | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
}

export interface NewSession {
  readonly id: string;
  readonly userId: number;
  readonly current: RefreshStamp;
  readonly createdAt: number;
  readonly origin: Origin;
}

/** A session that has neither ended nor expired. */
export interface LiveSession {
  readonly id: string;
  /** that it was opened from, as the user agent */
  readonly ip: string;
  readonly userAgent: string;
  readonly createdAt: number;
  /** rotated, or opened */
  readonly lastUsedAt: number;
}

/** What became of an attempt to rotate. */
export type Rotation =
  | { readonly kind: 'rotated'; readonly current: RefreshStamp }
  /** the direct parent came again within the grace: the successor it already has */
  | { readonly kind: 'repeated'; readonly current: RefreshStamp }
  /** an older token of a live session: somebody holds a copy */
  | { readonly kind: 'reused' }
  /** too many lately: nothing was consumed; `isFirst` for one of those who were turned away in this minute */
  | { readonly kind: 'throttled'; readonly wait: number; readonly isFirst: boolean }
  | { readonly kind: 'ended' }
  | { readonly kind: 'unknown' };

export interface RotateRequest {
  readonly sessionId: string;
  /** the jti of the token that was presented */
  readonly jti: string;
  readonly next: RefreshStamp;
  readonly at: number;
  /** milliseconds; 0 is strict */
  readonly grace: number;
  /** so many rotations in a window; undefined is without limit */
  readonly limit?: Limit | undefined;
}

export interface SessionStore {
  open(session: NewSession): Promise<void>;
  byId(id: string): Promise<Session | undefined>;
  /** The account and, if it has it, the session: what a token names, in one indexed read. */
  holder(userId: number, sessionId: string): Promise<Holder | undefined>;
  /** The same for an access token, in the fewest columns: it is read on every request. */
  bearer(userId: number, sessionId: string): Promise<Bearer | undefined>;
  /** Consumes the presented token, or says why not. Atomic across processes. */
  rotate(request: RotateRequest): Promise<Rotation>;
  /** Those of the account that are live at the instant and were opened after the other; the newest first. */
  liveOf(userId: number, at: number, openedAfter: number): Promise<readonly LiveSession[]>;
  /** True for the one call that ended it; false also when it is not the account's. */
  end(id: string, userId: number, at: number): Promise<boolean>;
  /**
   * Ends every live session of the account but the one to keep, and with them those of the admin site and the tokens that
   * Django issued before the instant; how many sessions, without the admin site's. In a transaction.
   */
  endAllOf(userId: number, at: number, keptId?: string): Promise<number>;
  /**
   * Ends every live session there is, and with them those of the admin site and the tokens that Django issued before the
   * instant, whoever's they are and whether the account is here yet; how many sessions. In a transaction.
   */
  endAll(at: number): Promise<number>;
  /**
   * Ends the least recently used live sessions of the account, but never the one to keep, until so many are left; the ids
   * of those it ended. In a transaction that has locked the account.
   */
  endLeastUsed(userId: number, keptId: string, left: number, at: number): Promise<readonly string[]>;
  /** The addresses that the account of a login key has logged in from, by its sessions; the newest of them. */
  addressesOf(loginKey: string): Promise<readonly string[]>;
  /** Has the account a session that was opened with this user agent? */
  hasOneFrom(userId: number, userAgent: string): Promise<boolean>;
  /**
   * Deletes the sessions whose refresh token expired before the instant; how many. Looks through all of them, at most `limit` in a
   * statement: an index of what each refresh moves would cost each of them.
   */
  purgeExpired(before: number, limit: number): Promise<number>;
}

export interface Holder {
  readonly account: Account;
  readonly session: Session | undefined;
}

/** What an access token stands for now. */
export interface Bearer extends Pick<Account, 'id' | 'username' | 'isActive' | 'isStaff' | 'isSuperuser'> {
  /** has a session of this id that has not ended */
  readonly hasLiveSession: boolean;
}

/** Whom a token of Django's stands for, by its `user_id`. */
export interface TokenOwner
  extends Pick<Account, 'id' | 'username' | 'isActive' | 'isStaff' | 'isSuperuser'> {
  /** what was issued before is refused */
  readonly tokensValidFrom: number;
}

/** A refresh token that Django issued, as the tables have it. */
export type DjangoTokenState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'blacklisted' }
  | { readonly kind: 'session'; readonly sessionId: string };

export interface Adoption {
  readonly sessionId: string;
  readonly userId: number;
  /** of Django's token; `issuedAt` is 0 when it does not say */
  readonly token: RefreshStamp;
  /** may it be one that no table knows? */
  readonly mayBeUnrecorded: boolean;
  readonly at: number;
  readonly origin: Origin;
}

/** What became of an attempt to adopt; `session` is one it was adopted into before. */
export type Adopted =
  | { readonly kind: 'adopted'; readonly sessionId: string }
  | { readonly kind: 'no_owner' }
  | Exclude<DjangoTokenState, { readonly kind: 'recorded' }>;

/** Tokens that Django issued. */
export interface DjangoTokenStore {
  owner(userId: number): Promise<TokenOwner | undefined>;
  state(jti: string): Promise<DjangoTokenState>;
  /**
   * Opens a session for the token, whose current jti it is, if the account is active and its tokens are not revoked.
   * Of any number of requests in any number of processes one adopts. Only in a transaction.
   */
  adopt(adoption: Adoption): Promise<Adopted>;
  /** Deletes at most `limit` rows whose token has expired; how many. */
  purgeExpired(before: number, limit: number): Promise<number>;
}

/** What turns somebody away. */
export interface TurnedAway {
  /** milliseconds that the block still lasts, `Infinity` if it does not end by itself */
  readonly wait: number;
  /** for one of those who are turned away by a block, at any number of servers */
  readonly isFirst: boolean;
}

/** Counts of limits. Each verb is atomic across processes. */
export interface LimitStore {
  /** Counts one against the limit, unless its key is blocked; then what turns it away. */
  count(limit: Limit, key: string, at: number): Promise<TurnedAway | undefined>;
  /** Takes one back that was counted, and the block if that one made it. */
  giveBack(limit: Limit, key: string, at: number): Promise<void>;
  /** The key has never been counted. */
  forget(limit: Limit, key: string): Promise<void>;
  /** Deletes at most `most` counts that mean nothing since before the instant; how many. */
  purge(before: number, most: number): Promise<number>;
}

/** The ring of signing keys. */
export interface KeyStore {
  /** Counts the changes: while it stays the same, so do the keys (but for a purge, which nobody notices). */
  revision(): Promise<number>;
  all(): Promise<readonly StoredKey[]>;
  /** Keeps others, in any number of processes, from changing keys until the transaction ends. Only in one. */
  beginChange(): Promise<void>;
  /** Adds the key, or sets its times and its seal anew; the key itself never changes. Only after `beginChange`. */
  put(key: StoredKey): Promise<void>;
  /** Deletes those that have verified nothing since before the instant; how many. */
  purge(before: number): Promise<number>;
}

/** Written, read, and purged when they are old: no verb changes an event. */
export interface AuditStore {
  record(event: AuditEvent, at: number, origin: Origin): Promise<void>;
  /** A page, the newest first; the next one is `before` the id of its last. */
  list(limit: number, filter?: AuditFilter): Promise<readonly RecordedEvent[]>;
  /** A page, the oldest first; the next one is `after` the id of its last. */
  listForward(limit: number, filter?: AuditFilter): Promise<readonly RecordedEvent[]>;
  /** A page by keys, in an order. */
  page(filter: AuditFilter, order: EventOrder, page: PageRequest<EventKey>): Promise<Page<RecordedEvent>>;
  /** The first id that an event since the instant can have, and the last id there is; 0 for none. */
  idsSince(since: number | undefined): Promise<{ readonly first: number; readonly last: number }>;
  /** Deletes at most `limit` events from before the instant; how many. The database refuses it for the last four weeks. */
  purge(before: number, limit: number): Promise<number>;
}

/** What was refused lately. */
export interface RefusalStore {
  /** Adds them, and deletes what is older than the newest `most`. */
  add(notes: readonly RefusalNote[], most: number): Promise<void>;
  /** A proxy may give an id twice; the newest first. */
  byRequest(requestId: string): Promise<readonly RefusalNote[]>;
  /** Deletes at most `most` from before the instant; how many. */
  purge(before: number, most: number): Promise<number>;
}

/** What the domain asks of a database, in the domain's own verbs. */
export interface Store {
  readonly accounts: AccountStore;
  readonly userList: UserListStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly djangoTokens: DjangoTokenStore;
  readonly audit: AuditStore;
  readonly imports: ImportStore;
  readonly limits: LimitStore;
  readonly keys: KeyStore;
  readonly refusals: RefusalStore;
  readonly links: LinkStore;
  readonly outbox: OutboxStore;
  readonly personalData: PersonalDataStore;
  readonly adminSessions: AdminSessionStore;
  readonly rights: RightsStore;
  readonly overview: OverviewStore;
  readonly tokens: TokenListStore;
  /** All or nothing: a throw undoes it all, a refusal that is returned does not. */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Answers when the database does. */
  ping(): Promise<void>;
  /** Is this error the database being away, full or too busy, rather than a bug? */
  isUnavailable(error: unknown): boolean;
}
