import type { Codename, User } from '../api/types.ts';
import { useRights } from '../rights.ts';

/** May who is signed in do this to that account? Superusers are for superusers alone. */
export function useMayDo(user: Pick<User, 'is_superuser'>): (codename: Codename) => boolean {
  const { may, isSuperuser } = useRights();
  return (codename) => may(codename) && (isSuperuser || !user.is_superuser);
}
