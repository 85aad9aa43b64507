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
