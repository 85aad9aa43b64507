import { loginGate } from '../accounts/login-gate.ts';
import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { codenamesOf, PERMISSIONS, type Permission } from './permissions.ts';

/** Not exported: nobody else can make one. */
const CHECKED: unique symbol = Symbol('staff');

/** Who may do something in the admin, as the database had it when he asked. Only `asStaff` makes one. */
export interface Staff extends Pick<Actor, 'id' | 'username' | 'isSuperuser' | 'sessionId' | 'adminSession'> {
  readonly [CHECKED]: true;
  /** what opens something here; of a superuser all of it */
  readonly permissions: ReadonlySet<Permission>;
  /** all that he holds as it is stored, a Django project's own too; of a superuser only what he is given by name */
  readonly stored: ReadonlySet<string>;
  /** what is dangerous he may do until then; undefined when he has not given his password again */
  readonly steppedUpUntil: number | undefined;
}

/** How long giving the password again lasts, in milliseconds. */
export const STEP_UP_LASTS = 5 * 60_000;

/** The session that he asks from, for what is noted about it; undefined with a token of Django's, which has none. */
export function sessionOf({
  sessionId,
  adminSession,
}: Pick<Actor, 'sessionId' | 'adminSession'>): string | undefined {
  return adminSession?.key ?? sessionId;
}

/**
 * The actor as staff who may do this. Everything is read anew from the database, and nothing is believed of the actor but who
 * he is: rights that were taken a moment ago are gone. `any`: whatever he may.
 * Refuses `permission_denied`: an account that is gone, inactive or not staff, and staff who lack the permission.
 */
export async function asStaff(
  { store }: Pick<App, 'store'>,
  actor: Actor,
  needed: Permission | 'any',
): Promise<Outcome<Staff, 'permission_denied'>> {
  const authority = await store.rights.authorityOf(actor.id, sessionOf(actor));
  if (authority === undefined || !loginGate(authority).ok || !authority.isStaff)
    return refuse('permission_denied');
  const { isSuperuser, permissions: stored, steppedUpAt } = authority;
  const permissions = new Set(isSuperuser ? PERMISSIONS : codenamesOf(stored));
  if (needed !== 'any' && !permissions.has(needed)) return refuse('permission_denied');
  const { id, username, sessionId, adminSession } = actor;
  return done({
    [CHECKED]: true,
    id,
    username,
    isSuperuser,
    sessionId,
    ...(adminSession && { adminSession }),
    permissions,
    stored: new Set(stored),
    steppedUpUntil: steppedUpAt === undefined ? undefined : steppedUpAt + STEP_UP_LASTS,
  });
}

/** May he do what is dangerous? Refuses `step_up_required` unless he gave his password again within five minutes. */
export function hasSteppedUp(
  { clock }: Pick<App, 'clock'>,
  { steppedUpUntil = 0 }: Staff,
): Outcome<undefined, 'step_up_required'> {
  return clock.now() < steppedUpUntil ? done(undefined) : refuse('step_up_required');
}
