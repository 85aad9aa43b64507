import { Group, Paper, SegmentedControl } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { asQuery, usePage } from './api/queries.ts';
import { texts } from './texts.ts';
import { TokenTable } from './token-table.tsx';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Pager } from './ui/pager.tsx';
import { SearchBox } from './ui/search-box.tsx';

const route = getRouteApi('/tokens');
const said = texts.tokens;

const STATES = [
  { value: '', label: texts.common.any },
  { value: 'outstanding', label: said.states.outstanding },
  { value: 'blacklisted', label: said.states.blacklisted },
];

/** Every refresh token that there is, and those that are not good any more. */
export function Tokens() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<typeof search>) =>
    navigate({ search: (old) => ({ ...old, cursor: undefined, ...part }) as typeof search });
  const query = usePage('/api/admin/tokens/', { query: asQuery<'/api/admin/tokens/'>(search) });
  return (
    <>
      <PageTitle title={said.title} />
      <Paper withBorder p="md">
        <Group mb="sm" gap="xs">
          <SearchBox
            label={said.search}
            value={search.search}
            onSearch={(text) => change({ search: text })}
          />
          <SegmentedControl
            transitionDuration={0}
            aria-label={said.state}
            data={STATES}
            value={search.state ?? ''}
            onChange={(state) => change({ state: state || undefined })}
          />
        </Group>
        <Loaded query={query}>{(page) => <TokenTable tokens={page.results} />}</Loaded>
        <Pager page={query.data} size={search.page_size} onGo={change} />
      </Paper>
    </>
  );
}
