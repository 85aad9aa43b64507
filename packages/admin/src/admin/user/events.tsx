import { getRouteApi } from '@tanstack/react-router';
import { usePage } from '../api/queries.ts';
import type { User } from '../api/types.ts';
import { EventTable } from '../event-table.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Pager } from '../ui/pager.tsx';

const route = getRouteApi('/users/$id');

/** What happened to one account: logins, refusals, changes. */
export function UserEvents({ user }: { readonly user: User }) {
  const { tab, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const query = usePage('/api/admin/users/{id}/events/', { path: { id: user.id }, query: { cursor } });
  return (
    <>
      <Loaded query={query}>{(page) => <EventTable events={page.results} hidden={['user']} />}</Loaded>
      <Pager
        page={query.data}
        size={undefined}
        onGo={(place) =>
          navigate({ search: { ...(tab && { tab }), ...(place.cursor && { cursor: place.cursor }) } })
        }
      />
    </>
  );
}
