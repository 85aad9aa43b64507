import { createHash } from 'node:crypto';

/** What two systems can agree on about an account. */
export interface Agreed {
  readonly username: string;
  readonly email: string;
  /** of the stored string: SHA-256, base64 */
  readonly password: string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly fullName: string;
  readonly bio: string;
  readonly image: string;
  readonly verified: boolean;
  /** names, sorted */
  readonly groups: readonly string[];
  /** `app_label.codename`, sorted */
  readonly permissions: readonly string[];
}

const FIELDS = [
  'username',
  'email',
  'password',
  'isActive',
  'isStaff',
  'isSuperuser',
  'fullName',
  'bio',
  'image',
  'verified',
] as const;

const SETS = ['groups', 'permissions'] as const;

export type AgreedField = (typeof FIELDS)[number];

/** How a stored password is compared without being kept a second time. */
export function passwordDigest(stored: string): string {
  return createHash('sha256').update(stored).digest('base64');
}

/** A list without order as it is compared and kept. */
export function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

const isSameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** Merges sets, each member by itself: what was added or taken away there is so here. Gives ours, and what is agreed now. */
export function mergeSet(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): { readonly result: readonly string[]; readonly agreed: readonly string[] } {
  const [before, here, there] = [new Set(base), new Set(ours), new Set(theirs)];
  const all = sorted([...base, ...ours, ...theirs]);
  const result = all.filter((one) => (before.has(one) === there.has(one) ? here.has(one) : there.has(one)));
  const after = new Set(result);
  const agreed = all.filter((one) => (after.has(one) === there.has(one) ? there.has(one) : before.has(one)));
  return { result, agreed };
}

export interface Merged {
  /** what changed there alone, and so changes here */
  readonly bring: Partial<Agreed>;
  /** changed on both sides, and not to the same: ours stays */
  readonly conflicts: readonly AgreedField[];
  /** the new base; the old one itself when nothing moved */
  readonly agreed: Agreed;
}

/**
 * Merges an account three ways, field by field: against what was agreed on last, what changed on their side alone is
 * brought, what changed on ours is kept. A conflict stays one until the two sides are equal.
 */
export function merge(base: Agreed, ours: Agreed, theirs: Agreed): Merged {
  const bring: Record<string, unknown> = {};
  const agreed: Record<string, unknown> = {};
  const conflicts: AgreedField[] = [];
  for (const field of FIELDS) {
    if (theirs[field] === base[field]) continue;
    const isConflict = ours[field] !== base[field] && ours[field] !== theirs[field];
    if (isConflict) conflicts.push(field);
    else agreed[field] = theirs[field];
    if (ours[field] === base[field]) bring[field] = theirs[field];
  }
  for (const set of SETS) {
    const merged = mergeSet(base[set], ours[set], theirs[set]);
    if (!isSameList(merged.result, ours[set])) bring[set] = merged.result;
    if (!isSameList(merged.agreed, base[set])) agreed[set] = merged.agreed;
  }
  const moved = Object.keys(agreed).length > 0;
  return { bring, conflicts, agreed: moved ? { ...base, ...agreed } : base };
}
