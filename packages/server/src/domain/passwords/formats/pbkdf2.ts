import { pbkdf2Sync } from 'node:crypto';
import type { PasswordFormat } from '../formats.ts';
import { isSameText } from './same-text.ts';

/** Twice what Django 5.2 writes. */
const MOST_ITERATIONS = 2_000_000;

/** `name$iterations$salt$base64`: any text without a `$` is a salt, and stands for its UTF-8 bytes. */
function pbkdf2(name: string, digest: string, bytes: number): PasswordFormat {
  const text = (iterations: number, salt: string, hash: Buffer) =>
    `${name}$${iterations}$${salt}$${hash.toString('base64')}`;
  const shape = new RegExp(`^${name}\\$([1-9]\\d{0,6})\\$([^$]+)\\$[A-Za-z0-9+/]+=*$`);
  const partsOf = (stored: string) => {
    const [, digits = '', salt = ''] = shape.exec(stored) ?? [];
    return { iterations: Number(digits), salt };
  };
  return {
    name,
    decoyOf(stored) {
      const { iterations } = partsOf(stored);
      const isAffordable = iterations > 0 && iterations <= MOST_ITERATIONS;
      return isAffordable ? text(iterations, 'none', Buffer.alloc(bytes)) : undefined;
    },
    async check(password, stored) {
      const { iterations, salt } = partsOf(stored);
      const hash = pbkdf2Sync(password, salt, iterations, bytes, digest);
      return isSameText(text(iterations, salt, hash), stored);
    },
  };
}

/** Django's PBKDF2PasswordHasher, its default. */
export const pbkdf2Sha256 = pbkdf2('pbkdf2_sha256', 'sha256', 32);

/** Django's PBKDF2SHA1PasswordHasher. */
export const pbkdf2Sha1 = pbkdf2('pbkdf2_sha1', 'sha1', 20);
