import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { proveCurrent } from '../passwords/prove.ts';
import { removeAccount } from './manage.ts';
import { findChangeable } from './reach.ts';

type MayNot = 'account_not_found' | 'not_permitted';

/** May the actor delete this account? His own, and staff what they may change. Refuses in one way whoever's the id is. */
export async function mayRemove(
  app: Pick<App, 'store'>,
  actor: Actor,
  id: number | undefined,
): Promise<Outcome<undefined, MayNot>> {
  if (id !== actor.id && !actor.isStaff) return refuse('not_permitted');
  const found = await findChangeable(app, actor, id);
  return found.ok ? done(undefined) : found;
}

/**
 * Deletes an account for who proves himself with his own password. Refuses what `mayRemove` does, and as changing a
 * password does: `faulty_fields`, `throttled`, `server_busy`, `user_not_found`.
 */
export async function removeWithPassword(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords' | 'media' | 'log'>,
  actor: Actor,
  id: number | undefined,
  current: string,
  origin: Origin,
): Promise<Outcome<undefined, MayNot | 'faulty_fields' | 'throttled' | 'server_busy' | 'user_not_found'>> {
  const permitted = await mayRemove(app, actor, id);
  if (!permitted.ok) return permitted;
  const asker = await app.store.accounts.byId(actor.id);
  if (asker === undefined || id === undefined) return refuse('user_not_found');
  const proved = await proveCurrent(app, asker, current, origin);
  return proved.ok ? removeAccount(app, id, origin) : proved;
}
