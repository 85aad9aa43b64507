import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import type { Outcome } from '../../outcome.ts';
import { withinReach } from '../grants.ts';
import type { Staff } from '../staff.ts';
import { stillAsRead } from '../version.ts';
import { allOrNothing } from './all-or-nothing.ts';
import { type Cannot, changeUser, changeUserIn, takesRights, type UserChanges } from './change.ts';
import { mayGive } from './reach.ts';
import { saveableOf } from './show.ts';

/**
 * Changes an account, which with a version has to be as it was when that was read: what somebody else saved in between is not
 * lost. Refuses as `changeUser` does, and `changed_meanwhile`.
 */
export async function saveUser(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  id: number,
  { version, ...changes }: UserChanges & { readonly version: string | undefined },
  origin: Origin,
): Promise<Outcome<boolean, Cannot | 'changed_meanwhile'>> {
  if (version === undefined) return changeUser({ store, clock }, staff, id, changes, origin);
  const given = mayGive({ clock }, staff, changes);
  if (!given.ok) return given;
  return allOrNothing(store, async (store): Promise<Outcome<boolean, Cannot | 'changed_meanwhile'>> => {
    // As `changeUserIn` does, in its order: from here on nobody else changes the account.
    if (takesRights(changes)) await store.accounts.lockSuperusers();
    const found = await withinReach(store, staff, id);
    if (!found.ok) return found;
    const groups = await store.rights.groupsOf(id);
    const permissions = await store.rights.permissionsOf(id);
    const asRead = stillAsRead(version, saveableOf({ account: found.value, groups, permissions }));
    return asRead.ok ? changeUserIn(store, staff, id, changes, { clock, origin }) : asRead;
  });
}
