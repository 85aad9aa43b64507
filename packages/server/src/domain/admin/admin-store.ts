import type { Origin } from '../audit/event.ts';
import type { Account } from '../store.ts';

/** A session of the admin site. It has no tokens: its id is in a cookie, and its hash here. */
export interface AdminSession {
  /** the hash of its id */
  readonly key: string;
  readonly createdAt: number;
  /** as noted: up to a minute before the last call */
  readonly usedAt: number;
}

export interface NewAdminSession extends Pick<AdminSession, 'key' | 'createdAt'> {
  readonly userId: number;
  readonly origin: Origin;
}

/** A session of the admin site and whose it is, now. */
export interface AdminHolder {
  readonly session: AdminSession;
  readonly account: Pick<Account, 'id' | 'username' | 'isActive' | 'isStaff' | 'isSuperuser'>;
}

/** Sessions of the admin site. What ends all sessions of an account ends these too. */
export interface AdminSessionStore {
  open(session: NewAdminSession): Promise<void>;
  find(key: string): Promise<AdminHolder | undefined>;
  /** Notes that it was used at the instant. */
  noteUse(key: string, at: number): Promise<void>;
  /** True for the one call that ended it. */
  end(key: string): Promise<boolean>;
  /** Notes that who asks from a session, of whichever kind, has given his password again. */
  stepUp(session: string, userId: number, at: number): Promise<void>;
  /** Deletes at most `limit` sessions from before the instant, and step-ups; how many sessions. */
  purge(before: number, limit: number): Promise<number>;
}

/** What an account may do, as the database has it now. */
export interface Authority extends Pick<Account, 'isActive' | 'isStaff' | 'isSuperuser'> {
  /** its own and those of its groups, as they are stored, each once */
  readonly permissions: readonly string[];
  /** when it gave its password again in the session */
  readonly steppedUpAt: number | undefined;
}

/** Groups and permissions. */
export interface RightsStore {
  /** Undefined when there is no such account. `session`: the id or key of the session it asks from. */
  authorityOf(userId: number, session?: string): Promise<Authority | undefined>;
}
