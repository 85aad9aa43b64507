import { useThing } from '../api/queries.ts';
import type { AuditEvent, User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { PersonLink } from '../ui/person-link.tsx';
import { Facts, Instant, Mono } from '../ui/show.tsx';

const said = texts.user.history;

const COLUMNS: readonly Column<AuditEvent>[] = [
  { id: 'at', header: said.when, cell: ({ at }) => <Instant at={at} /> },
  { id: 'actor', header: said.who, cell: ({ actor }) => <PersonLink person={actor} /> },
  {
    id: 'what',
    header: said.what,
    cell: ({ event, detail }) => (
      <>
        <Mono>{event}</Mono>
        <Facts of={detail} />
      </>
    ),
  },
];

/** Who changed what about an account. */
export function UserHistory({ user }: { readonly user: User }) {
  const query = useThing('/api/admin/users/{id}/history/', { path: { id: user.id } });
  return (
    <Loaded query={query}>
      {({ results }) => (
        <DataTable
          label={texts.user.tabs.history}
          columns={COLUMNS}
          rows={results}
          idOf={({ id }) => String(id)}
          empty={said.none}
        />
      )}
    </Loaded>
  );
}
