import type { App } from '../../app.ts';
import { done, type Outcome } from '../../outcome.ts';
import type { Account } from '../../store.ts';
import { expiredBy } from '../../tokens/leeway.ts';
import type { Group } from '../admin-store.ts';
import { codenamesOf } from '../permissions.ts';
import type { Staff } from '../staff.ts';
import type { Saveable } from '../version.ts';
import { findUser } from './reach.ts';
import type { UserBelongings } from './user-store.ts';

/** One account as staff see it. */
export interface ShownUser {
  readonly account: Account;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly Group[];
  /** its own, as they are stored */
  readonly permissions: readonly string[];
  readonly sessionsLive: number;
}

/** What a save can change of an account, with which its version is made. */
export function saveableOf({
  account,
  groups,
  permissions,
}: Pick<ShownUser, 'account' | 'groups' | 'permissions'>) {
  const { username, email, profile, isActive, isStaff, isSuperuser } = account;
  return {
    username,
    email,
    full_name: profile.fullName,
    bio: profile.bio,
    is_active: isActive,
    verified: profile.verified,
    is_staff: isStaff,
    is_superuser: isSuperuser,
    groups: groups.map(({ id, name }) => ({ id, name })),
    permissions: codenamesOf(permissions),
  } satisfies Saveable;
}

/** One account with its groups, permissions and how many sessions it has. Refuses `account_not_found`. */
export async function showUser(
  { store, clock, config }: Pick<App, 'store' | 'clock' | 'config'>,
  staff: Staff,
  id: number,
): Promise<Outcome<ShownUser, 'account_not_found'>> {
  const found = await findUser(store, staff, id);
  if (!found.ok) return found;
  const now = clock.now();
  const live = await store.sessions.liveOf(id, expiredBy(config, now), now - config.sessionMaxSeconds * 1000);
  return done({
    account: found.value,
    ...(await store.users.namesOf(id)),
    groups: await store.rights.groupsOf(id),
    permissions: await store.rights.permissionsOf(id),
    sessionsLive: live.length,
  });
}

/** What would go with the account. Refuses `account_not_found`. */
export async function showDeletion(
  { store }: Pick<App, 'store'>,
  staff: Staff,
  id: number,
): Promise<Outcome<{ readonly account: Account; readonly belongings: UserBelongings }, 'account_not_found'>> {
  const found = await findUser(store, staff, id);
  return found.ok ? done({ account: found.value, belongings: await store.users.belongingsOf(id) }) : found;
}
