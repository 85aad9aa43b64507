import { loginGate } from '../accounts/login-gate.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { REFRESH_OF_SESSION } from '../limits/limit.ts';
import { turnAway } from '../limits/turn-away.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { endReusedSession } from '../sessions/end.ts';
import { presentRefresh } from './django.ts';
import { newStamp, signPair, type TokenPair } from './issue.ts';

type Refusals = TokenReason | 'no_active_account_for_token' | 'throttled';

/**
 * Exchanges a refresh token for a new pair. The token is consumed by one conditional update of its session.
 *
 * Its direct parent, presented again within the grace, gets the same successor (a client whose answer was
 * lost, RFC 9700 section 4.14.2 and FAPI 2.0). Any other token of the session is reuse: the whole session
 * ends and the refusal is `token_blacklisted`. The account has to pass the login
 * gate, and a session that is as old as it may get is over: `token_expired`. A session that was refreshed too often
 * is `throttled`; the token stays good.
 */
export async function rotateRefreshToken(
  app: Pick<App, 'store' | 'clock' | 'random' | 'keys' | 'djangoKeys' | 'config' | 'claimsOf' | 'meter'>,
  text: string,
  origin: Origin,
): Promise<Outcome<TokenPair, Refusals>> {
  const now = app.clock.now();
  const read = await presentRefresh(app, text, now, origin);
  if (!read.ok) return read;
  const { jti, userId, sessionId } = read.value;
  const holder = await app.store.sessions.holder(userId, sessionId);
  if (holder === undefined || !loginGate(holder.account).ok) return refuse('no_active_account_for_token');
  const { account, session } = holder;
  if (session === undefined) return refuse('token_invalid');
  const next = newStamp(app, now, session.createdAt);
  if (next.expiresAt <= now) return refuse('token_expired');
  // Signed before it is known whether it counts: nobody signs between the commit and the answers of a group.
  const pair = signPair(app, account, sessionId, next, now);
  const grace = app.config.refreshGraceSeconds * 1000;
  const limit = app.config.limits === 'on' ? REFRESH_OF_SESSION : undefined;
  const rotation = await app.store.sessions.rotate({ sessionId, jti, next, at: now, grace, limit });
  app.meter.rotationTried(rotation.kind);
  switch (rotation.kind) {
    case 'rotated':
      return done(pair);
    case 'repeated':
      return done(signPair(app, account, sessionId, rotation.current, now));
    case 'throttled': {
      const block = { limit: REFRESH_OF_SESSION, ...rotation, userId: async () => userId };
      return turnAway(app, block, now, origin);
    }
    case 'reused':
      await endReusedSession(app.store, session, now, origin);
      return refuse('token_blacklisted');
    case 'ended':
      return refuse('token_blacklisted');
    case 'unknown':
      return refuse('token_invalid');
  }
}
