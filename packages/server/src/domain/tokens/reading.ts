import type { App } from '../app.ts';
import { limitsOfDjango } from './django.ts';
import { claimOf, faultOfClaims, findSigner, parseSegment } from './jwt.ts';
import type { VerifyingRing } from './keys.ts';
import { limitsOfOwn } from './presented.ts';

/** A token as an operator reads it: what it says of itself, and what the keys and the clock say of it. */
export interface TokenReading {
  readonly signature: 'good' | 'wrong' | 'no_key' | 'refresh_only' | 'unreadable';
  /** whose key it is; `latchkey` unless the signature is good by Django's */
  readonly issuer: 'latchkey' | 'django';
  readonly kid?: string;
  readonly alg?: string;
  readonly type?: string;
  readonly jti?: string;
  readonly sid?: string;
  readonly userId?: string;
  /** seconds */
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  /** the claim it is refused for, when its signature is good */
  readonly faultyClaim?: string;
}

type Claims = Readonly<Record<string, unknown>>;

const LONGEST_TEXT = 64;

/** Anybody may have written the token: texts are cut, and what is no text or number is left out. */
function textsOf(claims: Claims, names: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(names).map(([ours, theirs]) => [ours, claimOf(claims, theirs)] as const);
  return Object.fromEntries(
    found.flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number'
        ? [[name, String(value).slice(0, LONGEST_TEXT)]]
        : [],
    ),
  );
}

function timesOf(claims: Claims): { exp?: number; iat?: number; nbf?: number } {
  const times = ['exp', 'iat', 'nbf'].map((name) => [name, claimOf(claims, name)] as const);
  return Object.fromEntries(times.filter(([, value]) => Number.isFinite(value)));
}

function signatureOf(
  text: string,
  { header, claims }: { readonly header: Claims; readonly claims: Claims },
  ring: VerifyingRing,
): TokenReading['signature'] {
  const signed = findSigner(text, ring);
  if (signed?.by.isForRefreshOnly && claims.token_type !== 'refresh') return 'refresh_only';
  if (signed !== undefined) return 'good';
  const kid = claimOf(header, 'kid');
  const isKnown = ring.ignoresIds || ring.byId.has(typeof kid === 'string' ? kid : undefined);
  return isKnown ? 'wrong' : 'no_key';
}

/**
 * Reads a token for the operator, at the instant: which key, which claims, which of them is at fault. Nothing is asked of
 * the database. The token is not in what it gives.
 */
export function readForOperator(
  { keys, djangoKeys, config }: Pick<App, 'keys' | 'djangoKeys' | 'config'>,
  text: string,
  now: number,
): TokenReading {
  const [head = '', body = ''] = text.split('.', 2);
  const header = parseSegment(head);
  const claims = parseSegment(body);
  if (header === undefined || claims === undefined) return { signature: 'unreadable', issuer: 'latchkey' };
  const parts = { header, claims };
  const own = signatureOf(text, parts, keys.ring);
  const isDjangos =
    own !== 'good' && djangoKeys !== undefined && signatureOf(text, parts, djangoKeys) === 'good';
  const limits = isDjangos ? limitsOfDjango(config) : limitsOfOwn(config);
  const signature = isDjangos ? 'good' : own;
  const fault = signature === 'good' ? faultOfClaims(claims, now, limits) : undefined;
  return {
    signature,
    issuer: isDjangos ? 'django' : 'latchkey',
    ...textsOf(header, { kid: 'kid', alg: 'alg' }),
    ...textsOf(claims, { type: 'token_type', jti: 'jti', sid: 'sid', userId: 'user_id' }),
    ...timesOf(claims),
    ...(fault === undefined ? {} : { faultyClaim: fault.claim }),
  };
}
