import type { ColumnType, Generated } from 'kysely';

/** 0 or 1, the same in both databases. */
export type Flag = 0 | 1;

/** An instant: whole milliseconds since 1970. Never a Date: the SQLite driver would bind it as NULL. */
export type Instant = number;

export interface UserTable {
  id: Generated<number>;
  username: string;
  email: string;
  password: string;
  is_active: Flag;
  is_staff: Flag;
  is_superuser: Flag;
  created_at: Instant;
  last_login_at: Instant | null;
  tokens_valid_from: Generated<Instant>;
  /** from when on it may be erased; null: it is not deleted */
  erase_at: Instant | null;
  requires_new_password: Generated<Flag>;
}

export interface ProfileTable {
  user_id: number;
  full_name: string;
  bio: string;
  image: string;
  verified: Flag;
  first_name: Generated<string>;
  last_name: Generated<string>;
}

/** One namespace of user names and e-mails, folded: what a person logs in by is somebody's alone. */
export interface LoginNameTable {
  name: string;
  user_id: number;
}

/** The words that an account is found by. */
export interface UserWordTable {
  user_id: number;
  word: string;
}

export interface SessionTable {
  id: string;
  user_id: number;
  current_jti: string;
  issued_at: Instant;
  expires_at: Instant;
  previous_jti: string | null;
  rotated_at: Instant | null;
  created_at: ColumnType<Instant, Instant, never>;
  ended_at: Instant | null;
  ip: string;
  user_agent: string;
  /** when the minute began in which rotations are counted */
  burst_since: Generated<Instant>;
  burst_count: Generated<number>;
}

export interface AuditTable {
  id: Generated<number>;
  at: Instant;
  event: string;
  /** who did it */
  actor_id: number | null;
  /** whom it is about */
  user_id: number | null;
  detail: string;
  ip: string;
  user_agent: string;
  request_id: string;
}

/** What was refused lately. */
export interface RefusalTable {
  id: Generated<number>;
  at: Instant;
  request_id: string;
  method: string;
  route: string;
  reason: string;
  ip: string;
  detail: string;
}

export interface GroupTable {
  id: Generated<number>;
  name: string;
  /** the permissions that Django and we agreed on last, as JSON */
  base: string | null;
}

export interface GroupPermissionTable {
  group_id: number;
  /** Django's `app_label.codename` */
  permission: string;
}

export interface UserGroupTable {
  user_id: number;
  group_id: number;
}

export interface UserPermissionTable {
  user_id: number;
  permission: string;
}

/** Refresh tokens that Django issued. */
export interface DjangoTokenTable {
  jti: string;
  user_id: number | null;
  expires_at: Instant;
  blacklisted_at: Instant | null;
  /** the session it was adopted into */
  session_id: string | null;
}

/** What Django and we agreed on last, as JSON. */
export interface DjangoAccountTable {
  user_id: number;
  base: string;
}

export interface DjangoMarkTable {
  name: string;
  mark: number;
}

/** How often something was asked for lately. */
export interface LimitCountTable {
  key: string;
  count: number;
  since: Instant;
  /** milliseconds that the last block was for */
  delay: number;
  blocked_until: Instant;
  /** from then on the row means nothing */
  stale_at: Instant;
  /** the end of the last block that somebody was turned away by */
  told_until: Generated<Instant>;
}

/** A key of the ring; `SECRET_KEY` has neither a public nor a sealed part. */
export interface SigningKeyTable {
  kid: string;
  algorithm: string;
  public_jwk: string | null;
  /** the private part, encrypted */
  sealed: string | null;
  created_at: Instant;
  signs_from: Instant | null;
  signs_until: Instant | null;
  verifies_until: Instant | null;
}

/** One row. */
export interface KeyRingTable {
  id: number;
  /** counts the changes */
  revision: number;
}

/** A link in a mail that was sent, until it is used. */
export interface MailLinkTable {
  user_id: number;
  /** of those of one account and purpose only the newest is there */
  purpose: string;
  /** SHA-256 of the token, hex */
  token_hash: string;
  email: string;
  expires_at: Instant;
}

/** A mail that waits to be sent or, in dev, one that was. */
export interface OutboxTable {
  id: Generated<number>;
  recipient: string;
  kind: string;
  language: string;
  /** the values of the message, as JSON */
  details: string;
  created_at: Instant;
  /** when it is tried next; null when it is delivered and kept */
  due_at: Instant | null;
  attempts: number;
  delivered_at: Instant | null;
  subject: string | null;
  plain: string | null;
  html: string | null;
}

/** A session of the admin site. */
export interface AdminSessionTable {
  /** the hash of its id */
  key: string;
  user_id: number;
  created_at: Instant;
  used_at: Instant;
  ip: string;
  user_agent: string;
}

/** Who gave his password again, and in which session. */
export interface StepUpTable {
  /** the id of a session, or the key of one of the admin site */
  session: string;
  user_id: number;
  at: Instant;
}

/** Numbers by day. */
export interface DailyCountTable {
  /** days since 1970, UTC */
  day: number;
  name: string;
  count: number;
  /** when it was written last */
  at: Instant;
}

/** What imports said in the end. */
export interface ImportReportTable {
  id: Generated<number>;
  at: Instant;
  /** for a person */
  summary: string;
  /** JSON */
  report: string;
}

export interface Tables {
  users: UserTable;
  profiles: ProfileTable;
  login_names: LoginNameTable;
  user_words: UserWordTable;
  sessions: SessionTable;
  audit_events: AuditTable;
  refusals: RefusalTable;
  groups: GroupTable;
  group_permissions: GroupPermissionTable;
  user_groups: UserGroupTable;
  user_permissions: UserPermissionTable;
  /** the further accounts of a login name; an import alone makes these */
  contested_names: LoginNameTable;
  django_tokens: DjangoTokenTable;
  django_accounts: DjangoAccountTable;
  django_marks: DjangoMarkTable;
  limit_counts: LimitCountTable;
  signing_keys: SigningKeyTable;
  key_ring: KeyRingTable;
  mail_links: MailLinkTable;
  outbox: OutboxTable;
  admin_sessions: AdminSessionTable;
  step_ups: StepUpTable;
  daily_counts: DailyCountTable;
  import_reports: ImportReportTable;
}

/** Every table but `key_ring`, which counts changes; those that others refer to come first. The compiler keeps it complete. */
const NAMES: Readonly<Record<Exclude<keyof Tables, 'key_ring'>, true>> = {
  users: true,
  profiles: true,
  login_names: true,
  user_words: true,
  sessions: true,
  audit_events: true,
  refusals: true,
  groups: true,
  group_permissions: true,
  user_groups: true,
  user_permissions: true,
  contested_names: true,
  django_tokens: true,
  django_accounts: true,
  django_marks: true,
  limit_counts: true,
  signing_keys: true,
  mail_links: true,
  outbox: true,
  admin_sessions: true,
  step_ups: true,
  daily_counts: true,
  import_reports: true,
};

export const TABLE_NAMES = Object.keys(NAMES);
