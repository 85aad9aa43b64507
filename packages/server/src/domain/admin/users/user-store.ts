/** What goes when an account does. */
export interface UserBelongings {
  /** live ones, and those that have ended and were not purged yet */
  readonly sessions: number;
  /** of Django's */
  readonly tokens: number;
  readonly groups: number;
  readonly permissions: number;
}

/** What staff see of accounts, beside what everybody does. */
export interface UserStore {
  /** Names that a Django database brought; `''` for none. */
  namesOf(id: number): Promise<{ readonly firstName: string; readonly lastName: string }>;
  belongingsOf(id: number): Promise<UserBelongings>;
}
