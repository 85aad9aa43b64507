import { argon2Format } from './formats/argon2.ts';

/** One way of storing a password, named by what stands before the first `$` of Django's string. */
export interface PasswordFormat {
  readonly name: string;
  /** Has the string the shape, and can we afford its cost? */
  canCheck(stored: string): boolean;
  /** Blocks the thread. Only for strings that `canCheck`; undefined when the string turns out damaged. */
  check(password: string, stored: string): Promise<boolean | undefined>;
}

const FORMATS: readonly PasswordFormat[] = [argon2Format];

const BY_NAME = new Map(FORMATS.map((format) => [format.name, format]));

/** The format a stored string can be checked with; undefined for unusable, damaged and unknown ones. */
export function formatOf(stored: string): PasswordFormat | undefined {
  const format = BY_NAME.get(stored.slice(0, Math.max(0, stored.indexOf('$'))));
  return format?.canCheck(stored) ? format : undefined;
}
