import { createPublicKey, type KeyObject } from 'node:crypto';
import type { DjangoAlgorithm } from '../../settings.ts';
import { hmacKey, type PublicAlgorithm, type VerifyingKey } from './keys.ts';
import { misfitOf, verifyingKey } from './public-keys.ts';

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
  if (!isHmac) return djangoPublicKey(text.replaceAll('\\n', '\n').trim(), algorithm);
  if (text.includes('-----BEGIN '))
    return { fault: `must be a plain text for ${algorithm}, not a key in PEM` };
  const { id, verify } = hmacKey(text, algorithm);
  return Object.freeze({ id, algorithm, verify });
}

function djangoPublicKey(pem: string, algorithm: PublicAlgorithm): VerifyingKey | { readonly fault: string } {
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem))
    return { fault: `must be a public key in PEM for ${algorithm}` };
  const key = readPem(pem);
  if (key === undefined) return { fault: 'is not a readable public key in PEM' };
  const fault = misfitOf(key, algorithm);
  return fault === undefined ? verifyingKey(key, algorithm) : { fault };
}

function readPem(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
