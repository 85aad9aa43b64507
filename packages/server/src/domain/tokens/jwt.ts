import { isUtf8 } from 'node:buffer';
import type { Config } from '../../config.ts';
import { done, type Outcome, refuse, type TokenReason } from '../outcome.ts';
import { encodedHeader, type SigningKey, type VerifyingKey, type VerifyingRing } from './keys.ts';

/** What we sign: any JSON, but never without an expiry (whole seconds) and an id. */
export interface TokenClaims {
  readonly [claim: string]: unknown;
  readonly exp: number;
  readonly jti: string;
}

/**
 * The claims of a token whose signature and times were good. Every other claim is unknown and is read with `claimOf`;
 * copy them with a spread, never with Object.assign, which would obey a claim called `__proto__`.
 */
export interface VerifiedClaims extends TokenClaims {}

export interface TokenLimits {
  /** The longest life (exp - iat; without iat, what is left of it) that is believed. Default: any. */
  readonly maxLifetimeSeconds?: number;
  /** May exp and iat have fractions, as PyJWT allows? Default: no. */
  readonly allowsFractions?: boolean;
  /** How much later than exp and earlier than nbf and iat it is taken, as PyJWT's leeway. Default: 0. */
  readonly leewaySeconds?: number;
  /** Which iss and aud it has to have. Default: any and none. */
  readonly parties?: Pick<Config, 'jwtIssuer' | 'jwtAudience' | 'jwtClaimsSince'>;
}

/** A longer text is refused unread. */
export const longestToken = 8192;
/** A longer token is verified every time. */
const longestRemembered = 2048;
/** 9999-12-31T23:59:59Z: Python's datetime, and so SimpleJWT, ends here. */
const lastSecond = 253_402_300_799;
/** How far ahead of ours the clock of another of our servers may be, for `iat` alone. */
const clockSkewMilliseconds = 120_000;
const longestId = 255;

/**
 * A signed token (RFC 7515 section 7.1) as PyJWT writes it: claims in the order given, compact, every character
 * beyond printable ASCII as \uXXXX.
 */
export function signToken(claims: TokenClaims, key: SigningKey): string {
  const payload = Buffer.from(asciiJson(claims), 'latin1').toString('base64url');
  const signed = `${encodedHeader(key)}.${payload}`;
  return `${signed}.${key.sign(signed)}`;
}

/** JSON as Python's json.dumps writes it with compact separators; it escapes DEL too. */
function asciiJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/[\x7f-\uffff]/.test(json)) return json;
  return json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The claims of a token of the ring's issuer, or why it is refused (RFC 7519 section 7.2, RFC 8725). `now` is in milliseconds.
 * The order is SimpleJWT's: signature, exp, the other times, iss and aud, then missing claims. Without leeway exp == now
 * has expired; iat may be 120 s ahead all the same. `token_type` is for `requireType`.
 */
export function readToken(
  text: string,
  keys: VerifyingRing,
  now: number,
  limits: TokenLimits = {},
): Outcome<VerifiedClaims, TokenReason> {
  const known = keys.genuine.get(text);
  if (known !== undefined) {
    const fault = faultOfTimes(known, now, limits) ?? faultOfParties(known, limits);
    return fault === undefined ? done(known) : refuse(fault.reason);
  }
  const signed = findSigner(text, keys);
  if (signed === undefined) return refuse('token_invalid');
  const claims = parseObject(signed.payload);
  if (claims === undefined) return refuse('token_invalid');
  // Who has stolen a key that signs no more is not to make access tokens with it.
  if (signed.by.isForRefreshOnly && claims.token_type !== 'refresh') return refuse('token_invalid');
  const fault = faultOfClaims(claims, now, limits);
  if (fault !== undefined) return refuse(fault.reason);
  // It has both, or there would be a fault.
  return remembered(text, claims as VerifiedClaims, keys);
}

function remembered(
  text: string,
  claims: VerifiedClaims,
  keys: VerifyingRing,
): Outcome<VerifiedClaims, never> {
  // An access token comes again with every request, a refresh token does not.
  if (claims.token_type === 'access' && text.length <= longestRemembered)
    keys.genuine.set(text, Object.freeze(claims));
  return done(claims);
}

