import { type KeyObject, sign as signWith, verify as verifyWith } from 'node:crypto';
import type { PublicAlgorithm, SigningAlgorithm, SigningKey, VerifyingKey } from './keys.ts';

/** RFC 7518 section 3.4: each of these goes with one curve only. */
const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** In bytes. Of RSA it is the length of the key. */
const SIGNATURES: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132, EdDSA: 64 };

const SMALLEST_RSA_BITS = 2048;

/** The sentence that says why a key is none for the algorithm, or is too small; `undefined` when it fits. */
export function misfitOf(key: KeyObject, algorithm: PublicAlgorithm): string | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const curve = CURVES[algorithm];
  if (curve !== undefined)
    return namedCurve === curve ? undefined : `must be a key on the curve ${curve} for ${algorithm}`;
  if (algorithm === 'EdDSA')
    return key.asymmetricKeyType === 'ed25519' ? undefined : 'must be a key of Ed25519 for EdDSA';
  if (key.asymmetricKeyType !== 'rsa') return `must be an RSA key for ${algorithm}`;
  return modulusLength >= SMALLEST_RSA_BITS ? undefined : `must have at least ${SMALLEST_RSA_BITS} bits`;
}

const hashOf = (algorithm: PublicAlgorithm) => (algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`);

/** A public key that fits its algorithm (see `misfitOf`), to verify with. */
export function verifyingKey(key: KeyObject, algorithm: PublicAlgorithm, id?: string): VerifyingKey {
  // RFC 7518 section 3.4: r and s one after the other, not DER
  const how = { key, dsaEncoding: 'ieee-p1363' } as const;
  const hash = hashOf(algorithm);
  const length = SIGNATURES[algorithm];
  return Object.freeze({
    id,
    algorithm,
    verify: (data: string, signature: Buffer) =>
      (length === undefined || signature.length === length) &&
      verifyWith(hash, Buffer.from(data), how, signature),
  });
}

/** Both halves of a key as one that signs. */
export function signingKey(
  halves: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  algorithm: PublicAlgorithm & SigningAlgorithm,
  id: string,
): SigningKey {
  const how = { key: halves.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  const hash = hashOf(algorithm);
  const { verify } = verifyingKey(halves.publicKey, algorithm, id);
  return Object.freeze({
    id,
    algorithm,
    verify,
    sign: (data: string) => signWith(hash, Buffer.from(data), how).toString('base64url'),
  });
}
