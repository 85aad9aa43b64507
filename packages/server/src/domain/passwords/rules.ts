import type { App } from '../app.ts';
import type { Fault } from '../fault.ts';
import { MINIMUM_LENGTH, passwordFaults, similarityFaults } from './policy.ts';

/** Whose password it is to be. */
export interface Owner {
  readonly username: string;
  /** `''` for none */
  readonly email: string;
  /** may do more than others, with a password as the only proof */
  readonly isStaff?: boolean;
}

/** Code points, for who has a password and no second factor and may look at others (NIST SP 800-63B-4, 3.1.1.2). */
const MINIMUM_OF_STAFF = 15;

/** Words that the place itself suggests: the program, and the name of the site in its address. */
function contextWords(publicUrl: string | undefined): string[] {
  const labels = publicUrl === undefined ? [] : new URL(publicUrl).hostname.split('.').slice(0, -1);
  return ['latchkey', ...labels.filter((label) => label.length > 3 && /[a-z]/.test(label))];
}

/** At most one fault. */
function contextFaults(password: string, publicUrl: string | undefined): Fault[] {
  const faults = contextWords(publicUrl).flatMap((word) =>
    similarityFaults(password, { 'name of this site': word }),
  );
  return faults.slice(0, 1);
}

/**
 * All that can be said against a password whoever has it: Django's rules, words of the place, and at last, when there is
 * nothing else, that it was found in a breach (NIST SP 800-63B, 5.1.1.2). Empty when there is nothing to say.
 */
export async function faultsOfPassword(
  { config, isBreached }: Pick<App, 'config' | 'isBreached'>,
  password: string,
): Promise<Fault[]> {
  const faults = [...(await passwordFaults(password)), ...contextFaults(password, config.publicUrl)];
  if (faults.length > 0) return faults;
  return (await isBreached(password)) ? [{ code: 'password_breached' }] : [];
}

/** What can be said against it as the password of this person, beside what `faultsOfPassword` does. */
function faultsForOwner(password: string, { username, email, isStaff = false }: Owner): Fault[] {
  const alike = similarityFaults(password, { username, email });
  const length = [...password].length;
  // What is too short for everybody is said by `faultsOfPassword`.
  return isStaff && length >= MINIMUM_LENGTH && length < MINIMUM_OF_STAFF
    ? [{ code: 'password_too_short', minimum: MINIMUM_OF_STAFF }, ...alike]
    : alike;
}

/** All that can be said against it as the password of this person. Of two least lengths the one that counts for him is told. */
export async function allFaults(
  app: Pick<App, 'config' | 'isBreached'>,
  password: string,
  owner: Owner,
): Promise<Fault[]> {
  const ofPassword = (await faultsOfPassword(app, password)).map((fault) =>
    owner.isStaff && fault.code === 'password_too_short' ? { ...fault, minimum: MINIMUM_OF_STAFF } : fault,
  );
  return [...ofPassword, ...faultsForOwner(password, owner)];
}

/** For the field of a form, when nobody knows yet whose password it is to be. With `PASSWORD_RULES=warn` none: `enforcedForOwner` says it all at once. */
export async function enforcedPasswordFaults(
  app: Pick<App, 'config' | 'isBreached'>,
  password: string,
): Promise<Fault[]> {
  return app.config.passwordRules === 'enforce' ? faultsOfPassword(app, password) : [];
}

/** For a form whose field has passed `enforcedPasswordFaults`: what is to be said of its owner besides. */
export async function enforcedForOwner(
  app: Pick<App, 'config' | 'log' | 'isBreached'>,
  password: string,
  owner: Owner,
): Promise<Fault[]> {
  if (app.config.passwordRules === 'enforce') return faultsForOwner(password, owner);
  return enforced(app, await allFaults(app, password, owner));
}

/** The faults, or with `PASSWORD_RULES=warn` none, and one line of the log. */
export function enforced({ config, log }: Pick<App, 'config' | 'log'>, faults: Fault[]): Fault[] {
  if (config.passwordRules === 'enforce' || faults.length === 0) return faults;
  log.warn(
    { faults: faults.map((fault) => fault.code) },
    'a password that PASSWORD_RULES=enforce would refuse',
  );
  return [];
}
