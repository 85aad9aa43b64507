import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import type { Store } from '../../store.ts';
import { withinReach } from '../grants.ts';
import type { Staff } from '../staff.ts';
import type { FoundToken } from './token-store.ts';

/** Ends the session, or blacklists the token, and notes it; false when it was over already. */
async function revoke(
  store: Store,
  staff: Staff,
  found: FoundToken,
  now: number,
  origin: Origin,
): Promise<Outcome<boolean, 'permission_denied'>> {
  const { userId } = found;
  // Django's tables may name an account that is not here, or none: those are in everybody's reach.
  const reached = userId === undefined ? undefined : await withinReach(store, staff, userId);
  if (reached?.ok === false && reached.reason === 'permission_denied') return refuse(reached.reason);
  const { id: actorId } = staff;
  if (found.kind === 'session') {
    const { sessionId, userId } = found;
    if (!(await store.sessions.end(sessionId, userId, now))) return done(false);
    const event = { event: 'session_ended', userId, actorId, sessionId, why: 'staff' } as const;
    await store.audit.record(event, now, origin);
    return done(true);
  }
  const { jti } = found;
  if (!(await store.tokens.blacklist(jti, now))) return done(false);
  await store.audit.record({ event: 'django_token_revoked', userId, actorId, jti }, now, origin);
  return done(true);
}

/**
 * Revokes a refresh token by its jti or the id of its session: the session ends, with all its tokens, or a token of
 * Django's is blacklisted. One that was revoked already stays as it is.
 * Refuses `token_not_found`, and `permission_denied` for that of an account that is out of reach (`withinReach`).
 */
export async function revokeToken(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  jtiOrSessionId: string,
  origin: Origin,
): Promise<Outcome<undefined, 'token_not_found' | 'permission_denied'>> {
  // Twice: one of Django's may be taken over by a session between two looks.
  for (const _ of [1, 2]) {
    const found = await outer.tokens.find(jtiOrSessionId);
    if (found === undefined) return refuse('token_not_found');
    const now = clock.now();
    const revoked = await outer.transaction(async (store) => revoke(store, staff, found, now, origin));
    if (!revoked.ok) return revoked;
    if (revoked.value || found.kind === 'session') break;
  }
  return done(undefined);
}
