import type { Profile } from '../store.ts';

/** An account as another system has it. Instants are milliseconds. */
export interface SourceAccount {
  readonly id: number;
  readonly username: string;
  /** `''` when there is none */
  readonly email: string;
  /** the stored hash, as it is; `''` when there is none */
  readonly password: string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly createdAt: number;
  readonly lastLoginAt: number | undefined;
  readonly firstName: string;
  readonly lastName: string;
  /** undefined when the row is missing */
  readonly profile: Profile | undefined;
  /** ids of groups */
  readonly groups: readonly number[];
  /** `app_label.codename` */
  readonly permissions: readonly string[];
}

export interface SourceGroup {
  readonly id: number;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** A refresh token the other system issued, by jti. */
export interface SourceToken {
  readonly jti: string;
  /** undefined: not recorded, or the account is gone */
  readonly userId: number | undefined;
  /** the later of what the row and the token say */
  readonly expiresAt: number;
  readonly blacklistedAt: number | undefined;
}

/** An entry of the admin site's log. */
export interface SourceAdminEntry {
  readonly id: number;
  readonly at: number;
  readonly actorId: number;
  readonly action: 'addition' | 'change' | 'deletion';
  /** `app_label.model` */
  readonly objectType: string;
  readonly objectId: string;
  readonly object: string;
  readonly message: string;
  /** the account it is about, when it is about one */
  readonly userId: number | undefined;
}

/** A row that points to something that is not there. Reported, not imported. */
export interface Dangling {
  readonly table: string;
  readonly id: number;
  readonly column: string;
  readonly value: string;
}

/** A row that is taken over as far as it can be, and that somebody should know of. */
export interface Oddity {
  readonly table: string;
  readonly id: number;
  /** `damaged-token` and so on */
  readonly kind: string;
}

/** The names of its tables. */
export interface SourceTables {
  readonly accounts: string;
  readonly profiles: string | undefined;
  readonly groups: string | undefined;
  readonly groupPermissions: string | undefined;
  readonly memberships: string | undefined;
  readonly permissions: string | undefined;
  readonly tokens: string | undefined;
  readonly blacklisted: string | undefined;
  readonly adminLog: string | undefined;
}

/** Another system's accounts, read from one snapshot, in batches, in the order of their ids. Each may be read more than once. */
export interface Source {
  /** what was found: tables, and where each claim comes from; for the report */
  readonly found: readonly string[];
  /** what it calls them; undefined where it has none */
  readonly tables: SourceTables;
  /** rows by table */
  counts(): Promise<Readonly<Record<string, number>>>;
  /** the highest account id that was ever given out */
  highestAccountId(): Promise<number>;
  groups(): AsyncIterable<readonly SourceGroup[]>;
  accounts(): AsyncIterable<readonly SourceAccount[]>;
  tokens(): AsyncIterable<readonly SourceToken[]>;
  adminLog(afterId: number): AsyncIterable<readonly SourceAdminEntry[]>;
  dangling(): AsyncIterable<readonly Dangling[]>;
  /** Tokens whose row and text do not agree; those that are not genuine, when it can be told. */
  oddities(isGenuine: ((token: string) => boolean) | undefined): AsyncIterable<readonly Oddity[]>;
}
