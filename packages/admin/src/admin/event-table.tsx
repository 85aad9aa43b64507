import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AuditEvent } from './api/types.ts';
import { texts } from './texts.ts';
import { type Column, DataTable } from './ui/data-table.tsx';
import { PersonLink } from './ui/person-link.tsx';
import { Facts, Instant, Mono } from './ui/show.tsx';

const said = texts.audit;

function Request({ id }: { readonly id: string | null }) {
  if (!id) return '–';
  return (
    <Anchor
      inherit
      title={said.explain}
      renderRoot={(props) => <Link to="/explain" search={{ query: id }} {...props} />}
    >
      {id}
    </Anchor>
  );
}

const COLUMNS: readonly Column<AuditEvent>[] = [
  { id: 'at', header: said.at, cell: ({ at }) => <Instant at={at} toSecond /> },
  { id: 'event', header: said.event, cell: ({ event }) => <Mono>{event}</Mono> },
  { id: 'actor', header: said.actor, cell: ({ actor }) => <PersonLink person={actor} /> },
  { id: 'user', header: said.about, cell: ({ user }) => <PersonLink person={user} /> },
  { id: 'ip', header: said.ip, cell: ({ ip }) => ip ?? '–' },
  { id: 'detail', header: said.detail, cell: ({ detail }) => <Facts of={detail} /> },
  { id: 'request_id', header: said.request, cell: (event) => <Request id={event.request_id} /> },
];

interface EventTableProps {
  readonly events: readonly AuditEvent[];
  readonly hidden?: readonly string[];
}

/** What happened, the newest first. */
export function EventTable({ events, hidden = [] }: EventTableProps) {
  return (
    <DataTable
      label={said.title}
      columns={COLUMNS}
      rows={events}
      hidden={hidden}
      idOf={({ id }) => String(id)}
      empty={said.none}
    />
  );
}
