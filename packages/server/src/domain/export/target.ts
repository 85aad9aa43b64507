import type { Agreed } from '../import/merge.ts';
import type { Source } from '../import/source.ts';

/** What of an account is written back. The password is the stored string. */
export type Written = Omit<Agreed, 'groups' | 'permissions'>;
export type WrittenField = keyof Written;

export interface AccountToWrite {
  readonly id: number;
  /** it is not there, and is added with its profile */
  readonly isNew: boolean;
  /** of one that is there: its profile is there as well */
  readonly hasProfile: boolean;
  /** those that change; of a new one all that there is a column for */
  readonly fields: Readonly<Partial<Written>>;
  /** undefined: stays as it is there */
  readonly lastLoginAt: number | undefined;
  readonly createdAt: number;
}

/** Another system's accounts that can be written to. Opened to read, it does everything but write. */
export interface Target extends Source {
  /** those it has a column for */
  readonly fields: ReadonlySet<WrittenField>;
  /** Why no account, or no profile of one that has none, can be added, in one sentence; undefined when they can. */
  obstacle(to: 'accounts' | 'profiles'): string | undefined;
  /** The most characters it takes there; undefined when there is no limit. */
  limitOf(field: WrittenField): number | undefined;
  /** Which accounts have these values. Nobody, where several may have the same. */
  holders(
    field: 'username' | 'email',
    values: readonly string[],
  ): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Throws a `TargetFault` when the database refuses: then close it, which takes everything back. */
  write(accounts: readonly AccountToWrite[], tell: (done: number) => void): Promise<void>;
  /** Keeps what was written. Throws a `TargetFault`, which says whether that was done. */
  commit(): Promise<void>;
  close(): Promise<void>;
}