/**
 * The payload bytes of a compact JWS (RFC 7515 section 5.2) that a key of the ring has signed, else `undefined`. Every
 * segment must be canonical base64url: a token has one spelling. `jku`, `x5u`, `jwk` and `x5c` are never looked at.
 */
export function verifySignature(text: string, keys: VerifyingRing): Buffer | undefined {
  return findSigner(text, keys)?.payload;
}

interface Signed {
  readonly payload: Buffer;
  readonly by: VerifyingKey;
}

/** The same with the key that signed it. */
export function findSigner(text: string, keys: VerifyingRing): Signed | undefined {
  if (text.length > longestToken) return undefined;
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  // with no dot or only one, `second` is -1 or `first`; with a third dot the signature is not base64url
  if (second <= first) return undefined;
  const signature = decodeSegment(text.slice(second + 1));
  const payload = decodeSegment(text.slice(first + 1, second));
  if (signature === undefined || payload === undefined) return undefined;
  const signed = text.slice(0, second);
  for (const key of keysForHeader(text.slice(0, first), keys)) {
    if (key.verify(signed, signature)) return { payload, by: key };
  }
  return undefined;
}

/** Canonical base64url only: encoding the bytes again excludes padding, other alphabets, spaces and spare bits. */
function decodeSegment(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : undefined;
}

/** The JSON object of a segment of a token, unverified: for looking at, never for believing. */
export function parseSegment(segment: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = segment.length > longestToken ? undefined : decodeSegment(segment);
  return bytes && parseObject(bytes);
}

/** The keys a token with this header may have been signed with: none, one, or those that share a header. */
function keysForHeader(segment: string, keys: VerifyingRing): readonly VerifyingKey[] {
  const own = keys.byHeader.get(segment);
  if (own !== undefined) return own;
  const bytes = decodeSegment(segment);
  const header = bytes && parseObject(bytes);
  if (header === undefined || changesMeaning(header)) return [];
  const id = claimOf(header, 'kid');
  if (Object.hasOwn(header, 'kid') && typeof id !== 'string') return [];
  const byId = keys.byId.get(typeof id === 'string' ? id : undefined) ?? [];
  const named = keys.ignoresIds ? keys.verifying : byId;
  return named.filter((key) => key.algorithm === claimOf(header, 'alg'));
}

/**
 * The `kid` of a token, genuine or not, that no key of the ring has; `undefined` when there is none. For tokens that were
 * refused: a key that another server has made may not be here yet.
 */
export function unknownKid(text: string, keys: VerifyingRing): string | undefined {
  if (text.length > longestToken) return undefined;
  const bytes = decodeSegment(text.slice(0, Math.max(0, text.indexOf('.'))));
  const header = bytes && parseObject(bytes);
  const id = header && claimOf(header, 'kid');
  return typeof id === 'string' && !keys.byId.has(id) ? id : undefined;
}

/** Members that would have us read or check the rest otherwise: extensions (RFC 7515 4.1.11, RFC 7797), compression. */
function changesMeaning(header: object): boolean {
  return Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64') || Object.hasOwn(header, 'zip');
}

/** A JSON object from strict UTF-8. A byte order mark is not JSON; of duplicate members the last counts. */
function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A claim by name, `undefined` when absent: never what JavaScript objects inherit. */
export function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** The claim that a token is refused for, and in which words. */
export interface ClaimFault {
  readonly reason: TokenReason;
  readonly claim: 'exp' | 'nbf' | 'iat' | 'iss' | 'aud' | 'sub' | 'jti';
}

/** What is wrong with the claims of a token whose signature is good, as `readToken` judges them. */
export function faultOfClaims(
  claims: Readonly<Record<string, unknown>>,
  now: number,
  limits: TokenLimits,
): ClaimFault | undefined {
  const fault = faultOfTimes(claims, now, limits) ?? faultOfParties(claims, limits) ?? faultOfNames(claims);
  if (fault !== undefined) return fault;
  if (!Object.hasOwn(claims, 'exp')) return { reason: 'token_without_exp', claim: 'exp' };
  return Object.hasOwn(claims, 'jti') ? undefined : { reason: 'token_without_id', claim: 'jti' };
}

