import { Button } from '@mantine/core';
import { useState } from 'react';
import { client } from './api/call.ts';
import { useDeed } from './api/deed.ts';
import type { Token } from './api/types.ts';
import { useRights } from './rights.ts';
import { texts } from './texts.ts';
import { Confirm } from './ui/confirm.tsx';
import { type Column, DataTable } from './ui/data-table.tsx';
import { PersonLink } from './ui/person-link.tsx';
import { Instant, Mono, State } from './ui/show.tsx';

const said = texts.tokens;

function Revoke({ token }: { readonly token: Token }) {
  const [isAsking, setAsking] = useState(false);
  const mayRevoke = useRights().may('delete_outstandingtoken');
  const { mutate, isPending } = useDeed({
    run: () => client.delete('/api/admin/tokens/{jti}/', { path: { jti: token.jti } }),
    said: () => said.revoked,
    after: () => setAsking(false),
  });
  if (!mayRevoke || token.blacklisted_at !== null) return '–';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={`${said.revoke}: ${token.jti}`}
        onClick={() => setAsking(true)}
      >
        {said.revoke}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={said.revoke}
        deed={said.revoke}
        isDangerous
        isBusy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setAsking(false)}
      >
        <span className="long-text">{said.revokeAsk(token.jti)}</span>
      </Confirm>
    </>
  );
}

function StateOf({ token }: { readonly token: Token }) {
  if (token.blacklisted_at === null) return <State colour="teal">{said.states.outstanding}</State>;
  return (
    <>
      <State colour="gray">{said.states.blacklisted}</State> <Instant at={token.blacklisted_at} />
    </>
  );
}

const COLUMNS: readonly Column<Token>[] = [
  { id: 'jti', header: said.jti, cell: ({ jti }) => <Mono>{jti}</Mono> },
  { id: 'user', header: said.user, cell: ({ user }) => <PersonLink person={user} /> },
  { id: 'kind', header: said.kind, cell: ({ kind }) => said.kinds[kind] },
  { id: 'created', header: said.created, cell: (token) => <Instant at={token.created_at} /> },
  { id: 'expires', header: said.expires, cell: (token) => <Instant at={token.expires_at} /> },
  { id: 'state', header: said.state, cell: (token) => <StateOf token={token} /> },
  { id: 'revoke', header: texts.common.actions, cell: (token) => <Revoke token={token} /> },
];

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly hidden?: readonly string[];
}

/** Refresh tokens by their jti. The tokens themselves are nowhere kept. */
export function TokenTable({ tokens, hidden = [] }: TokenTableProps) {
  return (
    <DataTable
      label={said.title}
      columns={COLUMNS}
      rows={tokens}
      hidden={hidden}
      idOf={({ kind, jti }) => `${kind} ${jti}`}
    />
  );
}
