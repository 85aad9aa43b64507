import { Paper, Text, Title } from '@mantine/core';
import { useThing } from './api/queries.ts';
import type { Finding, Setting } from './api/types.ts';
import { texts } from './texts.ts';
import { type Column, DataTable } from './ui/data-table.tsx';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Mono, Sentence, State } from './ui/show.tsx';

const said = texts.settings;

const SETTINGS: readonly Column<Setting>[] = [
  { id: 'name', header: said.name, cell: ({ name }) => <Mono>{name}</Mono> },
  {
    id: 'value',
    header: said.value,
    cell: ({ value }) => (value === '' ? '–' : <Mono>{String(value)}</Mono>),
  },
  { id: 'source', header: said.source, cell: ({ source }) => source },
  { id: 'about', header: said.what, cell: ({ about }) => <Sentence>{about}</Sentence> },
];

const FINDINGS: readonly Column<Finding>[] = [
  {
    id: 'severity',
    header: said.severity,
    cell: ({ severity }) => <State colour={severity === 'breach' ? 'red' : 'orange'}>{severity}</State>,
  },
  { id: 'setting', header: said.name, cell: ({ setting }) => <Mono>{setting}</Mono> },
  { id: 'text', header: said.text, cell: ({ text }) => <Sentence>{text}</Sentence> },
  { id: 'todo', header: said.todo, cell: ({ todo }) => <Sentence>{todo}</Sentence> },
  { id: 'requirement', header: said.requirement, cell: ({ requirement }) => requirement },
];

/** What the server runs with, and what of it breaks a requirement. */
export function Settings() {
  return (
    <>
      <PageTitle title={said.title} />
      <Text mb="md">{said.about}</Text>
      <Loaded query={useThing('/api/admin/settings/')}>
        {({ settings, findings }) => (
          <>
            <Paper withBorder p="md" mb="md">
              <Title order={2} size="h4" mb="sm">
                {said.findings}
              </Title>
              <DataTable
                label={said.findings}
                columns={FINDINGS}
                rows={findings}
                idOf={({ requirement, setting, text }) => `${requirement} ${setting} ${text}`}
                empty={said.noFindings}
              />
            </Paper>
            <Paper withBorder p="md">
              <DataTable label={said.title} columns={SETTINGS} rows={settings} idOf={({ name }) => name} />
            </Paper>
          </>
        )}
      </Loaded>
    </>
  );
}
