import type { Profile } from '../store.ts';
import type { AccountToChange, HeldAccount, Unmerged } from './import-store.ts';
import { type Agreed, type Merged, merge, passwordDigest, sorted } from './merge.ts';
import type { SourceAccount } from './source.ts';

/** As which a missing profile reads. */
const NO_PROFILE: Profile = { fullName: '', bio: '', image: 'default.jpg', verified: false };

/** Names of groups by their ids there. */
export type GroupNames = ReadonlyMap<number, string>;

/** What of an account there can be agreed on. */
export function agreedOf(account: SourceAccount, groupNames: GroupNames): Agreed {
  const { fullName, bio, image, verified } = account.profile ?? NO_PROFILE;
  return {
    username: account.username,
    email: account.email,
    password: passwordDigest(account.password),
    isActive: account.isActive,
    isStaff: account.isStaff,
    isSuperuser: account.isSuperuser,
    fullName,
    bio,
    image,
    verified,
    groups: sorted(account.groups.flatMap((id) => groupNames.get(id) ?? [])),
    permissions: sorted(account.permissions),
  };
}

/** What is newer there: names that nobody changes here, and the later login. */
function unmergedChanges(there: SourceAccount, here: Unmerged): Partial<Unmerged> {
  const { firstName, lastName, lastLoginAt = 0 } = there;
  return {
    // They stand in the profile.
    ...(there.profile !== undefined && firstName !== here.firstName && { firstName }),
    ...(there.profile !== undefined && lastName !== here.lastName && { lastName }),
    ...(lastLoginAt > (here.lastLoginAt ?? 0) && { lastLoginAt }),
  };
}

/** What an account there means for this side. */
export type Verdict =
  | { readonly kind: 'new'; readonly base: Agreed }
  /** one with its id is here, and did not come from there */
  | { readonly kind: 'collision'; readonly username: string }
  | { readonly kind: 'removed' }
  | { readonly kind: 'same'; readonly conflicts: Merged['conflicts'] }
  | { readonly kind: 'changed'; readonly conflicts: Merged['conflicts']; readonly change: AccountToChange };

/** Compares an account there with what is here under its id. */
export function judge(there: SourceAccount, here: HeldAccount | undefined, groupNames: GroupNames): Verdict {
  const theirs = agreedOf(there, groupNames);
  if (here === undefined) return { kind: 'new', base: theirs };
  const { base, now } = here;
  if (now === undefined) return { kind: 'removed' };
  if (base === undefined) return { kind: 'collision', username: now.username };
  const { bring, conflicts, agreed } = merge(base, now, theirs);
  const { password, ...others } = bring;
  const changes = { ...others, ...unmergedChanges(there, now) };
  if (agreed === base && password === undefined && Object.keys(changes).length === 0)
    return { kind: 'same', conflicts };
  const change = {
    id: there.id,
    bring: changes,
    password: password === undefined ? undefined : there.password,
    before: { username: now.username, email: now.email },
    base: agreed === base ? undefined : agreed,
  };
  return { kind: 'changed', conflicts, change };
}
