import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Outcome } from '../outcome.ts';
import type { NamedAccount } from '../store.ts';
import { changeAccount } from './manage.ts';
import { findAccount, findChangeable } from './reach.ts';

type Refusals = 'account_not_found' | 'not_permitted' | 'user_not_found' | 'faulty_fields';

/**
 * Gives an account another user name; without one it stays as it is. Answers the account as it is then.
 * Refuses what `findChangeable` does, and `faulty_fields` for a name that is taken.
 */
export async function renameAccount(
  app: Pick<App, 'store' | 'clock'>,
  actor: Actor,
  id: number | undefined,
  username: string | undefined,
  origin: Origin,
): Promise<Outcome<NamedAccount, Refusals>> {
  const found = await findChangeable(app, actor, id);
  if (!found.ok || username === undefined || username === found.value.username) return found;
  const changed = await changeAccount(app, found.value.id, { username }, origin);
  return changed.ok ? findAccount(app, actor, id) : changed;
}
