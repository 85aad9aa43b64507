import { agreedOf, type GroupNames } from '../import/agreed.ts';
import type { HeldAccount } from '../import/import-store.ts';
import { type Agreed, merge } from '../import/merge.ts';
import type { SourceAccount } from '../import/source.ts';
import type { AccountToWrite, Written, WrittenField } from './target.ts';

/** What both sides agree on about an account once it is written. */
export interface NowAgreed {
  readonly id: number;
  /** of an account that was not agreed on before all of it */
  readonly fields: Readonly<Partial<Agreed>>;
}

/** A field that differs and is left as it is there, and why. */
export interface Left {
  readonly field: WrittenField;
  readonly reason: string;
}

/** What the export means for an account. */
export type Verdict =
  | { readonly kind: 'nothing' | 'removedHere' | 'goneThere' | 'newThere' | 'taken' }
  | {
      readonly kind: 'new' | 'held';
      /** undefined: there is nothing to write */
      readonly write: AccountToWrite | undefined;
      readonly agreed: NowAgreed | undefined;
      readonly left: readonly Left[];
      /** it changed there alone: for an import */
      readonly isChangedThere: boolean;
    };

export type Writing = Extract<Verdict, { readonly kind: 'new' | 'held' }>;

/** As which an account reads that has no column for it there. */
const WITHOUT_COLUMN: Omit<Agreed, 'password' | 'username'> = {
  email: '',
  isActive: true,
  isStaff: false,
  isSuperuser: false,
  fullName: '',
  bio: '',
  image: 'default.jpg',
  verified: false,
  groups: [],
  permissions: [],
};

type Fields = ReadonlySet<WrittenField>;
type Now = NonNullable<HeldAccount['now']>;

const CHANGED_ON_BOTH_SIDES = 'changed on both sides';
const NO_COLUMN = 'there is no column for it';

/** Of each field what stands here; the password as it is stored. */
function writtenOf(now: Now, fields: Iterable<WrittenField>): Partial<Written> {
  const all = { ...now, password: now.storedPassword };
  return Object.fromEntries([...fields].map((field) => [field, all[field]]));
}

const fieldsOf = (part: Partial<Agreed>) => Object.keys(part) as WrittenField[];

/** An account that is not there: as it will read there. */
function judgeNew(id: number, now: Now, fields: Fields): Verdict {
  const own = writtenOf(now, fields);
  const email = own.email ?? '';
  const missing = { ...WITHOUT_COLUMN, username: email };
  const agreed: Agreed = { ...missing, ...own, password: now.password };
  const { lastLoginAt, createdAt } = now;
  const left = fieldsOf(missing)
    .filter((field) => field in now && !fields.has(field))
    .filter((field) => !Array.isArray(now[field]) && now[field] !== agreed[field])
    .map((field) => ({ field, reason: NO_COLUMN }));
  const write = { id, isNew: true, hasProfile: false, fields: own, lastLoginAt, createdAt };
  // Somebody inactive would be let in there.
  const isRight = now.isActive || fields.has('isActive');
  if (!isRight) return { kind: 'new', write: undefined, agreed: undefined, left, isChangedThere: false };
  return { kind: 'new', write, agreed: { id, fields: agreed }, left, isChangedThere: false };
}

/** Groups and permissions are not written: of them each side is as it was. */
const withoutSets = (account: Agreed, { groups, permissions }: Agreed): Agreed => ({
  ...account,
  groups,
  permissions,
});

function judgeHeld(there: SourceAccount, now: Now, base: Agreed, theirs: Agreed, fields: Fields): Verdict {
  const { id } = there;
  const ours = withoutSets(now, base);
  const merged = merge(base, withoutSets(theirs, base), ours);
  const brought = fieldsOf(merged.bring);
  const written = brought.filter((field) => fields.has(field));
  const agreed = Object.fromEntries(
    fieldsOf(merged.agreed)
      .filter((field) => merged.agreed[field] !== base[field])
      .filter((field) => fields.has(field) || theirs[field] === ours[field])
      .map((field) => [field, merged.agreed[field]]),
  );
  const isLater = (now.lastLoginAt ?? 0) > (there.lastLoginAt ?? 0);
  const write = {
    id,
    isNew: false,
    hasProfile: there.profile !== undefined,
    fields: writtenOf(now, written),
    lastLoginAt: isLater ? now.lastLoginAt : undefined,
    createdAt: now.createdAt,
  };
  return {
    kind: 'held',
    write: written.length > 0 || isLater ? write : undefined,
    agreed: Object.keys(agreed).length > 0 ? { id, fields: agreed } : undefined,
    left: [
      ...merged.conflicts.map((field) => ({ field, reason: CHANGED_ON_BOTH_SIDES })),
      ...brought.filter((field) => !fields.has(field)).map((field) => ({ field, reason: NO_COLUMN })),
    ],
    isChangedThere: Object.keys(merge(base, now, theirs).bring).length > 0,
  };
}

/** Written by an export that broke off before it was noted here: equal in all that there is a column for. */
const isSameAccount = (now: Now, theirs: Agreed, fields: Fields) =>
  [...fields].every((field) => now[field] === theirs[field]);

/** Compares an account here with the one there of the same id; one of the two may be missing. `fields`: what can be written. */
export function judge(
  there: SourceAccount | undefined,
  here: HeldAccount | undefined,
  groupNames: GroupNames,
  fields: Fields,
): Verdict {
  const { base, now } = here ?? {};
  if (there === undefined) {
    if (now === undefined) return { kind: 'nothing' };
    return base === undefined ? judgeNew(now.id, now, fields) : { kind: 'goneThere' };
  }
  if (now === undefined) return { kind: base === undefined ? 'newThere' : 'removedHere' };
  const theirs = agreedOf(there, groupNames);
  if (base !== undefined) return judgeHeld(there, now, base, theirs, fields);
  if (!isSameAccount(now, theirs, fields)) return { kind: 'taken' };
  const agreed = { id: there.id, fields: theirs };
  return { kind: 'held', write: undefined, agreed, left: [], isChangedThere: false };
}
