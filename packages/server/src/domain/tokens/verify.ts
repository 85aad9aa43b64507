import { loginGate } from '../accounts/login-gate.ts';
import type { App } from '../app.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Session } from '../store.ts';
import { readPresented } from './presented.ts';
import { readSessionId } from './session-id.ts';
import { readUserId } from './user-id.ts';

/**
 * Is this token, of either type, good now? An access token is as long as its session lives and its account is
 * active, a refresh token also has to be the newest of its session. SimpleJWT answers a blacklisted refresh
 * token with 400 here (`blacklisted_at_verify`), everything else with 401.
 */
export async function verifyToken(
  app: Pick<App, 'store' | 'clock' | 'keys'>,
  text: string,
): Promise<Outcome<undefined, TokenReason | 'blacklisted_at_verify'>> {
  const read = readPresented(app, text, app.clock.now());
  if (!read.ok) return read;
  const { user_id, sid, token_type, jti } = read.value;
  const userId = readUserId(user_id);
  const sessionId = readSessionId(sid);
  if (userId === undefined || sessionId === undefined) return refuse('token_invalid');
  const holder = await app.store.sessions.holder(userId, sessionId);
  if (holder?.session === undefined || !loginGate(holder.account).ok) return refuse('token_invalid');
  if (token_type === 'refresh')
    return isNewest(holder.session, jti) ? done(undefined) : refuse('blacklisted_at_verify');
  return holder.session.endedAt === undefined ? done(undefined) : refuse('token_invalid');
}

function isNewest(session: Session, jti: string): boolean {
  return session.endedAt === undefined && session.current.jti === jti;
}
