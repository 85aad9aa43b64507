import type { Config } from '../../config.ts';
import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Account } from '../store.ts';

/**
 * Every way in passes here after the person has proved who he is and before any token exists, and so does
 * every later use of a token.
 * Refuses an account that is not active in the words for a wrong password, so that nobody learns of it.
 */
export function loginGate<A extends Pick<Account, 'isActive'>>(account: A): Outcome<A, 'no_active_account'> {
  return account.isActive ? done(account) : refuse('no_active_account');
}

/** The same for who gives the password; staff may have required another one, which a link has to set. */
export function hasItsPassword<A extends Pick<Account, 'isActive' | 'requiresNewPassword'>>(
  account: A,
): Outcome<A, 'no_active_account' | 'new_password_required'> {
  const gate = loginGate(account);
  return gate.ok && account.requiresNewPassword ? refuse('new_password_required') : gate;
}

/**
 * The same for who logs in: with LOGIN_NEEDS_VERIFIED_EMAIL also an account whose e-mail is not verified is refused, but
 * for superusers, who are made at the command line. Only after the password was right is anybody told so.
 */
export function wayIn<
  A extends Pick<Account, 'isActive' | 'isSuperuser' | 'requiresNewPassword' | 'profile'>,
>(
  { loginNeedsVerifiedEmail }: Pick<Config, 'loginNeedsVerifiedEmail'>,
  account: A,
): Outcome<A, 'no_active_account' | 'new_password_required' | 'email_not_verified'> {
  const isKnown = account.profile.verified || account.isSuperuser || loginNeedsVerifiedEmail === 'off';
  const gate = hasItsPassword(account);
  return gate.ok && !isKnown ? refuse('email_not_verified') : gate;
}
