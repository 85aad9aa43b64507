import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../system.ts';

const NONCE = 12;
const TAG = 16;

/**
 * Encrypts what a column holds with AES-256-GCM: nonce, ciphertext and tag, base64url. `place` names table, column and
 * row: what was sealed for one place does not open in another.
 */
export function seal(plain: Uint8Array, key: Buffer, place: string, random: Random): string {
  const nonce = random.bytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const parts = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(parts).toString('base64url');
}

/** What was sealed; `undefined` with another key, for another place, or when a bit was changed. */
export function unseal(sealed: string, key: Buffer, place: string): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE + TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The same with the first of several keys that opens it. */
export function unsealWithAny(sealed: string, keys: readonly Buffer[], place: string): Buffer | undefined {
  for (const key of keys) {
    const plain = unseal(sealed, key, place);
    if (plain !== undefined) return plain;
  }
  return undefined;
}
