import type { Account } from '../../store.ts';
import type { Page, PageRequest } from '../page.ts';

/** Instants from one on and before the other. */
export interface Span {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** Which accounts are asked for: those that fit all that is said. Nothing of a secret can be asked. */
export interface UserFilter {
  /** each has to be how a word of the account begins (`searchWordsOf`) */
  readonly terms: readonly string[];
  /** the account of this id fits too, whatever its words */
  readonly id?: number | undefined;
  readonly isActive?: boolean | undefined;
  readonly isStaff?: boolean | undefined;
  readonly isSuperuser?: boolean | undefined;
  /** an account that was imported without a profile is in neither */
  readonly verified?: boolean | undefined;
  readonly hasUsablePassword?: boolean | undefined;
  /** the name of a way to store passwords (`HASH_NAMES`) */
  readonly hash?: string | undefined;
  /** who never logged in is in none */
  readonly lastLogin?: Span | undefined;
  readonly neverLoggedIn?: boolean | undefined;
  readonly joined?: Span | undefined;
  readonly groupId?: number | undefined;
}

/** By what a list can be sorted; who never logged in comes before all others. */
export const USER_COLUMNS = ['id', 'username', 'email', 'date_joined', 'last_login'] as const;

export type UserColumn = (typeof USER_COLUMNS)[number];

export interface UserOrder {
  readonly column: UserColumn;
  readonly descending: boolean;
}

/** What an account is found again by in a list: the value that it is sorted by, and its id. */
export type UserKey = readonly [value: string | number, id: number];

/** An account in a list, and where it stands there. */
export interface PlacedAccount {
  readonly account: Account;
  readonly key: UserKey;
}

/** Lists of accounts that stay fast when there are a million. */
export interface UserListStore {
  page(filter: UserFilter, order: UserOrder, request: PageRequest<UserKey>): Promise<Page<PlacedAccount>>;
  count(filter: UserFilter): Promise<number>;
}
