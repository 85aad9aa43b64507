import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { Random } from '../system.ts';
import { randomHex } from '../system.ts';
import {
  type Algorithm,
  hmacKey,
  type SigningAlgorithm,
  type SigningKey,
  type VerifyingKey,
} from '../tokens/keys.ts';
import { signingKey, verifyingKey } from '../tokens/public-keys.ts';
import type { RingAlgorithm, StoredKey } from './stored-key.ts';

/** A key that is not stored yet. */
export interface KeyMaterial extends Pick<StoredKey, 'kid' | 'algorithm' | 'publicJwk'> {
  /** the bytes of a secret, or a private key in PKCS #8 (DER); undefined when it only verifies */
  readonly secret: Buffer | undefined;
}

/** In bytes: as long as the hash (RFC 7518 section 3.2). */
export const SECRET_LENGTHS: Readonly<Record<Algorithm, number>> = { HS256: 32, HS384: 48, HS512: 64 };

export function isHmac(algorithm: RingAlgorithm): algorithm is Algorithm {
  return algorithm.startsWith('HS');
}

/** The members a thumbprint is made of, in its order (RFC 7638 section 3.2, RFC 8037 section 2); they are the public ones. */
const MEMBERS: Readonly<Record<string, readonly (keyof JsonWebKey)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The public half of a key as a JWK in JSON, the required members in alphabetical order. */
function publicJwkOf(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const members = MEMBERS[jwk.kty ?? ''] ?? [];
  return JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
}

/** The thumbprint of RFC 7638: SHA-256 of the public JWK, base64url. */
export function thumbprint(publicJwk: string): string {
  return createHash('sha256').update(publicJwk).digest('base64url');
}

/** The material of a private key. Its `kid` is the thumbprint of its public half. */
export function materialOf(privateKey: KeyObject, algorithm: 'ES256' | 'EdDSA'): KeyMaterial {
  const publicJwk = publicJwkOf(createPublicKey(privateKey));
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { kid: thumbprint(publicJwk), algorithm, publicJwk, secret };
}

/** The material of a key that only verifies. */
export function publicMaterialOf(publicKey: KeyObject, algorithm: 'ES256' | 'EdDSA' | 'RS256'): KeyMaterial {
  const publicJwk = publicJwkOf(publicKey);
  return { kid: thumbprint(publicJwk), algorithm, publicJwk, secret: undefined };
}

/** A new key. A secret and its `kid` come from the dice; a key pair from those of OpenSSL, which takes no others. */
export function newKey(algorithm: SigningAlgorithm, random: Random): KeyMaterial {
  if (isHmac(algorithm)) {
    const secret = Buffer.from(random.bytes(SECRET_LENGTHS[algorithm]));
    return { kid: randomHex(random, 16), algorithm, publicJwk: undefined, secret };
  }
  const pair =
    algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return materialOf(pair.privateKey, algorithm);
}

/** A key for use in a ring: one that signs when its private part is there. */
export function usableKey({ kid, algorithm, publicJwk, secret }: KeyMaterial): SigningKey | VerifyingKey {
  if (isHmac(algorithm)) return hmacKey(secret ?? '', algorithm, kid);
  const publicKey = createPublicKey({ key: JSON.parse(publicJwk ?? ''), format: 'jwk' });
  if (algorithm === 'RS256' || secret === undefined) return verifyingKey(publicKey, algorithm, kid);
  const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
  return signingKey({ publicKey, privateKey }, algorithm, kid);
}
