import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { useThing } from '../api/queries.ts';
import type { LiveSession, User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Instant } from '../ui/show.tsx';
import { useMayDo } from './may-change.ts';

const said = texts.user.sessions;

const COLUMNS: readonly Column<LiveSession>[] = [
  { id: 'device', header: said.device, cell: ({ device }) => device || '–' },
  { id: 'ip', header: said.ip, cell: ({ ip }) => ip || '–' },
  { id: 'created_at', header: said.opened, cell: (session) => <Instant at={session.created_at} /> },
  { id: 'last_used_at', header: said.lastUsed, cell: (session) => <Instant at={session.last_used_at} /> },
];

function EndButton({ user, session }: { readonly user: User; readonly session: LiveSession }) {
  const { mutate, isPending } = useDeed({
    run: () =>
      client.delete('/api/admin/users/{id}/sessions/{sid}/', { path: { id: user.id, sid: session.id } }),
    said: () => said.endedOne,
  });
  return (
    <Button
      size="xs"
      variant="default"
      loading={isPending}
      aria-label={`${said.end}: ${session.device}, ${session.ip}`}
      onClick={() => mutate()}
    >
      {said.end}
    </Button>
  );
}

function EndAll({ user }: { readonly user: User }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending } = useDeed({
    run: () => client.post('/api/admin/users/{id}/sessions/end/', { path: { id: user.id } }),
    said: ({ ended }) => said.ended(ended),
    after: () => setAsking(false),
  });
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {said.endAll}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={said.endAll}
        deed={said.endAll}
        isDangerous
        isBusy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setAsking(false)}
      >
        {said.endAllAsk(user.username)}
      </Confirm>
    </>
  );
}

/** Columns for one user; kept, because the table wants the same ones at every look. */
const withEnd = (user: User): readonly Column<LiveSession>[] => [
  ...COLUMNS,
  { id: 'end', header: texts.common.actions, cell: (session) => <EndButton user={user} session={session} /> },
];

/** Where somebody is logged in. */
export function UserSessions({ user }: { readonly user: User }) {
  const mayEnd = useMayDo(user)('delete_session');
  const query = useThing('/api/admin/users/{id}/sessions/', { path: { id: user.id } });
  const [columns] = useState(() => (mayEnd ? withEnd(user) : COLUMNS));
  return (
    <Loaded query={query}>
      {(rows) => {
        return (
          <>
            {mayEnd && rows.length > 0 && (
              <Group mb="sm" justify="flex-end">
                <EndAll user={user} />
              </Group>
            )}
            <DataTable
              label={texts.user.tabs.sessions}
              columns={columns}
              rows={rows}
              idOf={({ id }) => id}
              empty={said.none}
            />
          </>
        );
      }}
    </Loaded>
  );
}
