import { createHash } from 'node:crypto';
import type { PasswordFormat } from '../formats.ts';
import { isSameText } from './same-text.ts';

/** Native code: loaded by the thread that needs it, not by the server's. */
const library = async () => (await import('bcrypt')).default;

/** What bcrypt looks at. The library of Django's time cut the rest off (bcrypt 3.2 for Python). */
const SEEN_BYTES = 72;

/** Four times Django's work, about a second. */
const HIGHEST_COST = 14;

const SHAPE = /^\$2([aby])\$(0[4-9]|1\d)\$[A-Za-z0-9./]{53}$/;

/** The bcrypt string of a password's bytes with the version, cost and salt of another one. */
async function remake(password: Buffer, hash: string): Promise<string> {
  const { hashSync } = await library();
  const version = hash.slice(0, 4);
  // `2y` is the name that PHP gave to what everybody else calls `2b`.
  const salt = `${version === '$2y$' ? '$2b$' : version}${hash.slice(4, 29)}`;
  return version + hashSync(password.subarray(0, SEEN_BYTES), salt).slice(4);
}

/** `name$` and a string of bcrypt, which hashes what `keyOf` makes of the password; undefined: it has no key. */
function bcryptFormat(name: string, keyOf: (password: string) => Buffer | undefined): PasswordFormat {
  const hashIn = (stored: string) => stored.slice(name.length + 1);
  return {
    name,
    decoyOf(stored) {
      const [, version, cost] = SHAPE.exec(hashIn(stored)) ?? [];
      const isAffordable = version !== undefined && Number(cost) <= HIGHEST_COST;
      return isAffordable ? `${name}$$2${version}$${cost}$${'.'.repeat(53)}` : undefined;
    },
    async check(password, stored) {
      const key = keyOf(password);
      const remade = await remake(key ?? Buffer.alloc(1), hashIn(stored));
      return isSameText(`${name}$${remade}`, stored) && key !== undefined;
    },
  };
}

/** Django's BCryptSHA256PasswordHasher: bcrypt of the hexadecimal SHA-256, so that every byte counts. */
export const bcryptSha256 = bcryptFormat('bcrypt_sha256', (password) =>
  Buffer.from(createHash('sha256').update(password).digest('hex')),
);

/** Django's BCryptPasswordHasher. It refuses a password with a NUL, where other libraries end it. */
export const bcrypt: PasswordFormat = {
  ...bcryptFormat('bcrypt', (password) => (password.includes('\0') ? undefined : Buffer.from(password))),
  sees: SEEN_BYTES,
};
