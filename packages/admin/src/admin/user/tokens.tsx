import { useThing } from '../api/queries.ts';
import type { User } from '../api/types.ts';
import { TokenTable } from '../token-table.tsx';
import { Loaded } from '../ui/loaded.tsx';

/** The refresh tokens of one account, Django's and ours. */
export function UserTokens({ user }: { readonly user: User }) {
  const query = useThing('/api/admin/users/{id}/tokens/', { path: { id: user.id } });
  return <Loaded query={query}>{({ results }) => <TokenTable tokens={results} hidden={['user']} />}</Loaded>;
}
