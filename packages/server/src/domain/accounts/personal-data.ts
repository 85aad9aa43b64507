import type { Language, MessageKind } from '../email/message.ts';
import type { Account } from '../store.ts';

/** A session as it is told to its owner; live, ended or expired. Instants are milliseconds. */
export interface HeldSession {
  readonly id: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | undefined;
}

/** A session of the admin site. */
export interface HeldAdminSession {
  readonly ip: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** A refresh token that Django issued. */
export interface HeldDjangoToken {
  readonly jti: string;
  readonly expiresAt: number;
  readonly blacklistedAt: number | undefined;
}

/** A mail to the person: one that waits or, in dev, one that is kept. */
export interface HeldMail {
  readonly to: string;
  readonly kind: MessageKind;
  readonly language: Language;
  readonly createdAt: number;
  readonly deliveredAt: number | undefined;
}

/** A link that was mailed and is not used yet. */
export interface HeldLink {
  readonly purpose: string;
  readonly email: string;
  readonly expiresAt: number;
}

/** All that the database holds about a person but the audit trail and what is secret. */
export interface HeldAboutPerson {
  readonly account: Omit<Account, 'password'>;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  readonly permissions: readonly string[];
  readonly sessions: readonly HeldSession[];
  readonly adminSessions: readonly HeldAdminSession[];
  readonly djangoTokens: readonly HeldDjangoToken[];
  readonly mails: readonly HeldMail[];
  readonly links: readonly HeldLink[];
}

/** What is held about a person, as a whole: told, and erased. */
export interface PersonalDataStore {
  /** In a transaction; one table after the other, so that what others write meanwhile may be in a part of it. */
  heldAbout(userId: number): Promise<HeldAboutPerson | undefined>;
  /**
   * Nobody can use the account from now on, and it is erased after the instant, or earlier if that was said before. False
   * when there is no such account.
   */
  scheduleErasure(userId: number, eraseAt: number): Promise<boolean>;
  /** Makes an account active again that was to be erased; false when it is not, or when its time is up. Atomic across processes. */
  takeBack(userId: number, at: number): Promise<boolean>;
  /** Has nobody else this picture? */
  ownsPicture(userId: number, image: string): Promise<boolean>;
  /** Accounts whose time is up, those that wait longest first. */
  dueForErasure(
    at: number,
    limit: number,
  ): Promise<readonly { readonly id: number; readonly image: string }[]>;
  /**
   * Deletes the account and all that is held about it, but its id and the audit trail, if its time is up: true for the one
   * call that did. In a transaction.
   */
  erase(userId: number, at: number): Promise<boolean>;
  /**
   * Takes addresses, browsers and names out of the events about and by accounts that were removed before the instant, at
   * most so many accounts; how many. The database refuses it for the last four weeks.
   */
  forgetInEvents(before: number, limit: number): Promise<number>;
}
