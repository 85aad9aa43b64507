import { Button, Checkbox, Paper, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { client } from './api/call.ts';
import { useDeed } from './api/deed.ts';
import { useThing } from './api/queries.ts';
import type { Key } from './api/types.ts';
import { useRights } from './rights.ts';
import { texts } from './texts.ts';
import { Confirm } from './ui/confirm.tsx';
import { type Column, DataTable } from './ui/data-table.tsx';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Instant, Mono, State } from './ui/show.tsx';

const said = texts.keys;

const ALGORITHMS = ['EdDSA', 'ES256', 'HS256', 'HS384', 'HS512'] as const;
type Algorithm = (typeof ALGORITHMS)[number];
const COLOURS: Readonly<Record<Key['state'], string>> = {
  signing: 'teal',
  next: 'indigo',
  standby: 'blue',
  verifying: 'gray',
  old: 'gray',
  retired: 'red',
};

function Retire({ keyOfRow: { kid, state } }: { readonly keyOfRow: Key }) {
  const [isAsking, setAsking] = useState(false);
  const mayChange = useRights().may('change_key');
  const { mutate, isPending } = useDeed({
    run: () => client.post('/api/admin/keys/{kid}/retire/', { path: { kid } }),
    said: () => said.retired,
    after: () => setAsking(false),
  });
  // The key of the settings is changed in the settings.
  if (!mayChange || state === 'retired' || kid === 'SECRET_KEY') return '–';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={`${said.retire}: ${kid}`}
        onClick={() => setAsking(true)}
      >
        {said.retire}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={said.retire}
        deed={said.retire}
        isDangerous
        isBusy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setAsking(false)}
      >
        <span className="long-text">{said.retireAsk(kid)}</span>
      </Confirm>
    </>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  { id: 'kid', header: said.kid, cell: ({ kid }) => <Mono>{kid}</Mono> },
  { id: 'algorithm', header: said.algorithm, cell: ({ algorithm }) => algorithm },
  {
    id: 'state',
    header: said.state,
    cell: ({ state }) => <State colour={COLOURS[state]}>{state}</State>,
  },
  { id: 'created', header: said.created, cell: (key) => <Instant at={key.created_at} /> },
  { id: 'from', header: said.signsFrom, cell: (key) => <Instant at={key.signs_from} /> },
  { id: 'until', header: said.signsUntil, cell: (key) => <Instant at={key.signs_until} /> },
  { id: 'verifies', header: said.verifiesUntil, cell: (key) => <Instant at={key.verifies_until} /> },
  { id: 'retire', header: texts.common.actions, cell: (key) => <Retire keyOfRow={key} /> },
];

function Rotate() {
  const [isAsking, setAsking] = useState(false);
  const [algorithm, setAlgorithm] = useState<Algorithm | null>(null);
  const [isNow, setNow] = useState(false);
  const { mutate, isPending } = useDeed({
    run: () =>
      client.post('/api/admin/keys/rotate/', { body: { ...(algorithm && { algorithm }), now: isNow } }),
    said: () => said.rotated,
    after: () => setAsking(false),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>{said.rotate}</Button>
      <Confirm
        isOpen={isAsking}
        title={said.rotate}
        deed={said.rotate}
        isBusy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setAsking(false)}
      >
        <Stack>
          <Text>{said.rotateAsk}</Text>
          <Select
            label={said.algorithm}
            placeholder={said.algorithmSame}
            data={[...ALGORITHMS]}
            value={algorithm}
            clearable
            onChange={setAlgorithm}
          />
          <Checkbox
            label={said.rotateNow}
            description={said.rotateNowAbout}
            checked={isNow}
            onChange={(event) => setNow(event.currentTarget.checked)}
          />
        </Stack>
      </Confirm>
    </>
  );
}

/** The keys that tokens are signed with. The keys themselves are never shown. */
export function Keys() {
  const { may } = useRights();
  return (
    <>
      <PageTitle title={said.title}>{may('change_key') && <Rotate />}</PageTitle>
      <Paper withBorder p="md">
        <Loaded query={useThing('/api/admin/keys/')}>
          {(keys) => (
            <DataTable
              label={said.title}
              columns={COLUMNS}
              rows={keys}
              idOf={({ kid }) => kid}
              empty={said.none}
            />
          )}
        </Loaded>
      </Paper>
    </>
  );
}
