import { Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { usePage, useThing } from './api/queries.ts';
import type { ImportReport } from './api/types.ts';
import { texts } from './texts.ts';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Pager } from './ui/pager.tsx';
import { Instant } from './ui/show.tsx';

const said = texts.imports;

function Whole({ id }: { readonly id: number }) {
  return (
    <Loaded query={useThing('/api/admin/imports/{id}/', { path: { id } })}>
      {({ report }) => (
        <Code block mt="sm" className="long-text">
          {JSON.stringify(report, null, 2)}
        </Code>
      )}
    </Loaded>
  );
}

function Report({ report }: { readonly report: ImportReport }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Paper withBorder p="md">
      <Group justify="space-between">
        <Text fw={600}>
          <Instant at={report.at} />
        </Text>
        <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {said.whole}
        </Button>
      </Group>
      <Text className="long-text">{report.summary}</Text>
      {isOpen && <Whole id={report.id} />}
    </Paper>
  );
}

/** What was brought over from Django, and what was left out. */
export function Imports() {
  const [place, setPlace] = useState<{ cursor?: string | undefined; page_size?: string | undefined }>({});
  const { cursor, page_size: size } = place;
  const query = usePage('/api/admin/imports/', {
    query: { cursor, page_size: size ? Number(size) : undefined },
  });
  return (
    <>
      <PageTitle title={said.title} />
      <Text mb="md">{said.about}</Text>
      <Loaded query={query}>
        {({ results }) => (
          <Stack>
            {results.length === 0 && <Text>{said.none}</Text>}
            {results.map((report) => (
              <Report key={report.id} report={report} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Pager page={query.data} size={size} onGo={setPlace} />
    </>
  );
}
