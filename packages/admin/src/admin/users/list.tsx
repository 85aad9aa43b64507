import { Button, Checkbox, Collapse, Group, Paper, Popover, Stack, Text } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { apiUrl } from '../api/call.ts';
import { asQuery, usePage } from '../api/queries.ts';
import type { UserRow } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Pager } from '../ui/pager.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { Bulk } from './bulk.tsx';
import { bulkActionsFor } from './bulk-deed.ts';
import { HIDDEN_AT_FIRST, USER_COLUMNS } from './columns.tsx';
import { type Chosen, useEveryone } from './everyone.ts';
import { Filters, filtersSet, type UserSearch } from './filters.tsx';
import { filtersOf, useCount } from './matching.ts';
import { OfferEveryone } from './offer-everyone.tsx';

const route = getRouteApi('/users');

const idOf = ({ id }: UserRow) => String(id);
const nameOf = ({ username }: UserRow) => username;

function useSearch() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: UserSearch) =>
    navigate({ search: (old) => ({ ...old, cursor: undefined, ...part }) as UserSearch });
  return { search, change };
}

interface ColumnChoiceProps {
  readonly hidden: readonly string[];
  readonly onChange: (hidden: string[]) => void;
}

function ColumnChoice({ hidden, onChange }: ColumnChoiceProps) {
  const shown = USER_COLUMNS.map(({ id }) => id).filter((id) => !hidden.includes(id));
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default">{texts.users.columns}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group
          aria-label={texts.users.columns}
          value={shown}
          onChange={(next) => onChange(USER_COLUMNS.map(({ id }) => id).filter((id) => !next.includes(id)))}
        >
          <Stack gap="xs">
            {USER_COLUMNS.map(({ id, header }) => (
              <Checkbox key={id} value={id} label={header} disabled={id === 'username'} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Count({ search }: { readonly search: UserSearch }) {
  const count = useCount(search);
  return (
    <Text c="dimmed" role="status" mih="1.5em">
      {count === undefined ? '' : texts.users.count(count)}
    </Text>
  );
}

function Actions({ search }: { readonly search: UserSearch }) {
  const { may } = useRights();
  return (
    <>
      <Button
        component="a"
        variant="default"
        href={apiUrl('/api/admin/users/export/', filtersOf(search))}
        download
      >
        {texts.users.exportCsv}
      </Button>
      {may('add_user') && (
        <Button renderRoot={(props) => <Link to="/users/new" {...props} />}>{texts.users.create}</Button>
      )}
    </>
  );
}

/** Everybody: find one, or change many. */
export function UserList() {
  const { search, change } = useSearch();
  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: 'latchkey-admin-hidden-columns',
    defaultValue: [...HIDDEN_AT_FIRST],
  });
  const [selected, setSelected] = useState<Readonly<Record<string, true>>>({});
  const [isFiltering, { toggle }] = useDisclosure(filtersSet(search) > 0);
  const query = usePage('/api/admin/users/', { query: asQuery<'/api/admin/users/'>(search) });
  const count = filtersSet(search);
  const everyone = useEveryone(search);
  const rows = query.data?.results ?? [];
  const onPage = rows.filter((user) => selected[idOf(user)]);
  const choose = (users: typeof selected) => {
    everyone.keep([]);
    setSelected(users);
  };
  const end = (left: readonly Chosen[]) => {
    setSelected({});
    everyone.keep(left);
  };
  const mayDoSome = bulkActionsFor(useRights()).length > 0;
  return (
    <>
      <PageTitle title={texts.users.title}>
        <Actions search={search} />
      </PageTitle>
      <Paper withBorder p="md">
        <Group mb="sm" gap="xs">
          <SearchBox
            label={texts.users.search}
            value={search.search}
            onSearch={(text) => change({ search: text })}
          />
          <Button variant="default" onClick={toggle} aria-expanded={isFiltering}>
            {count > 0 ? texts.users.filtersOn(count) : texts.users.filters}
          </Button>
          <ColumnChoice hidden={hidden} onChange={setHidden} />
        </Group>
        <Collapse expanded={isFiltering} mb="sm">
          <Filters search={search} onChange={change} />
        </Collapse>
        <Count search={search} />
        <Bulk chosen={everyone.chosen ?? onPage} onDone={end} />
        {rows.length > 0 && onPage.length === rows.length && (
          <OfferEveryone search={search} onPage={rows.length} everyone={everyone} />
        )}
        <Loaded query={query}>
          {(page) => (
            <DataTable
              label={texts.users.title}
              columns={USER_COLUMNS}
              rows={page.results}
              idOf={idOf}
              nameOf={nameOf}
              hidden={hidden}
              ordering={search.ordering ?? '-id'}
              onOrder={(ordering) => change({ ordering })}
              {...(mayDoSome && { selected, onSelect: choose })}
            />
          )}
        </Loaded>
        <Pager page={query.data} size={search.page_size} onGo={change} />
      </Paper>
    </>
  );
}
