import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { countLoginAttempt } from '../limits/login-attempt.ts';
import { done, type Outcome, type Refusal, refuse } from '../outcome.ts';
import type { Account } from '../store.ts';

/** The refusal for a wrong current password, in the field that it was given in. */
export function refuseWrongPassword(field = 'current_password'): Refusal<'faulty_fields'> {
  return refuse('faulty_fields', { faults: { [field]: [{ code: 'password_wrong' }] } });
}

/**
 * Is it his password? Counted as a login is: who has somebody's access token is not to find out the password here.
 * Refuses `faulty_fields` (of `field`), `throttled` after too many wrong ones, `server_busy`.
 */
export async function proveCurrent(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter' | 'passwords'>,
  { username, password: stored }: Account,
  current: string,
  origin: Origin,
  field?: string,
): Promise<Outcome<undefined, 'faulty_fields' | 'server_busy' | 'throttled'>> {
  const counted = await countLoginAttempt(app, username, origin);
  if (!counted.ok) return counted;
  const checked = await app.passwords.check(current, stored, username);
  if (!checked.ok) {
    await counted.value.wasNotMade();
    return checked;
  }
  if (!checked.value) return refuseWrongPassword(field);
  await counted.value.succeeded();
  return done(undefined);
}