const invalid = (claim: ClaimFault['claim']): ClaimFault => ({ reason: 'token_invalid', claim });

/** exp, nbf and iat (RFC 7519 sections 4.1.4 to 4.1.6): whole JSON numbers, where PyJWT takes what int() takes. */
function faultOfTimes(
  claims: Readonly<Record<string, unknown>>,
  now: number,
  limits: TokenLimits,
): ClaimFault | undefined {
  const isSeconds = limits.allowsFractions ? isNumber : isWholeNumber;
  const leeway = (limits.leewaySeconds ?? 0) * 1000;
  const exp = claimOf(claims, 'exp');
  if (exp !== undefined) {
    if (!isSeconds(exp) || exp > lastSecond) return invalid('exp');
    if (exp * 1000 <= now - leeway) return { reason: 'token_expired', claim: 'exp' };
  }
  const nbf = claimOf(claims, 'nbf');
  const hasBegun = typeof nbf === 'number' && Number.isFinite(nbf) && nbf * 1000 <= now + leeway;
  if (nbf !== undefined && !hasBegun) return invalid('nbf');
  const iat = claimOf(claims, 'iat');
  const latestIat = now + Math.max(clockSkewMilliseconds, leeway);
  if (iat !== undefined && !(isSeconds(iat) && iat * 1000 <= latestIat)) return invalid('iat');
  if (exp === undefined) return undefined;
  const lifetime = exp - (iat ?? now / 1000);
  const hasLife = iat === undefined || lifetime > 0;
  const isBelieved = hasLife && lifetime <= (limits.maxLifetimeSeconds ?? Number.POSITIVE_INFINITY);
  return isBelieved ? undefined : invalid('exp');
}

/** iss and aud (RFC 7519 sections 4.1.1 and 4.1.3) as PyJWT compares them: sign by sign; of two lists one has to be in both. */
function faultOfParties(
  claims: Readonly<Record<string, unknown>>,
  { parties }: TokenLimits,
): ClaimFault | undefined {
  if (parties === undefined) return undefined;
  const { jwtIssuer, jwtAudience, jwtClaimsSince } = parties;
  const isOfIssuer = jwtIssuer === undefined || claimOf(claims, 'iss') === jwtIssuer;
  const isForUs = jwtAudience.length === 0 || hasOneOf(jwtAudience, claimOf(claims, 'aud'));
  if (isOfIssuer && isForUs) return undefined;
  const iat = claimOf(claims, 'iat');
  const isOlder = typeof iat === 'number' && iat * 1000 < Date.parse(jwtClaimsSince);
  return isOlder ? undefined : invalid(isOfIssuer ? 'aud' : 'iss');
}

function hasOneOf(ours: readonly string[], aud: unknown): boolean {
  if (typeof aud === 'string') return ours.includes(aud);
  return (
    Array.isArray(aud) && aud.every((one) => typeof one === 'string') && aud.some((one) => ours.includes(one))
  );
}

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** sub and jti are strings (RFC 7519 sections 4.1.2 and 4.1.7), and a jti is one that a database can hold. */
function faultOfNames(claims: Readonly<Record<string, unknown>>): ClaimFault | undefined {
  const sub = claimOf(claims, 'sub');
  if (sub !== undefined && typeof sub !== 'string') return invalid('sub');
  const jti = claimOf(claims, 'jti');
  if (jti === undefined) return undefined;
  const isId =
    typeof jti === 'string' && jti.length > 0 && jti.length <= longestId && !/[\0\p{Cs}]/u.test(jti);
  return isId ? undefined : invalid('jti');
}

/**
 * Why verified claims are not those of an access (or refresh) token, or `undefined` when they are. SimpleJWT's
 * `verify_token_type`: a token with no `token_type` has no type, `null` or `"Access"` is a wrong one.
 */
export function requireType(claims: VerifiedClaims, type: 'access' | 'refresh'): TokenReason | undefined {
  if (!Object.hasOwn(claims, 'token_type')) return 'token_without_type';
  return claims.token_type === type ? undefined : 'token_of_wrong_type';
}
