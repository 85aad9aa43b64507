import type { Config } from '../../config.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { makeRoom } from '../sessions/make-room.ts';
import type { Adopted, RefreshStamp, TokenOwner } from '../store.ts';
import {
  claimOf,
  readToken,
  requireType,
  type TokenLimits,
  type VerifiedClaims,
  verifySignature,
} from './jwt.ts';
import { type PresentedRefresh, readRefresh } from './presented.ts';
import { newSessionId, readSessionId } from './session-id.ts';
import { readUserId } from './user-id.ts';

/** How the times of Django's tokens are read. Their iss and aud are ours: Django had the same settings. */
export const limitsOfDjango = (config: Config): TokenLimits => ({
  maxLifetimeSeconds: config.djangoTokenMaxSeconds,
  allowsFractions: true,
  leewaySeconds: config.jwtLeewaySeconds,
  parties: config,
});

type Reads = Pick<App, 'keys' | 'djangoKeys' | 'config'>;

/**
 * The claims of a token that Django issued, or why it is refused. `undefined` when it is none: Django's key did not
 * sign it, or DJANGO_TOKENS is off. With one key for both, a session id makes a token ours, also when Django
 * copied it: or an old token of ours would come back as a fresh one of Django's.
 */
export function readDjangos(
  { keys, djangoKeys, config }: Reads,
  text: string,
  now: number,
): Outcome<VerifiedClaims, TokenReason> | undefined {
  if (djangoKeys === undefined) return undefined;
  const read = readToken(text, djangoKeys, now, limitsOfDjango(config));
  if (!read.ok) return read.reason === 'token_invalid' ? undefined : read;
  const namesSession = readSessionId(claimOf(read.value, 'sid')) !== undefined;
  return namesSession && verifySignature(text, keys.ring) !== undefined ? undefined : read;
}

/** The times of Django's token in milliseconds; without `iat` it counts as issued before everything. */
function stampOf({ jti, exp, iat }: VerifiedClaims): RefreshStamp {
  const issued = typeof iat === 'number' ? Math.floor(iat) : 0;
  return { jti, issuedAt: issued * 1000, expiresAt: Math.floor(exp) * 1000 };
}

const DAY = 86_400_000;

/** May what no table knows be taken for Django's at this instant? On the last day yes, after it no. */
export function mayBeUnrecorded(djangoTokens: string, now: number): boolean {
  return djangoTokens === 'on' || now < Date.parse(djangoTokens) + DAY;
}

/** Were the owner's tokens revoked after this one was issued? */
export function isRevoked(owner: TokenOwner, claims: VerifiedClaims): boolean {
  return stampOf(claims).issuedAt < owner.tokensValidFrom;
}

/**
 * Reads a refresh token, ours or Django's. One of Django's that has no session gets one now, whose current token it
 * is: it is adopted, and what comes after is the same for both. Refuses one whose account is missing, inactive or has
 * its tokens revoked, one that is blacklisted, and one that no table knows once the day of DJANGO_TOKENS is over.
 */
export async function presentRefresh(
  app: Reads & Pick<App, 'store' | 'random'>,
  text: string,
  now: number,
  origin: Origin,
): Promise<Outcome<PresentedRefresh, TokenReason | 'no_active_account_for_token'>> {
  let own = readRefresh(app, text, now);
  if (!own.ok && (await app.keys.learns(text))) own = readRefresh(app, text, now);
  if (own.ok) return own;
  const read = readDjangos(app, text, now);
  if (read === undefined) return own;
  if (!read.ok) return read;
  const wrongType = requireType(read.value, 'refresh');
  if (wrongType !== undefined) return refuse(wrongType);
  const userId = readUserId(claimOf(read.value, 'user_id'));
  if (userId === undefined) return refuse('no_active_account_for_token');
  const token = stampOf(read.value);
  const adopted = await adopt(app, userId, token, now, origin);
  switch (adopted.kind) {
    case 'adopted':
    case 'session':
      return done({ jti: token.jti, userId, sessionId: adopted.sessionId });
    case 'no_owner':
      return refuse('no_active_account_for_token');
    case 'blacklisted':
      return refuse('token_blacklisted');
    case 'unknown':
      return refuse('token_invalid');
  }
}

async function adopt(
  app: Pick<App, 'store' | 'random' | 'config'>,
  userId: number,
  token: RefreshStamp,
  at: number,
  origin: Origin,
): Promise<Adopted> {
  // Both are final, so they need no lock.
  const known = await app.store.djangoTokens.state(token.jti);
  if (known.kind === 'session' || known.kind === 'blacklisted') return known;
  const sessionId = newSessionId(app.random);
  const unrecorded = mayBeUnrecorded(app.config.djangoTokens, at);
  return app.store.transaction(async (store) => {
    const adoption = { sessionId, userId, token, mayBeUnrecorded: unrecorded, at, origin };
    const adopted = await store.djangoTokens.adopt(adoption);
    if (adopted.kind === 'adopted') {
      await makeRoom(store, userId, sessionId, at, origin);
      await store.audit.record({ event: 'django_token_adopted', userId, sessionId }, at, origin);
    }
    return adopted;
  });
}
