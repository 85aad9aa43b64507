import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { endSession } from './end.ts';

/** Ends one of the caller's own live sessions. One of somebody else is as unknown as one that never was: `session_not_found`. */
export async function endOwnSession(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { id: userId, sessionId }: Actor,
  id: string,
  origin: Origin,
): Promise<Outcome<undefined, 'session_not_found'>> {
  const why = id === sessionId ? 'logout' : 'owner';
  const endedHere = await endSession(store, { id, userId }, clock.now(), origin, why);
  return endedHere ? done(undefined) : refuse('session_not_found');
}

/**
 * Ends the session that the caller asks from, with all its tokens. Refuses `token_without_session` for an access token of
 * Django's, which belongs to none.
 */
export async function logOut(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { id: userId, sessionId }: Actor,
  origin: Origin,
): Promise<Outcome<undefined, 'token_without_session'>> {
  if (sessionId === undefined) return refuse('token_without_session');
  // Who ended it meanwhile has done what was asked for.
  await endSession(store, { id: sessionId, userId }, clock.now(), origin);
  return done(undefined);
}

/** Ends every session of the caller, the one he asks from too, and refuses what Django issued to him until now. */
export async function logOutEverywhere(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  { id: userId }: Actor,
  origin: Origin,
): Promise<Outcome<undefined, never>> {
  const now = clock.now();
  await outer.transaction(async (store) => {
    const sessionsEnded = await store.sessions.endAllOf(userId, now);
    await store.audit.record({ event: 'logged_out_everywhere', userId, sessionsEnded }, now, origin);
  });
  return done(undefined);
}
