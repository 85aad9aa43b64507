import { createHash } from 'node:crypto';
import type { Random } from '../system.ts';

/** What a link in a mail is for. Good for nothing else. */
export type LinkPurpose =
  | 'verify_email'
  | 'reset_password'
  | 'change_email'
  | 'revert_email'
  | 'reset_email'
  | 'reset_username'
  | 'take_back_account'
  | 'set_up';

/** A new password voids these: who knows it has no use for them, and who does not shall not have them. */
export const VOID_WITH_PASSWORD = [
  'reset_password',
  'change_email',
  'reset_email',
  'reset_username',
  'set_up',
] as const satisfies readonly LinkPurpose[];

/** A new e-mail voids these: they went to the old one, which somebody else may read. */
export const VOID_WITH_EMAIL = [
  'verify_email',
  'reset_password',
  'reset_email',
  'reset_username',
] as const satisfies readonly LinkPurpose[];

/** The deletion of an account voids these, its owner's as well as those that staff do. The way back to an e-mail stays. */
export const VOID_WITH_ACCOUNT = [
  ...VOID_WITH_PASSWORD,
  'verify_email',
  'take_back_account',
] as const satisfies readonly LinkPurpose[];

const HOUR = 3_600_000;

/** How long a link is good for, milliseconds (security defaults: Copenhagen Book, better-auth). */
export const LINK_LIFETIME: Readonly<Record<LinkPurpose, number>> = {
  verify_email: 24 * HOUR,
  reset_password: HOUR,
  change_email: HOUR,
  revert_email: 7 * 24 * HOUR,
  reset_email: HOUR,
  reset_username: HOUR,
  // longer than any grace: the account decides whether it can be taken back
  take_back_account: 400 * 24 * HOUR,
  set_up: 24 * HOUR,
};

export interface NewLink {
  readonly userId: number;
  readonly purpose: LinkPurpose;
  /** what it is bound to: the address that it was sent to */
  readonly email: string;
  readonly tokenHash: string;
  readonly expiresAt: number;
}

/** What a link stands for. */
export interface LinkTarget {
  readonly userId: number;
  readonly email: string;
}

/** A link as somebody presents it. */
export interface PresentedLink {
  readonly token: string;
  /** where the link names the account too: it has to be the right one */
  readonly userId: number | undefined;
}

export interface LinkStore {
  /** Takes the place of the link of the same account and purpose. */
  issue(link: NewLink): Promise<void>;
  /** The same for a link to the same address that is there; false, and nothing done, when it was used or voided. */
  renew(link: NewLink): Promise<boolean>;
  /** What the link stands for, as long as it was not used. Changes nothing. */
  find(purpose: LinkPurpose, link: PresentedLink, at: number): Promise<LinkTarget | undefined>;
  /**
   * Uses it up: of any number of requests in any number of processes one gets it. Locks the account first, and so do all that
   * void links. In a transaction.
   */
  consume(purpose: LinkPurpose, link: PresentedLink, at: number): Promise<LinkTarget | undefined>;
  /** Voids the account's links of these purposes. In a transaction. */
  drop(userId: number, purposes: readonly LinkPurpose[]): Promise<void>;
  /** Where the account's link of this purpose was sent, or will be. */
  addressOf(purpose: LinkPurpose, userId: number, at: number): Promise<string | undefined>;
  /** Deletes at most `limit` links that expired before the instant; how many. */
  purge(before: number, limit: number): Promise<number>;
}

/**
 * Ways back: whether there is one is decided in the transaction of the deed, and may be decided otherwise while the mail waits. So
 * the link is there from the deed on, without a token that anybody knows, and the mail is written only if it still is.
 */
const WAYS_BACK = ['revert_email', 'take_back_account'] as const satisfies readonly LinkPurpose[];

type WayBack = (typeof WAYS_BACK)[number];

export const isWayBack = (purpose: string): purpose is WayBack => WAYS_BACK.some((one) => one === purpose);

/** The link of a mail that will be written to the address. */
export function promiseLink(
  links: LinkStore,
  purpose: WayBack,
  userId: number,
  email: string,
  now: number,
): Promise<void> {
  // a hash of nothing: hashes are hex
  const tokenHash = `${purpose} of ${userId}`;
  return links.issue({ userId, purpose, email, tokenHash, expiresAt: now + LINK_LIFETIME[purpose] });
}

/** 256 random bits, base64url. */
export function newLinkToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}

/** What is stored of a token: who reads the table cannot make a link of it. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** An account as links name it: djoser's uid, its id in base64url. */
export function uidOf(userId: number): string {
  return Buffer.from(String(userId)).toString('base64url');
}

/** The account that a uid names; undefined for anything that is not one. */
export function readUid(uid: string): number | undefined {
  const digits = Buffer.from(uid, 'base64url').toString('latin1');
  return /^[1-9]\d{0,14}$/.test(digits) && uidOf(Number(digits)) === uid ? Number(digits) : undefined;
}
