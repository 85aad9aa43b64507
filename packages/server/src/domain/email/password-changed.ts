import type { Origin } from '../audit/event.ts';
import type { Account, Store } from '../store.ts';

/**
 * Tells the owner by mail that the account has a new password. In the transaction of the deed. Whose address is not
 * verified gets no notices: anybody can register with the address of another.
 */
export async function tellOfNewPassword(
  { outbox }: Pick<Store, 'outbox'>,
  { id: userId, email: to, profile }: Pick<Account, 'id' | 'email' | 'profile'>,
  { language = 'en' }: Origin,
  at: number,
): Promise<void> {
  if (to !== '' && profile.verified)
    await outbox.add({ to, kind: 'password_changed', language, values: { userId } }, at);
}
