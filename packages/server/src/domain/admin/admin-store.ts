import type { Origin } from '../audit/event.ts';
import type { Account } from '../store.ts';
import type { PageRequest } from './page.ts';

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

/** A group, and what its members hold by it, as it is stored. */
export interface Group {
  readonly id: number;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** Groups and permissions. Those of an account go with it, and memberships with a group. */
export interface RightsStore {
  /** Undefined when there is no such account. `session`: the id or key of the session it asks from. */
  authorityOf(userId: number, session?: string): Promise<Authority | undefined>;
  /** Until the transaction ends nobody else changes the account, or what it holds. Only in one. */
  lockAccount(userId: number): Promise<void>;
  /** The same for a group. */
  lockGroup(id: number): Promise<void>;
  /** A page of groups in order of id, one more than it holds; of those whose name has the text in it, whatever its case. */
  groups(page: PageRequest<number>, search: string): Promise<readonly Group[]>;
  /** Of those asked for the groups that there are, in order of id. */
  groupsById(ids: readonly number[]): Promise<readonly Group[]>;
  groupsOf(userId: number): Promise<readonly Group[]>;
  /** The id of the new group; undefined when the name is taken. */
  addGroup(name: string): Promise<number | undefined>;
  renameGroup(id: number, name: string): Promise<'renamed' | 'missing' | 'taken'>;
  /** The group holds exactly these from now on. Only in a transaction. */
  setPermissionsOfGroup(id: number, permissions: readonly string[]): Promise<void>;
  /** True for the one call that removed it. */
  removeGroup(id: number): Promise<boolean>;
  /** What the account holds itself, as it is stored. */
  permissionsOf(userId: number): Promise<readonly string[]>;
  /** The account is in exactly these groups from now on, all of which there are. Only in a transaction. */
  setGroupsOf(userId: number, groupIds: readonly number[]): Promise<void>;
  /** The account itself holds exactly these from now on. Only in a transaction. */
  setPermissionsOf(userId: number, permissions: readonly string[]): Promise<void>;
}
