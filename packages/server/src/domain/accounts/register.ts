import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Fault } from '../fault.ts';
import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { enforcedForOwner } from '../passwords/rules.ts';
import { loginKey } from './login-name.ts';
import { openAccount } from './open.ts';

export interface Registration {
  readonly username: string;
  /** `''` for none */
  readonly email: string;
  readonly password: string;
  /** the password once more, when the form asks for it */
  readonly repeated: string | undefined;
}

export interface Registered {
  readonly id: number;
  readonly username: string;
  readonly email: string;
}

/** Is the user name free? For a form; what counts is decided when the account is added. */
export async function usernameFaults({ store }: Pick<App, 'store'>, username: string): Promise<Fault[]> {
  return (await store.accounts.loginNameIsTaken(username)) ? [{ code: 'username_taken' }] : [];
}

/**
 * With REGISTRATION_TELLS_TAKEN_EMAIL=off no user name that somebody chooses has an @, whether anybody has it as his e-mail or not:
 * names of both kinds are unique together, so a user name would tell what an e-mail does not.
 */
export function emailLikeFaults({ config }: Pick<App, 'config'>, username: string): Fault[] {
  const mayBeEmail = loginKey(username).includes('@');
  return mayBeEmail && config.registrationTellsTakenEmail === 'off' ? [{ code: 'username_like_email' }] : [];
}

/** The same as `usernameFaults` for who chooses a user name himself, and `emailLikeFaults` before it. */
export async function chosenUsernameFaults(
  app: Pick<App, 'store' | 'config'>,
  username: string,
): Promise<Fault[]> {
  const faults = emailLikeFaults(app, username);
  return faults.length > 0 ? faults : usernameFaults(app, username);
}

/** Is the e-mail free? As `usernameFaults`; nothing is said of it with REGISTRATION_TELLS_TAKEN_EMAIL=off. */
export async function emailFaults(
  { store, config }: Pick<App, 'store' | 'config'>,
  email: string,
): Promise<Fault[]> {
  if (config.registrationTellsTakenEmail === 'off') return [];
  return email !== '' && (await store.accounts.loginNameIsTaken(email)) ? [{ code: 'email_taken' }] : [];
}

/** Django compares the fields with each other only after each has passed by itself. */
async function crossFieldFaults(
  app: Pick<App, 'config' | 'log' | 'isBreached'>,
  input: Registration,
): Promise<Fault[]> {
  if (input.repeated !== undefined && input.repeated !== input.password)
    return [{ code: 'passwords_differ' }];
  return enforcedForOwner(app, input.password, input);
}

/**
 * Opens an account with its profile. The fields are expected to have passed their own checks (length, form,
 * the `…Faults` functions above); what needs more than one field is checked here, and whose the names are is
 * decided by the database. Refuses with `faulty_fields` or `server_busy`.
 */
export async function register(
  app: Pick<App, 'store' | 'clock' | 'passwords' | 'config' | 'log' | 'meter' | 'isBreached'>,
  input: Registration,
  origin: Origin,
): Promise<Outcome<Registered, 'faulty_fields' | 'server_busy'>> {
  const faults = await crossFieldFaults(app, input);
  if (faults.length > 0) return refuse('faulty_fields', { faults: { password: faults } });
  const { username, email, password } = input;
  if (email === '' && app.config.loginNeedsVerifiedEmail === 'on')
    return refuse('faulty_fields', { faults: { email: [{ code: 'email_missing' }] } });
  const takenEmail = app.config.registrationTellsTakenEmail === 'on' ? 'refuse' : 'leave_out';
  const account = { username, email, password, isSuperuser: false, takenEmail } as const;
  const opened = await openAccount(app, account, origin);
  if (!opened.ok) return opened;
  app.meter.signedUp();
  return done({ id: opened.value.id, username, email });
}
