import { Anchor, Button, Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useGroups } from '../api/queries.ts';
import type { Group } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { PageTitle } from '../ui/page-title.tsx';

const said = texts.groups;

function Name({ group }: { readonly group: Group }) {
  return (
    <Anchor
      inherit
      fw={600}
      renderRoot={(props) => <Link to="/groups/$id" params={{ id: String(group.id) }} {...props} />}
    >
      {group.name}
    </Anchor>
  );
}

const COLUMNS: readonly Column<Group>[] = [
  { id: 'name', header: said.name, cell: (group) => <Name group={group} /> },
  {
    id: 'permissions',
    header: said.permissions,
    cell: ({ permissions }) => <Text size="sm">{permissions.join(', ') || texts.user.rights.none}</Text>,
  },
];

/** Groups, which are names for several permissions. */
export function GroupList() {
  const { may } = useRights();
  const query = useGroups();
  return (
    <>
      <PageTitle title={said.title}>
        {may('add_group') && (
          <Button renderRoot={(props) => <Link to="/groups/$id" params={{ id: 'new' }} {...props} />}>
            {said.create}
          </Button>
        )}
      </PageTitle>
      <Paper withBorder p="md">
        <Loaded query={query}>
          {(groups) => (
            <DataTable
              label={said.title}
              columns={COLUMNS}
              rows={groups}
              idOf={({ id }) => String(id)}
              empty={said.none}
            />
          )}
        </Loaded>
      </Paper>
    </>
  );
}
