import { Autocomplete, Button, Group, Paper, SimpleGrid, Switch, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { apiUrl, client } from './api/call.ts';
import { asQuery, usePage } from './api/queries.ts';
import type { AuditEvent, Page } from './api/types.ts';
import { EVENTS } from './audit-events.ts';
import { EventTable } from './event-table.tsx';
import { AUDIT_FILTERS, type AUDIT_KEYS, type Search } from './search.ts';
import { texts } from './texts.ts';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Pager } from './ui/pager.tsx';

const route = getRouteApi('/audit');
const said = texts.audit;

type AuditSearch = Search<(typeof AUDIT_KEYS)[number]>;

const EVERY_MS = 3_000;
/** A forgotten tab must not keep a session in use for ever. */
const LIVE_MS = 10 * 60_000;
const MOST_LIVE = 500;

/** A time of the person's clock, as the input has it, and the instant that the API wants. */
const instantOf = (local: string) => (local === '' ? undefined : new Date(local).toISOString());
function localOf(instant: string | undefined): string {
  const date = new Date(instant ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

interface FiltersProps {
  readonly search: AuditSearch;
  readonly onApply: (filters: AuditSearch) => void;
}

const isTime = (name: (typeof AUDIT_FILTERS)[number]) => name === 'since' || name === 'until';

function Filters({ search, onApply }: FiltersProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const filters = AUDIT_FILTERS.map((name) => {
      const text = String(given.get(name) ?? '').trim();
      return [name, isTime(name) ? instantOf(text) : text || undefined];
    });
    onApply(Object.fromEntries(filters));
  };
  return (
    <form onSubmit={submit} key={JSON.stringify(search)}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {AUDIT_FILTERS.map((name) => {
          const field = { name, label: said.filters[name], defaultValue: search[name] ?? '' };
          if (name === 'event') return <Autocomplete key={name} {...field} data={EVENTS} />;
          if (!isTime(name)) return <TextInput key={name} {...field} />;
          return (
            <TextInput key={name} {...field} type="datetime-local" defaultValue={localOf(search[name])} />
          );
        })}
      </SimpleGrid>
      <Group mt="sm">
        <Button type="submit" variant="default">
          {said.apply}
        </Button>
      </Group>
    </form>
  );
}

/** Events newer than the first page, asked for again and again while it is on. */
function useTail(newest: number | undefined, filters: AuditSearch, isOn: boolean): readonly AuditEvent[] {
  const [events, setEvents] = useState<readonly AuditEvent[]>([]);
  const last = events[0]?.id ?? newest;
  const { data } = useQuery({
    queryKey: ['audit tail', filters, last],
    queryFn: () =>
      client.get('/api/admin/audit/', {
        query: { ...asQuery<'/api/admin/audit/'>(filters), after: last ?? 0 },
      }),
    enabled: isOn && newest !== undefined,
    refetchInterval: EVERY_MS,
    gcTime: 0,
  });
  const fresh = data?.results;
  useEffect(() => {
    if (!fresh || fresh.length === 0) return;
    const newestFirst = fresh.toSorted((one, other) => other.id - one.id);
    setEvents((old) => {
      const known = new Set(old.map(({ id }) => id));
      return [...newestFirst.filter(({ id }) => !known.has(id)), ...old].slice(0, MOST_LIVE);
    });
  }, [fresh]);
  return isOn ? events : [];
}

function useLive(): readonly [boolean, (isOn: boolean) => void] {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setTimeout(() => setOn(false), LIVE_MS);
    return () => clearTimeout(timer);
  }, [isOn]);
  return [isOn, setOn];
}

interface EventsProps {
  readonly page: Page<AuditEvent>;
  readonly filters: AuditSearch;
  readonly isLive: boolean;
}

function Events({ page, filters, isLive }: EventsProps) {
  const tail = useTail(page.results[0]?.id ?? 0, filters, isLive);
  const shown = new Set(page.results.map(({ id }) => id));
  return <EventTable events={[...tail.filter(({ id }) => !shown.has(id)), ...page.results]} />;
}

/** Who did what, and what was refused to whom. */
export function Audit() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [isLive, setLive] = useLive();
  const change = (part: AuditSearch) =>
    navigate({ search: (old) => ({ ...old, cursor: undefined, ...part }) as AuditSearch });
  const query = usePage('/api/admin/audit/', { query: asQuery<'/api/admin/audit/'>(search) });
  const { cursor, page_size: _, ...filters } = search;
  const isFirst = cursor === undefined;
  return (
    <>
      <PageTitle title={said.title}>
        <Switch
          label={said.live}
          title={said.liveAbout}
          disabled={!isFirst}
          checked={isLive && isFirst}
          onChange={(event) => setLive(event.currentTarget.checked)}
        />
        <Button component="a" variant="default" href={apiUrl('/api/admin/audit/export/', filters)} download>
          {said.export}
        </Button>
      </PageTitle>
      <Paper withBorder p="md" mb="md">
        <Filters search={search} onApply={change} />
      </Paper>
      <Paper withBorder p="md">
        <Text size="sm" c="dimmed" mb="sm">
          {said.order}
        </Text>
        <Loaded query={query}>
          {(page) => (
            <Events key={JSON.stringify(search)} page={page} filters={filters} isLive={isLive && isFirst} />
          )}
        </Loaded>
        <Pager page={query.data} size={search.page_size} onGo={change} />
      </Paper>
    </>
  );
}
