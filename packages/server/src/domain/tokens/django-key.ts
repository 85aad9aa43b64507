import { createPublicKey, type KeyObject, verify as verifyWith } from 'node:crypto';
import type { DjangoAlgorithm } from '../../settings.ts';
import { hmacKey, type PublicAlgorithm, type VerifyingKey } from './keys.ts';

/** RFC 7518 section 3.4: each of these goes with one curve only. */
const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

const SMALLEST_RSA_BITS = 2048;

/**
 * Django's key, to verify with. HS* take the text as it is, RS* and ES* a public key in PEM, in which a written `\n` is
 * a line break. The algorithm is the key's (RFC 8725 section 3.1): the text of a public key is refused as an HMAC
 * secret. Gives the sentence that says what is wrong with a key that does not fit its algorithm.
 */
export function djangoKey(
  text: string,
  algorithm: DjangoAlgorithm,
): VerifyingKey | { readonly fault: string } {
  const isHmac = algorithm === 'HS256' || algorithm === 'HS384' || algorithm === 'HS512';
  if (!isHmac) return publicKey(text.replaceAll('\\n', '\n').trim(), algorithm);
  if (text.includes('-----BEGIN '))
    return { fault: `must be a plain text for ${algorithm}, not a key in PEM` };
  const { id, verify } = hmacKey(text, algorithm);
  return Object.freeze({ id, algorithm, verify });
}

function publicKey(pem: string, algorithm: PublicAlgorithm): VerifyingKey | { readonly fault: string } {
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
    return { fault: `must be a public key in PEM for ${algorithm}` };
  const key = readPem(pem);
  if (key === undefined) return { fault: 'is not a readable public key in PEM' };
  const fault = misfitOf(key, algorithm);
  if (fault !== undefined) return { fault };
  // RFC 7518 section 3.4: r and s one after the other, not DER
  const how = { key, dsaEncoding: 'ieee-p1363' } as const;
  const hash = `sha${algorithm.slice(2)}`;
  return Object.freeze({
    id: undefined,
    algorithm,
    verify: (data: string, signature: Buffer) => verifyWith(hash, Buffer.from(data), how, signature),
  });
}

function readPem(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function misfitOf(key: KeyObject, algorithm: PublicAlgorithm): string | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const curve = CURVES[algorithm];
  if (curve !== undefined)
    return namedCurve === curve ? undefined : `must be a key on the curve ${curve} for ${algorithm}`;
  if (key.asymmetricKeyType !== 'rsa') return `must be an RSA key for ${algorithm}`;
  return modulusLength >= SMALLEST_RSA_BITS ? undefined : `must have at least ${SMALLEST_RSA_BITS} bits`;
}
