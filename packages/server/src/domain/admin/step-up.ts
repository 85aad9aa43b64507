import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { proveCurrent } from '../passwords/prove.ts';
import { STEP_UP_LASTS, type Staff, sessionOf } from './staff.ts';

type Refusals = 'faulty_fields' | 'permission_denied' | 'server_busy' | 'throttled';

/**
 * Takes the password again, for what is dangerous: until when that lasts. It counts for this session alone. Wrong ones count as
 * wrong passwords at a login do. Refuses `faulty_fields` (`password`), `throttled`, `server_busy`, and
 * `permission_denied` for a token of Django's, which belongs to no session.
 */
export async function stepUp(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords'>,
  staff: Staff,
  password: string,
  origin: Origin,
): Promise<Outcome<{ steppedUpUntil: number }, Refusals>> {
  const session = sessionOf(staff);
  const account = await app.store.accounts.byId(staff.id);
  if (session === undefined || account === undefined) return refuse('permission_denied');
  const proved = await proveCurrent(app, account, password, origin, 'password');
  if (!proved.ok) return proved;
  const now = app.clock.now();
  await app.store.transaction(async (store) => {
    await store.adminSessions.stepUp(session, staff.id, now);
    const event = { event: 'admin_stepped_up', userId: staff.id, actorId: staff.id } as const;
    await store.audit.record(event, now, origin);
  });
  return done({ steppedUpUntil: now + STEP_UP_LASTS });
}
