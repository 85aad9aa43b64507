import { loginGate } from '../accounts/login-gate.ts';
import type { App } from '../app.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Session } from '../store.ts';
import { isRevoked, mayBeUnrecorded, readDjangos } from './django.ts';
import type { VerifiedClaims } from './jwt.ts';
import { readPresented } from './presented.ts';
import { readSessionId } from './session-id.ts';
import { readUserId } from './user-id.ts';

type Needs = Pick<App, 'store' | 'clock' | 'keys' | 'djangoKeys' | 'config'>;

type Refusals = TokenReason | 'blacklisted_at_verify';

/**
 * Is this token, of either type, good now? An access token is as long as its session lives and its account is
 * active, a refresh token also has to be the newest of its session. SimpleJWT answers a blacklisted refresh
 * token with 400 here (`blacklisted_at_verify`), everything else with 401.
 */
export async function verifyToken(app: Needs, text: string): Promise<Outcome<undefined, Refusals>> {
  const now = app.clock.now();
  let read = readPresented(app, text, now);
  if (!read.ok && (await app.keys.learns(text))) read = readPresented(app, text, now);
  if (app.djangoKeys !== undefined && !(read.ok && readSessionId(read.value.sid) !== undefined)) {
    const djangos = readDjangos(app, text, now);
    if (djangos !== undefined) return djangos.ok ? verifyDjangos(app, djangos.value, now) : djangos;
  }
  if (!read.ok) return read;
  const { user_id, sid, token_type, jti } = read.value;
  const userId = readUserId(user_id);
  const sessionId = readSessionId(sid);
  if (userId === undefined || sessionId === undefined) return refuse('token_invalid');
  return verifyHeld(app, userId, sessionId, token_type, jti);
}

async function verifyHeld(
  app: Pick<App, 'store'>,
  userId: number,
  sessionId: string,
  type: unknown,
  jti: string,
): Promise<Outcome<undefined, Refusals>> {
  const holder = await app.store.sessions.holder(userId, sessionId);
  if (holder?.session === undefined || !loginGate(holder.account).ok) return refuse('token_invalid');
  if (type === 'refresh')
    return isNewest(holder.session, jti) ? done(undefined) : refuse('blacklisted_at_verify');
  return holder.session.endedAt === undefined ? done(undefined) : refuse('token_invalid');
}

function isNewest(session: Session, jti: string): boolean {
  return session.endedAt === undefined && session.current.jti === jti;
}

/** One of Django's: as its tables say, and when it was adopted, as its session says. Asking does not adopt it. */
async function verifyDjangos(
  app: Pick<App, 'store' | 'config'>,
  claims: VerifiedClaims,
  now: number,
): Promise<Outcome<undefined, Refusals>> {
  const { jti, token_type: type, user_id } = claims;
  const userId = readUserId(user_id);
  if (userId === undefined) return refuse('token_invalid');
  const state = await app.store.djangoTokens.state(jti);
  if (state.kind === 'blacklisted') return refuse('blacklisted_at_verify');
  if (state.kind === 'session') return verifyHeld(app, userId, state.sessionId, type, jti);
  if (type === 'refresh' && state.kind === 'unknown' && !mayBeUnrecorded(app.config.djangoTokens, now))
    return refuse('token_invalid');
  const owner = await app.store.djangoTokens.owner(userId);
  const isGood = owner !== undefined && loginGate(owner).ok && !isRevoked(owner, claims);
  return isGood ? done(undefined) : refuse('token_invalid');
}
