import { asStaff, type Staff } from '../../src/domain/admin/staff.ts';
import { changeUser } from '../../src/domain/admin/users/change.ts';
import type { App } from '../../src/domain/app.ts';
import type { Origin } from '../../src/domain/audit/event.ts';
import type { AccountChanges } from '../../src/domain/store.ts';

/** A superuser who has given his password a moment ago, and needs no account for it. */
async function anySuperuser(): Promise<Staff> {
  const flags = { isActive: true, isStaff: true, isSuperuser: true };
  const authorityOf = async () => ({ ...flags, permissions: [], steppedUpAt: 1e15 });
  const actor = { id: 0, username: 'operator', isStaff: true, isSuperuser: true, sessionId: undefined };
  const staff = await asStaff({ store: { rights: { authorityOf } } } as never, actor, 'any');
  if (!staff.ok) throw new Error(staff.reason);
  return staff.value;
}

/** Changes an account as staff do, without signing in for it; a picture, which staff do not change, in the database. */
export async function changeAccount(app: App, id: number, changes: AccountChanges, origin: Origin) {
  const { profile: { image, ...profile } = {}, ...rest } = changes;
  if (image !== undefined)
    await app.store.transaction((store) => store.accounts.change(id, { profile: { image } }));
  return changeUser(app, await anySuperuser(), id, { ...rest, ...profile }, origin);
}
