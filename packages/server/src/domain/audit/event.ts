import type { Language, MessageKind } from '../email/message.ts';
import type { LimitName } from '../limits/limit.ts';

/** Where a request came from. Made once, at the edge. */
export interface Origin {
  readonly ip: string;
  /** at most 300 characters */
  readonly userAgent: string;
  readonly requestId: string;
  /** the account that asks, as far as the request says so by an access token */
  readonly actorId?: number;
  /** the one that the client asks for, of those that mails are written in; English unless it says so */
  readonly language?: Language;
}

/** One kind each. `userId` is the account it is about. */
type Kind =
  | { readonly event: 'account_registered'; readonly userId: number }
  | { readonly event: 'superuser_created'; readonly userId: number }
  | {
      readonly event: 'account_deletion_asked';
      readonly userId: number;
      /** milliseconds since 1970 */
      readonly eraseAt: number;
      readonly sessionsEnded: number;
    }
  | { readonly event: 'account_taken_back'; readonly userId: number }
  | { readonly event: 'account_exported'; readonly userId: number }
  | AccountCreated
  | AccountChanged
  | { readonly event: 'account_removed'; readonly userId: number }
  | { readonly event: 'password_changed'; readonly userId: number; readonly sessionsEnded: number }
  | { readonly event: 'password_reset'; readonly userId: number; readonly sessionsEnded: number }
  | { readonly event: 'email_verified'; readonly userId: number }
  | { readonly event: 'email_changed'; readonly userId: number }
  | { readonly event: 'email_change_reverted'; readonly userId: number; readonly sessionsEnded: number }
  | MailGivenUp
  | { readonly event: 'logged_in'; readonly userId: number; readonly sessionId: string }
  | { readonly event: 'admin_signed_in' | 'admin_signed_out' | 'admin_stepped_up'; readonly userId: number }
  | { readonly event: 'django_token_adopted'; readonly userId: number; readonly sessionId: string }
  | GroupEvent
  | { readonly event: 'mail_asked_for'; readonly userId: number; readonly kind: MessageKind }
  | { readonly event: 'sessions_ended'; readonly userId: number; readonly sessionsEnded: number }
  | { readonly event: 'users_exported'; readonly userId: undefined }
  | RightsChanged
  | SessionEnded
  | { readonly event: 'logged_out_everywhere'; readonly userId: number; readonly sessionsEnded: number }
  | LoginFailed
  | ServerStarted
  | SettingsChanged
  | { readonly event: 'refresh_token_reused'; readonly userId: number; readonly sessionId: string }
  | {
      readonly event: 'key_added';
      readonly userId: undefined;
      readonly kid: string;
      readonly algorithm: string;
    }
  | KeyRotated
  | { readonly event: 'key_retired'; readonly userId: undefined; readonly kid: string }
  | { readonly event: 'keys_resealed'; readonly userId: undefined; readonly count: number }
  | { readonly event: 'django_token_revoked'; readonly userId: number | undefined; readonly jti: string }
  | AuditExported
  | { readonly event: 'database_restored'; readonly userId: undefined; readonly sessionsEnded: number }
  | LimitHit
  | SprayingSeen
  | DjangoAdminAction
  | ImportFinished
  | ExportFinished;

/**
 * What is remembered. Written in the transaction of the deed; holds no secret. `actorId` is who did it, where that
 * is not the actor of the origin.
 */
export type AuditEvent = Kind & { readonly actorId?: number | undefined };

/** Logins that failed, from one network. */
export interface LoginFailed {
  readonly event: 'login_failed';
  /** whose password was tried; undefined when it was nobody's, or many */
  readonly userId: number | undefined;
  /** since the last event for the same account and network */
  readonly attempts: number;
}

export interface ServerStarted {
  readonly event: 'server_started';
  readonly userId: undefined;
  readonly version: string;
  readonly profile: string;
  /** those that are set, by name; secrets masked, with a mark by which two of them are told apart */
  readonly settings: Readonly<Record<string, string>>;
}

/** A server started with other settings than the last one that did. */
export interface SettingsChanged {
  readonly event: 'settings_changed';
  readonly userId: undefined;
  /** names; what they are stands in the starts */
  readonly changed: readonly string[];
}

/** A mail that could not be sent. */
export interface MailGivenUp {
  readonly event: 'mail_given_up';
  /** the account, as far as the message names it */
  readonly userId: number | undefined;
  readonly kind: MessageKind;
  readonly attempts: number;
}

/** Staff made an account. */
interface AccountCreated {
  readonly event: 'account_created';
  readonly userId: number;
  /** whether it is staff, or a superuser, where it is */
  readonly changes?: AccountChanged['changes'];
}

