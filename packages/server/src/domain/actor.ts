import { loginGate } from './accounts/login-gate.ts';
import type { AdminSession } from './admin/admin-store.ts';
import type { App } from './app.ts';
import type { Outcome, TokenReason } from './outcome.ts';
import { done, refuse } from './outcome.ts';
import type { Account, Store } from './store.ts';
import { isRevoked, readDjangos } from './tokens/django.ts';
import { claimOf, requireType, type VerifiedClaims } from './tokens/jwt.ts';
import { readPresented } from './tokens/presented.ts';
import { readSessionId } from './tokens/session-id.ts';
import { readUserId } from './tokens/user-id.ts';

/** Who is asking: an account that is active now, and the session he asks from. */
export interface Actor extends Pick<Account, 'id' | 'username' | 'isStaff' | 'isSuperuser'> {
  /** undefined with a token of Django's, and in the admin site */
  readonly sessionId: string | undefined;
  /** in the admin site, when he is signed in there */
  readonly adminSession?: AdminSession;
}

type Refusals = 'access_token_refused' | 'no_user_in_token' | 'user_not_found' | 'user_inactive';

function readAccess(
  app: Pick<App, 'keys' | 'config'>,
  text: string,
  now: number,
): Outcome<VerifiedClaims, TokenReason> {
  const read = readPresented(app, text, now);
  if (!read.ok) return read;
  const wrongType = requireType(read.value, 'access');
  return wrongType === undefined ? read : refuse(wrongType);
}

/**
 * The actor behind an access token. The account and the session are read on every request, so that
 * deactivation, logout and a changed password bite at once. In SimpleJWT's order: the token, the user, and
 * then what SimpleJWT does not have, the session.
 */
export async function actorOf(
  app: Pick<App, 'store' | 'clock' | 'keys' | 'djangoKeys' | 'config'>,
  text: string,
): Promise<Outcome<Actor, Refusals>> {
  const now = app.clock.now();
  let read = readAccess(app, text, now);
  if (!read.ok && (await app.keys.learns(text))) read = readAccess(app, text, now);
  if (app.djangoKeys !== undefined && !(read.ok && readSessionId(read.value.sid) !== undefined)) {
    const djangos = readDjangos(app, text, now);
    if (djangos !== undefined) return djangoActor(app.store, djangos);
  }
  if (!read.ok) return refuse('access_token_refused', { token: read.reason });
  const { user_id, sid } = read.value;
  if (user_id === undefined) return refuse('no_user_in_token');
  const userId = readUserId(user_id);
  const sessionId = readSessionId(sid) ?? '';
  const bearer = userId === undefined ? undefined : await app.store.sessions.bearer(userId, sessionId);
  if (bearer === undefined) return refuse('user_not_found');
  if (!loginGate(bearer).ok) return refuse('user_inactive');
  if (!bearer.hasLiveSession) return refuse('access_token_refused', { token: 'token_invalid' });
  const { id, username, isStaff, isSuperuser } = bearer;
  return done({ id, username, isStaff, isSuperuser, sessionId });
}

/** The actor behind an access token of Django's. There is no session: it ends by itself, or all of them by revocation. */
async function djangoActor(
  store: Store,
  read: Outcome<VerifiedClaims, TokenReason>,
): Promise<Outcome<Actor, Refusals>> {
  if (!read.ok) return refuse('access_token_refused', { token: read.reason });
  const wrongType = requireType(read.value, 'access');
  if (wrongType !== undefined) return refuse('access_token_refused', { token: wrongType });
  const claim = claimOf(read.value, 'user_id');
  if (claim === undefined) return refuse('no_user_in_token');
  const userId = readUserId(claim);
  const owner = userId === undefined ? undefined : await store.djangoTokens.owner(userId);
  if (owner === undefined) return refuse('user_not_found');
  if (!loginGate(owner).ok) return refuse('user_inactive');
  if (isRevoked(owner, read.value)) return refuse('access_token_refused', { token: 'token_invalid' });
  const { id, username, isStaff, isSuperuser } = owner;
  return done({ id, username, isStaff, isSuperuser, sessionId: undefined });
}
