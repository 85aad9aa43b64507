import { argon2 } from './formats/argon2.ts';
import { bcrypt, bcryptSha256 } from './formats/bcrypt.ts';
import { bareMd5, md5, sha1 } from './formats/digest.ts';
import { pbkdf2Sha1, pbkdf2Sha256 } from './formats/pbkdf2.ts';
import { scrypt } from './formats/scrypt.ts';

/** One way of storing a password, named by what stands before the first `$` of Django's string. */
export interface PasswordFormat {
  readonly name: string;
  /** a plain digest: as good as the clear text once it is stolen */
  readonly isLegacy?: true;
  /** how many bytes of a password it looks at; all when undefined */
  readonly sees?: number;
  /**
   * A stored string that is as much work as this one and that no password fits, the same for all that are this work.
   * Undefined when the string has not the shape, or costs more than we can afford.
   */
  decoyOf(stored: string): string | undefined;
  /**
   * Blocks the thread. Only for strings that have a decoy; undefined when the string turns out damaged. The whole
   * text is made anew and compared, so that another spelling of the same is not accepted (as in Django).
   */
  check(password: string, stored: string): Promise<boolean | undefined>;
}

const FORMATS = [pbkdf2Sha256, pbkdf2Sha1, argon2, bcryptSha256, bcrypt, scrypt, md5, sha1, bareMd5];

const BY_NAME = new Map<string, PasswordFormat>(FORMATS.map((format) => [format.name, format]));

/** Django's column has 128 characters; its longest known string 165. */
const LONGEST = 512;

/** A stored string that can be checked: how, and what as much work is. */
export interface Checkable {
  readonly format: PasswordFormat;
  readonly decoy: string;
}

/** What a stored string can be checked with; undefined for unusable, damaged, unknown and too costly ones. */
export function checkable(stored: string): Checkable | undefined {
  if (stored.length > LONGEST) return undefined;
  const format = BY_NAME.get(stored.slice(0, Math.max(0, stored.indexOf('$'))));
  const decoy = format?.decoyOf(stored);
  return format === undefined || decoy === undefined ? undefined : { format, decoy };
}

/**
 * Does the password fit the stored string? When finding out that it does not was hardly any work, because the string is
 * damaged or a plain digest, does that of the decoy too. Blocks the thread.
 */
export async function checkOrSpend(password: string, stored: string, decoy: string): Promise<boolean> {
  const found = checkable(stored);
  const fits = await found?.format.check(password, stored);
  const wasWork = fits === true || (fits === false && found?.format.isLegacy === undefined);
  if (!wasWork) await checkable(decoy)?.format.check(password, decoy);
  return fits === true;
}
