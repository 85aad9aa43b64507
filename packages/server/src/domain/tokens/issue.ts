import type { App } from '../app.ts';
import type { Account, RefreshStamp } from '../store.ts';
import { randomHex } from '../system.ts';
import { longestToken, signToken, type TokenClaims } from './jwt.ts';

/** Both tokens as text. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/** With its name and an equals sign it stays below 4,096 bytes. */
const longestInCookie = 4_000;

const wholeSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/**
 * The stamp of a new refresh token: a fresh jti, issued now, good for the refresh lifetime but not beyond the
 * longest a session may last.
 */
export function newStamp(
  app: Pick<App, 'config' | 'random'>,
  now: number,
  sessionStart: number,
): RefreshStamp {
  const { refreshTokenSeconds, sessionMaxSeconds } = app.config;
  const issued = wholeSeconds(now);
  const expires = Math.min(issued + refreshTokenSeconds, wholeSeconds(sessionStart) + sessionMaxSeconds);
  return { jti: randomHex(app.random, 16), issuedAt: issued * 1000, expiresAt: expires * 1000 };
}

/** `aud` and `iss`, if they are set, as SimpleJWT appends them, and `sid`. An audience of one is written as a text. */
function lastClaims(
  { jwtAudience, jwtIssuer }: App['config'],
  sid: string,
): Readonly<Record<string, unknown>> {
  const last: Record<string, unknown> = {};
  if (jwtAudience.length > 0) last.aud = jwtAudience.length > 1 ? jwtAudience : jwtAudience[0];
  if (jwtIssuer !== undefined) last.iss = jwtIssuer;
  last.sid = sid;
  return last;
}

/** The claims of one token in the order of the original. The first five and the last cannot be replaced by `claimsOf`. */
function claimsOfToken(
  type: 'access' | 'refresh',
  { jti, issuedAt, expiresAt }: RefreshStamp,
  account: Account,
  about: Readonly<Record<string, unknown>>,
  last: Readonly<Record<string, unknown>>,
): TokenClaims {
  const exp = wholeSeconds(expiresAt);
  const iat = wholeSeconds(issuedAt);
  const fixed: Readonly<Record<string, unknown>> = { token_type: type, exp, iat, jti, user_id: account.id };
  // The first five are written out: V8 takes twenty times as long for a literal that begins with a spread.
  return { token_type: type, exp, iat, jti, user_id: account.id, ...about, ...fixed, ...last };
}

/**
 * Signs both tokens of a session. The claims about the person are made afresh each time, `aud` and `iss` come after them,
 * and `sid` comes last.
 * The refresh token has its jti and times from its stamp, so that a repeated request gets the same one. Every token is one
 * that `readToken` accepts: of claims that are too long for it the longest texts are cut.
 */
export function signPair(
  app: Pick<App, 'config' | 'random' | 'keys' | 'claimsOf'>,
  account: Account,
  sessionId: string,
  refreshStamp: RefreshStamp,
  now: number,
): TokenPair {
  const issuedAt = wholeSeconds(now) * 1000;
  const expiresAt = issuedAt + app.config.accessTokenSeconds * 1000;
  const accessStamp = { jti: randomHex(app.random, 16), issuedAt, expiresAt };
  const { signing } = app.keys.ring;
  const last = lastClaims(app.config, sessionId);
  const sign = (about: Readonly<Record<string, unknown>>): TokenPair => ({
    access: signToken(claimsOfToken('access', accessStamp, account, about, last), signing),
    refresh: signToken(claimsOfToken('refresh', refreshStamp, account, inRefresh(about), last), signing),
  });
  // A browser drops a cookie beyond 4,096 bytes, and sends it with every request; no page can look into it.
  const { tokenTransport } = app.config;
  const inRefresh = (claims: Readonly<Record<string, unknown>>) =>
    tokenTransport === 'bearer' ? claims : {};
  const longest = tokenTransport === 'cookie-only' ? longestInCookie : longestToken;
  let about = app.claimsOf(account);
  let pair = sign(about);
  while (Math.max(pair.access.length, pair.refresh.length) > longest) {
    about = withLongestHalved(about);
    pair = sign(about);
  }
  return pair;
}

/**
 * Claims of which the longest text is cut in half: a token that is too long to be accepted is of no use, and a profile that
 * fills one (a sign beyond the first 65,536 takes 16 characters there) is not shown whole anyway. Throws when there is
 * no text left to cut.
 */
function withLongestHalved(about: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const lengthOf = (claim: unknown) => (typeof claim === 'string' ? claim.length : 0);
  const [name, claim] = Object.entries(about).reduce(
    (longest, entry) => (lengthOf(entry[1]) > lengthOf(longest[1]) ? entry : longest),
    ['', ''] as [string, unknown],
  );
  if (typeof claim !== 'string' || claim === '')
    throw new Error(`the claims do not fit into a token of ${longestToken} characters`);
  // By code points, so that no pair is cut through.
  const points = [...claim];
  return { ...about, [name]: points.slice(0, Math.floor(points.length / 2)).join('') };
}

/** The original's claims about a person, in its order. An embedder may give a function of his own. */
export function profileClaims({ username, email, profile }: Account): Readonly<Record<string, unknown>> {
  return {
    full_name: profile.fullName,
    username,
    email,
    bio: profile.bio,
    image: profile.image,
    verified: profile.verified,
  };
}
