import type { Account, Store } from '../store.ts';
import type { LinkTarget } from './link.ts';

/** Whose link it is: an active account that still has the address that it was sent to. */
export async function ownerOfLink(
  { accounts }: Pick<Store, 'accounts'>,
  target: LinkTarget | undefined,
): Promise<Account | undefined> {
  const account = target && (await accounts.byId(target.userId));
  return account?.isActive && account.email === target?.email ? account : undefined;
}
