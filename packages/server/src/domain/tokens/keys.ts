import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { type BoundedCache, boundedCache } from '../bounded-cache.ts';
import type { VerifiedClaims } from './jwt.ts';

/** The JWS algorithms with one secret for signing and verifying (RFC 7518 section 3.2). */
export type Algorithm = 'HS256' | 'HS384' | 'HS512';

/** Those we sign with; EdDSA is Ed25519 (RFC 8037 section 3.1). */
export const SIGNING_ALGORITHMS = ['HS256', 'HS384', 'HS512', 'ES256', 'EdDSA'] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Those that are verified with a public key (RFC 7518 sections 3.3 and 3.4, RFC 8037). */
export type PublicAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/**
 * One key for one algorithm and one purpose (RFC 8725 sections 3.1 and 3.12): the algorithm is a property of the
 * key and never read from a token.
 */
export interface VerifyingKey {
  /** the `kid` in the header of what it signs; `undefined` for the plain SECRET_KEY, as in SimpleJWT */
  readonly id: string | undefined;
  readonly algorithm: Algorithm | PublicAlgorithm;
  /** it signed no access token that could still be good */
  readonly isForRefreshOnly?: true;
  /** Whether `signature` is that of `data`; takes equally long for every wrong signature of the right length. */
  verify(data: string, signature: Buffer): boolean;
}

export interface SigningKey extends VerifyingKey {
  readonly algorithm: SigningAlgorithm;
  /** The signature of `data` (its UTF-8 bytes), base64url without padding. */
  sign(data: string): string;
}

/** The keys that tokens of one issuer are verified with. */
export interface VerifyingRing {
  readonly verifying: readonly VerifyingKey[];
  /** the keys by `kid`; under `undefined` those without an id. A Map, so that `__proto__` finds nothing. */
  readonly byId: ReadonlyMap<string | undefined, readonly VerifyingKey[]>;
  /** the keys by the exact header segment of the tokens they sign: no header of ours needs parsing */
  readonly byHeader: ReadonlyMap<string, readonly VerifyingKey[]>;
  /** a `kid` that is a text means nothing to this issuer, as to SimpleJWT without JWKS */
  readonly ignoresIds: boolean;
  /**
   * Claims of access tokens that a key of this ring has signed, by the text of the token. Of genuineness only:
   * times, session and account are looked at every time. It goes with the ring, and so with its keys.
   */
  readonly genuine: BoundedCache<string, VerifiedClaims>;
}

/** The key that signs and all the keys that verify, the signing one first. Made by `keyRing`. */
export interface KeyRing extends VerifyingRing {
  readonly signing: SigningKey;
}

/** With `longestRemembered` in jwt.ts: 16 MB at the very most, 4 with ordinary tokens. */
const GENUINE_TOKENS = 8_192;

const hashOf: Readonly<Record<Algorithm, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/**
 * An HMAC key (RFC 7518 section 3.2). A string stands for its UTF-8 bytes, as SECRET_KEY does for PyJWT. How long a
 * secret must be is for the configuration to say; only the empty one is a bug here.
 */
export function hmacKey(
  secret: string | Uint8Array,
  algorithm: Algorithm = 'HS256',
  id?: string,
): SigningKey {
  const bytes = Buffer.from(secret);
  if (bytes.length === 0) throw new RangeError('An HMAC key must not be empty.');
  const key = createSecretKey(bytes);
  const hash = hashOf[algorithm];
  return Object.freeze({
    id,
    algorithm,
    sign: (data: string) => createHmac(hash, key).update(data).digest('base64url'),
    verify(data: string, signature: Buffer) {
      // by way of a string: a tenth faster than a digest in a Buffer of its own
      const expected = Buffer.from(createHmac(hash, key).update(data).digest('base64url'), 'base64url');
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    },
  });
}

/**
 * A ring of keys of one purpose: `signing` signs, and what the `older` ones signed still verifies. Keys of another
 * purpose belong in another ring (RFC 8725 section 3.12). Throws when two keys have one id.
 */
export function keyRing(signing: SigningKey, older: readonly VerifyingKey[] = []): KeyRing {
  const verifying = [signing, ...older];
  const ids = verifying.flatMap((key) => (key.id === undefined ? [] : [key.id]));
  if (new Set(ids).size < ids.length) throw new Error('Two keys of a ring have the same id.');
  return Object.freeze({ signing, ...ringOf(verifying, false) });
}

/** A ring that signs nothing, for tokens of SimpleJWT: whatever `kid` their header has, these keys are asked. */
export function foreignRing(keys: readonly VerifyingKey[]): VerifyingRing {
  return Object.freeze(ringOf(keys, true));
}

function ringOf(verifying: readonly VerifyingKey[], ignoresIds: boolean): VerifyingRing {
  return {
    verifying,
    byId: grouped(verifying, (key) => key.id),
    byHeader: grouped(verifying, encodedHeader),
    ignoresIds,
    genuine: boundedCache<string, VerifiedClaims>(GENUINE_TOKENS),
  };
}

function grouped<K>(
  keys: readonly VerifyingKey[],
  by: (key: VerifyingKey) => K,
): ReadonlyMap<K, VerifyingKey[]> {
  const groups = new Map<K, VerifyingKey[]>();
  for (const key of keys) groups.set(by(key), [...(groups.get(by(key)) ?? []), key]);
  return groups;
}

const encodedHeaders = new WeakMap<VerifyingKey, string>();

/** The header segment of the tokens a key signs: PyJWT's `{"alg":…,"typ":"JWT"}`, then `kid` when the key has an id. */
export function encodedHeader(key: VerifyingKey): string {
  const known = encodedHeaders.get(key);
  if (known !== undefined) return known;
  // JSON leaves a kid of undefined out
  const header = JSON.stringify({ alg: key.algorithm, typ: 'JWT', kid: key.id });
  const encoded = Buffer.from(header).toString('base64url');
  encodedHeaders.set(key, encoded);
  return encoded;
}
