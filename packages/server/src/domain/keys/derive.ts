import { hkdfSync } from 'node:crypto';

/** What a derived key is for. Tokens are not among them: their key of HS256 is SECRET_KEY itself, as Django has it. */
export type KeyPurpose = 'cookie' | 'csrf' | 'link' | 'data' | 'limits' | 'audit';

/**
 * The key of one purpose, 32 bytes: HKDF-SHA256 (RFC 5869) of the UTF-8 bytes of SECRET_KEY without a salt, with the
 * info `latchkey <purpose>`. Who holds one of them learns nothing of the others (RFC 8725 section 3.12).
 */
export function deriveKey(secret: string, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, 32));
}
