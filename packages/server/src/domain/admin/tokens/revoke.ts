import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import type { Store } from '../../store.ts';
import type { Staff } from '../staff.ts';
import type { FoundToken } from './token-store.ts';

/** Ends the session, or blacklists the token, and notes it; false when it was over already. */
async function revoke(store: Store, found: FoundToken, actorId: number, now: number, origin: Origin) {
  if (found.kind === 'session') {
    const { sessionId, userId } = found;
    if (!(await store.sessions.end(sessionId, userId, now))) return false;
    const event = { event: 'session_ended', userId, actorId, sessionId, why: 'staff' } as const;
    await store.audit.record(event, now, origin);
    return true;
  }
  const { jti, userId } = found;
  if (!(await store.tokens.blacklist(jti, now))) return false;
  await store.audit.record({ event: 'django_token_revoked', userId, actorId, jti }, now, origin);
  return true;
}

/**
 * Revokes a refresh token by its jti or the id of its session: the session ends, with all its tokens, or a token of
 * Django's is blacklisted. One that was revoked already stays as it is.
 * Refuses `token_not_found`, and `permission_denied` for what is a superuser's, unless a superuser asks.
 */
export async function revokeToken(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  { id: actorId, isSuperuser }: Staff,
  jtiOrSessionId: string,
  origin: Origin,
): Promise<Outcome<undefined, 'token_not_found' | 'permission_denied'>> {
  // Twice: one of Django's may be taken over by a session between two looks.
  for (const _ of [1, 2]) {
    const found = await outer.tokens.find(jtiOrSessionId);
    if (found === undefined) return refuse('token_not_found');
    const owner = found.userId === undefined ? undefined : await outer.accounts.byId(found.userId);
    if (owner?.isSuperuser && !isSuperuser) return refuse('permission_denied');
    const now = clock.now();
    const isDone = await outer.transaction(async (store) => revoke(store, found, actorId, now, origin));
    if (isDone || found.kind === 'session') break;
  }
  return done(undefined);
}
