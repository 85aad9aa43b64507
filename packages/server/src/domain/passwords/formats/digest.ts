import { createHash } from 'node:crypto';
import type { PasswordFormat } from '../formats.ts';
import { isSameText } from './same-text.ts';

/** `name$salt$hexadecimal`, the digest of salt and password; the salt may be empty, and no `$` is in it. */
function digestFormat(name: 'md5' | 'sha1', digits: number): PasswordFormat {
  const shape = new RegExp(`^${name}\\$([^$]*)\\$[0-9a-f]{${digits}}$`);
  return {
    name,
    isLegacy: true,
    decoyOf: (stored) => (shape.test(stored) ? `${name}$none$${'0'.repeat(digits)}` : undefined),
    async check(password, stored) {
      const [, salt = ''] = shape.exec(stored) ?? [];
      const digest = createHash(name).update(salt).update(password).digest('hex');
      return isSameText(`${name}$${salt}$${digest}`, stored);
    },
  };
}

/** Django's MD5PasswordHasher, and with an empty salt one form of UnsaltedMD5PasswordHasher. */
export const md5 = digestFormat('md5', 32);

/** Django's SHA1PasswordHasher, and with an empty salt UnsaltedSHA1PasswordHasher. */
export const sha1 = digestFormat('sha1', 40);

/** The other form of Django's UnsaltedMD5PasswordHasher: the digest and nothing else. */
export const bareMd5: PasswordFormat = {
  name: '',
  isLegacy: true,
  decoyOf: (stored) => (/^[0-9a-f]{32}$/.test(stored) ? '0'.repeat(32) : undefined),
  check: async (password, stored) => isSameText(createHash('md5').update(password).digest('hex'), stored),
};
