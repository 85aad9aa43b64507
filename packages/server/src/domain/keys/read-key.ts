import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { weaknessOfKey } from '../../weak-keys.ts';
import { type Random, randomHex } from '../system.ts';
import type { Algorithm } from '../tokens/keys.ts';
import { misfitOf } from '../tokens/public-keys.ts';
import { type KeyMaterial, materialOf, publicMaterialOf, SECRET_LENGTHS } from './key-material.ts';

type Fault = { readonly fault: string };

const fault = (text: string): Fault => ({ fault: text });

/** Keys that stand in standards, by thumbprint (of secrets: SHA-256, base64url): everybody has their private parts. */
const PUBLISHED_KEYS: ReadonlySet<string> = new Set([
  'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U', // RFC 7515 A.3, P-256
  'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', // RFC 8037 A.1, Ed25519
  'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', // RFC 7638 3.1, RSA
  'yOzJNhoF4oXwTCb5VyExpt6rB-niuGUFPG91pNi9KzI', // RFC 7515 A.1, a secret
]);

/**
 * Reads a key of a file: a PEM (private or public), or a JWK. Ed25519 becomes EdDSA and P-256 ES256; RSA is RS256, of
 * which only the public half is taken; `oct` is HMAC and has to say its `alg`. Gives what is wrong with it as the end of a
 * sentence: unreadable, encrypted, another kind of key, too small (RFC 7518 sections 3.2 and 3.3), or a known one.
 */
export function readKey(text: string, random: Random): KeyMaterial | Fault {
  const trimmed = text.trim();
  const read = trimmed.startsWith('{') ? readJwk(trimmed, random) : readPem(trimmed);
  if (!('fault' in read) && PUBLISHED_KEYS.has(read.kid)) return fault('stands in a standard as an example');
  return read;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function readPem(pem: string): KeyMaterial | Fault {
  const [, label = ''] = /^-----BEGIN ([A-Z ]+)-----/.exec(pem) ?? [];
  if (/ENCRYPTED/.test(pem)) return fault('is encrypted: take the passphrase off first');
  const key = label.endsWith('PRIVATE KEY')
    ? attempt(() => createPrivateKey(pem))
    : label.endsWith('PUBLIC KEY') && attempt(() => createPublicKey(pem));
  return key ? ofKey(key) : fault('is not a readable PEM or JWK');
}

function readJwk(text: string, random: Random): KeyMaterial | Fault {
  const jwk = attempt((): JsonWebKey => JSON.parse(text));
  if (jwk?.kty === 'oct') return ofSecret(jwk, random);
  const key =
    jwk &&
    attempt(() =>
      'd' in jwk
        ? createPrivateKey({ key: jwk, format: 'jwk' })
        : createPublicKey({ key: jwk, format: 'jwk' }),
    );
  if (key === undefined) return fault('is not a readable PEM or JWK');
  const read = ofKey(key);
  if ('fault' in read || jwk?.alg === undefined || jwk.alg === read.algorithm) return read;
  return fault(`is for ${JSON.stringify(jwk.alg)}, where a key of its kind is for ${read.algorithm} here`);
}

function ofKey(key: KeyObject): KeyMaterial | Fault {
  const type = key.asymmetricKeyType;
  const algorithm =
    type === 'ed25519' ? 'EdDSA' : type === 'ec' ? 'ES256' : type === 'rsa' ? 'RS256' : undefined;
  if (algorithm === undefined) return fault('must be one of Ed25519, P-256 or RSA');
  const misfit = misfitOf(key, algorithm);
  if (misfit !== undefined) return fault(misfit);
  if (algorithm !== 'RS256' && key.type === 'private') return materialOf(key, algorithm);
  return publicMaterialOf(key.type === 'private' ? createPublicKey(key) : key, algorithm);
}

function ofSecret(jwk: JsonWebKey, random: Random): KeyMaterial | Fault {
  const alg = String(jwk.alg);
  if (!isHmacName(alg)) return fault('must say its alg: HS256, HS384 or HS512');
  const secret = Buffer.from(String(jwk.k ?? ''), 'base64url');
  if (secret.length < SECRET_LENGTHS[alg])
    return fault(`must have at least ${SECRET_LENGTHS[alg]} bytes for ${alg}`);
  const weakness = weaknessOfKey(secret.toString('latin1'));
  if (weakness !== undefined) return fault(weakness);
  if (PUBLISHED_KEYS.has(createHash('sha256').update(secret).digest('base64url')))
    return fault('stands in a standard as an example');
  return { kid: randomHex(random, 16), algorithm: alg, publicJwk: undefined, secret };
}

const isHmacName = (name: string): name is Algorithm => Object.hasOwn(SECRET_LENGTHS, name);
