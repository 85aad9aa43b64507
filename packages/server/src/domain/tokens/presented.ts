import type { Config } from '../../config.ts';
import { LONGEST_TOKEN_SECONDS } from '../../settings.ts';
import type { App } from '../app.ts';
import type { Outcome, TokenReason } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { readToken, requireType, type TokenLimits, type VerifiedClaims } from './jwt.ts';
import { readSessionId } from './session-id.ts';
import { readUserId } from './user-id.ts';

/** What a genuine refresh token names. */
export interface PresentedRefresh {
  readonly jti: string;
  readonly userId: number;
  readonly sessionId: string;
}

/** No setting makes a token that lasts longer, and all have the same iss and aud. */
export const limitsOfOwn = (config: Config): TokenLimits => ({
  maxLifetimeSeconds: LONGEST_TOKEN_SECONDS,
  leewaySeconds: config.jwtLeewaySeconds,
  parties: config,
});

/** Checks signature, times, parties and shape of a token of any type, at the instant. */
export function readPresented(
  app: Pick<App, 'keys' | 'config'>,
  text: string,
  now: number,
): Outcome<VerifiedClaims, TokenReason> {
  return readToken(text, app.keys.ring, now, limitsOfOwn(app.config));
}

/** Reads a refresh token. One without `sid` was never issued here: `token_invalid`. */
export function readRefresh(
  app: Pick<App, 'keys' | 'config'>,
  text: string,
  now: number,
): Outcome<PresentedRefresh, TokenReason> {
  const read = readPresented(app, text, now);
  if (!read.ok) return read;
  const wrongType = requireType(read.value, 'refresh');
  if (wrongType !== undefined) return refuse(wrongType);
  const userId = readUserId(read.value.user_id);
  const sessionId = readSessionId(read.value.sid);
  if (userId === undefined || sessionId === undefined) return refuse('token_invalid');
  return done({ jti: read.value.jti, userId, sessionId });
}
