import type { Account, Store } from '../store.ts';
import type { LinkTarget } from './link.ts';

/** Whose link it is: an active account that still has the address that it was sent to, if it was sent to one. */
export async function ownerOfLink(
  { accounts }: Pick<Store, 'accounts'>,
  target: LinkTarget | undefined,
): Promise<Account | undefined> {
  const account = target && (await accounts.byId(target.userId));
  const isHis = target?.email === '' || account?.email === target?.email;
  return account?.isActive && isHis ? account : undefined;
}