export interface AccountChanged {
  readonly event: 'account_changed';
  readonly userId: number;
  readonly fields: readonly string[];
  /** what flags were before and are after, where staff changed them */
  readonly changes?: Readonly<Record<string, readonly [before: boolean, after: boolean]>>;
}

/** A group was made, changed or deleted. */
export interface GroupEvent {
  readonly event: 'group_added' | 'group_changed' | 'group_removed';
  readonly userId: undefined;
  readonly groupId: number;
  /** as it is called now, or was last */
  readonly name: string;
  /** what it was called before, if that changed */
  readonly oldName?: string;
  /** permissions as they are stored */
  readonly granted: readonly string[];
  readonly taken: readonly string[];
}

/** An account was put into groups or taken out, or was given permissions of its own, or they were taken. */
export interface RightsChanged {
  readonly event: 'rights_changed';
  readonly userId: number;
  /** names of groups */
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** permissions as they are stored */
  readonly granted: readonly string[];
  readonly taken: readonly string[];
}

export interface SessionEnded {
  readonly event: 'session_ended';
  readonly userId: number;
  readonly sessionId: string;
  /**
   * `logout`: it was given up from itself; `owner`: from another session; `displaced`: the account had too many; `staff`:
   * somebody of the staff ended it. What ends
   * all of an account says so itself.
   */
  readonly why: 'logout' | 'owner' | 'displaced' | 'staff';
}

/** Another key was told to sign. */
export interface KeyRotated {
  readonly event: 'key_rotated';
  readonly userId: undefined;
  readonly kid: string;
  readonly algorithm: string;
  /** milliseconds since 1970 */
  readonly signsFrom: number;
  /** nothing that other keys signed is accepted from then on */
  readonly retiresOthers: boolean;
}

/** Somebody was turned away with 429; only the first of each block is told. */
interface LimitHit {
  readonly event: 'limit_hit';
  /** whose name or session it is, where it is somebody's */
  readonly userId: number | undefined;
  readonly limit: LimitName;
  /** until when, whole seconds; null when it does not end by itself */
  readonly waitSeconds: number | null;
}

/** One password was tried on so many names within an hour, from wherever. The origin is that of the last. */
interface SprayingSeen {
  readonly event: 'spraying_seen';
  readonly userId: undefined;
  readonly names: number;
}

/** An entry of a Django admin site's log, with the time it had there. */
export interface DjangoAdminAction {
  readonly event: 'django_admin_action';
  /** the account it is about, when it is about one */
  readonly userId: number | undefined;
  /** its id there */
  readonly id: number;
  /** who did it */
  readonly actorId: number;
  readonly action: 'addition' | 'change' | 'deletion';
  readonly objectType: string;
  readonly objectId: string;
  readonly object: string;
  readonly message: string;
}

/** Somebody of the staff took a copy of the audit trail. */
interface AuditExported {
  readonly event: 'audit_exported';
  readonly userId: undefined;
  /** what was asked for: accounts by their ids, whatever they were asked for by */
  readonly asked: AuditFilter;
}

/** How many rows a run wrote. */
export interface ImportFinished {
  readonly event: 'import_finished';
  readonly userId: undefined;
  readonly accountsAdded: number;
  readonly accountsChanged: number;
  readonly tokens: number;
  readonly adminLog: number;
}

/** How many accounts were written back. */
export interface ExportFinished {
  readonly event: 'export_finished';
  readonly userId: undefined;
  readonly accountsAdded: number;
  readonly accountsChanged: number;
}

export interface RecordedEvent {
  /** grows with time, but for events that are written at the same moment */
  readonly id: number;
  readonly at: number;
  readonly origin: Origin;
  readonly event: AuditEvent;
}

/** Which events are asked for: those that fit all that is said. */
export interface AuditFilter {
  readonly actorId?: number | undefined;
  /** whom it is about */
  readonly userId?: number | undefined;
  readonly event?: string | undefined;
  /** one of these */
  readonly events?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
  /** from this instant on */
  readonly since?: number | undefined;
  /** before this instant */
  readonly until?: number | undefined;
  /** the page that ends before this id */
  readonly before?: number | undefined;
  /** the page that begins after this id */
  readonly after?: number | undefined;
  /** no id beyond this one */
  readonly upTo?: number | undefined;
}

/** The origin of what an import brought. */
export const IMPORT: Origin = { ip: '', userAgent: 'latchkey import', requestId: '' };

/** The origin of what an export notes. */
export const EXPORT: Origin = { ip: '', userAgent: 'latchkey export', requestId: '' };

/** The origin of what a server does by itself. */
export const SERVER: Origin = { ip: '', userAgent: 'latchkey server', requestId: '' };

/** The origin of what an operator does at the command line. */
export const COMMAND_LINE: Origin = { ip: '', userAgent: 'latchkey command line', requestId: '' };
