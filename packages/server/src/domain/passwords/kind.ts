import { checkable } from './formats.ts';

/**
 * What a stored string is: can it be checked (`usable`; `legacy` when it is a plain digest), is it meant to fit nothing
 * (`unusable`, `empty`), or is something wrong with it. `damaged` has the name of a format that it is not, or costs more
 * than we can afford; `unknown` names a format that nobody here knows.
 */
export type PasswordKind = 'usable' | 'legacy' | 'unusable' | 'empty' | 'plain' | 'damaged' | 'unknown';

/** What Django has ever put before the first `$`. */
export const HASH_NAMES = [
  ...(['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'scrypt'] as const),
  ...(['sha1', 'md5', 'unsalted_md5', 'unsalted_sha1', 'crypt'] as const),
];

export type HashName = (typeof HASH_NAMES)[number];

/** How long the digest at the end is; a shorter one is cut off, and no password fits it. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = {
  pbkdf2_sha256: 44,
  pbkdf2_sha1: 28,
  scrypt: 88,
  md5: 32,
  sha1: 40,
};

function hasWholeDigest(name: string, stored: string): boolean {
  const length = DIGEST_LENGTHS[name];
  return length === undefined || stored.length - stored.lastIndexOf('$') - 1 === length;
}

/** What stands before the first `$`; `''` when there is none. */
const nameOf = (stored: string) => stored.slice(0, Math.max(0, stored.indexOf('$')));

export function kindOfPassword(stored: string): PasswordKind {
  if (stored === '') return 'empty';
  // Django puts it in front of what must fit no password.
  if (stored.startsWith('!')) return 'unusable';
  const name = nameOf(stored);
  const known = checkable(stored);
  if (known !== undefined && hasWholeDigest(name, stored)) return known.format.isLegacy ? 'legacy' : 'usable';
  if (HASH_NAMES.some((known) => known === name)) return 'damaged';
  return /^[a-z0-9_]+\$.*\$/s.test(stored) ? 'unknown' : 'plain';
}

/** Is it meant to fit some password? As Django's `is_password_usable`, and not for none at all. */
export const isUsablePassword = (stored: string) => stored !== '' && !stored.startsWith('!');

/** How a password is stored, and nothing else of it; `unknown` for what Django never wrote, undefined when it is not usable. */
export function hashNameOf(stored: string): HashName | 'unknown' | undefined {
  if (!isUsablePassword(stored)) return undefined;
  if (!stored.includes('$')) return 'unsalted_md5';
  return HASH_NAMES.find((known) => known === nameOf(stored)) ?? 'unknown';
}

/** Formats that Django 5.1 has given up. */
export function isUnknownToDjango(stored: string): boolean {
  return ['sha1', 'unsalted_md5', 'unsalted_sha1', 'crypt'].includes(nameOf(stored));
}

/** The name of the format and, where it is a number of rounds, the cost: for counting. */
export function formatLabel(stored: string): string {
  const [name = '', rounds = ''] = stored.split('$', 2);
  if (!stored.includes('$')) return 'unsalted md5';
  return name.startsWith('pbkdf2') ? `${name}, ${rounds} iterations` : name;
}
