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
}

export interface ProfileTable {
  user_id: number;
  full_name: string;
  bio: string;
  image: string;
  verified: Flag;
}

/** One namespace of user names and e-mails, folded: what a person logs in by is somebody's alone. */
export interface LoginNameTable {
  name: string;
  user_id: number;
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
}

export interface AuditTable {
  id: Generated<number>;
  at: Instant;
  event: string;
  user_id: number | null;
  detail: string;
  ip: string;
  user_agent: string;
  request_id: string;
}

export interface Tables {
  users: UserTable;
  profiles: ProfileTable;
  login_names: LoginNameTable;
  sessions: SessionTable;
  audit_events: AuditTable;
}
