import type { AccountStore } from '../store.ts';

/**
 * The ids of the accounts that are meant by a whole id, a user name or an e-mail. Digits may be both an id and a name: the id comes
 * first, and is there also when its account is gone.
 */
export async function accountsMeant(
  accounts: Pick<AccountStore, 'byLoginName'>,
  text: string,
): Promise<readonly number[]> {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  const named = await accounts.byLoginName(text);
  return [...new Set([id ?? [], named?.id ?? []].flat())];
}
