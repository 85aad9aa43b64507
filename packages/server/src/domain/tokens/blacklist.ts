import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { endReusedSession, endSession } from '../sessions/end.ts';
import { isParentInGrace } from '../sessions/grace.ts';
import { presentRefresh } from './django.ts';

/**
 * Logs out: ends the session of the refresh token, and with it every token of the family. Whichever of a
 * racing refresh and a blacklist comes first, no live token is left. An older token of the family ends it
 * too, and is told `token_blacklisted`, as is the second of two calls.
 */
export async function blacklistRefreshToken(
  app: Pick<App, 'store' | 'clock' | 'random' | 'keys' | 'djangoKeys' | 'config'>,
  text: string,
  origin: Origin,
): Promise<Outcome<undefined, TokenReason>> {
  const now = app.clock.now();
  const read = await presentRefresh(app, text, now, origin);
  if (!read.ok) return refuse(read.reason === 'no_active_account_for_token' ? 'token_invalid' : read.reason);
  const session = await app.store.sessions.byId(read.value.sessionId);
  if (session === undefined || session.userId !== read.value.userId) return refuse('token_invalid');
  const { jti } = read.value;
  const grace = app.config.refreshGraceSeconds * 1000;
  if (session.current.jti !== jti && !isParentInGrace(session, jti, now, grace)) {
    await endReusedSession(app.store, session, now, origin);
    return refuse('token_blacklisted');
  }
  const endedHere = await endSession(app.store, session, now, origin);
  return endedHere ? done(undefined) : refuse('token_blacklisted');
}
