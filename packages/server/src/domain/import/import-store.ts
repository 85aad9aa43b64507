import type { Page, PageRequest } from '../admin/page.ts';
import type { NewAccount, Profile } from '../store.ts';
import type { Agreed } from './merge.ts';
import type { SourceAdminEntry, SourceToken } from './source.ts';

/** What of an account does not take part in merging. */
export interface Unmerged {
  readonly firstName: string;
  readonly lastName: string;
  readonly lastLoginAt: number | undefined;
}

/** What there is here under an id that the other system has too. */
export interface HeldAccount {
  readonly id: number;
  /** undefined when it never came from there */
  readonly base: Agreed | undefined;
  /** undefined when it has been removed here */
  readonly now:
    | (Agreed &
        Unmerged & { readonly id: number; readonly storedPassword: string; readonly createdAt: number })
    | undefined;
}

export interface AccountToAdd extends NewAccount, Unmerged {
  readonly id: number;
  readonly profile: Profile | undefined;
  readonly base: Agreed;
}

export interface AccountToChange {
  readonly id: number;
  /** the stored password is given by itself: a digest cannot be written */
  readonly bring: Partial<Omit<Agreed, 'password'>> & Partial<Unmerged>;
  readonly password: string | undefined;
  /** user name and e-mail before the change */
  readonly before: { readonly username: string; readonly email: string };
  /** undefined when it stays as it is */
  readonly base: Agreed | undefined;
}

export interface HeldGroup {
  readonly name: string;
  /** undefined when it never came from there */
  readonly base: readonly string[] | undefined;
  readonly permissions: readonly string[];
}

/** An account here that did not come from there, and a folded name it has. */
export interface LocalHolder {
  readonly name: string;
  readonly id: number;
  readonly username: string;
  readonly email: string;
}

/** Rows that came from the other system and are here now. */
export interface ImportedCounts {
  readonly accounts: number;
  readonly profiles: number;
  readonly groups: number;
  readonly groupPermissions: number;
  readonly memberships: number;
  readonly permissions: number;
  readonly tokens: number;
  readonly blacklisted: number;
  readonly adminLog: number;
}

/** What an import said in the end. */
export interface NewImportReport {
  readonly at: number;
  /** for a person */
  readonly summary: string;
  /** JSON */
  readonly report: string;
}

/** The same as it is kept. */
export interface KeptReport extends Pick<NewImportReport, 'at' | 'summary'> {
  readonly id: number;
}

/** Writing accounts of another system in bulk. Every verb that writes is for a transaction that began with `lock`. */
export interface ImportStore {
  /** Waits until no other import is in a transaction, and holds others off until this one ends. */
  lock(): Promise<void>;
  /** Those of the ids that are here, or were. In a transaction nobody changes them until it ends. */
  accountsFrom(ids: readonly number[]): Promise<readonly HeldAccount[]>;
  /** Ids after this one of accounts that are here, or came from there once: the first so many. */
  idsAfter(after: number, limit: number): Promise<readonly number[]>;
  /** Notes what both sides agree on. */
  agree(accounts: readonly Pick<AccountToAdd, 'id' | 'base'>[]): Promise<void>;
  /** How many accounts here up to this id did not come from there. */
  countLocal(upTo: number): Promise<number>;
  /** The ids in the range that came from there once. */
  cameFrom(after: number, upTo: number): Promise<readonly number[]>;
  localHolders(names: readonly string[]): Promise<readonly LocalHolder[]>;
  /** No new account gets an id up to this one. */
  reserveIds(upTo: number): Promise<void>;
  groupsFrom(names: readonly string[]): Promise<readonly HeldGroup[]>;
  writeGroups(groups: readonly HeldGroup[]): Promise<void>;
  /** With their ids. A login name that somebody has already is shared with him. */
  add(accounts: readonly AccountToAdd[]): Promise<void>;
  change(accounts: readonly AccountToChange[]): Promise<void>;
  /** How many were new or have been blacklisted since. Ends the sessions that such a one was adopted into. */
  tokens(tokens: readonly SourceToken[], at: number): Promise<number>;
  /** Writes what is not in the audit trail yet; how many entries. */
  adminLog(entries: readonly SourceAdminEntry[]): Promise<number>;
  /** The id of the last entry that is in the audit trail; 0 for none. */
  adminLogMark(): Promise<number>;
  /** Notes that an import is under way. */
  begin(): Promise<void>;
  /** True when there was one under way: of this run, or of one that was broken off. */
  finish(): Promise<boolean>;
  counts(): Promise<ImportedCounts>;
  /** Keeps what an import said in the end, and forgets what is older than the newest `most`. */
  keepReport(report: NewImportReport, most: number): Promise<void>;
  /** The newest first; without the report itself. */
  reports(page: PageRequest<readonly [id: number]>): Promise<Page<KeptReport>>;
  report(id: number): Promise<(KeptReport & { readonly report: unknown }) | undefined>;
}
