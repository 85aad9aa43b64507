import { Group, Paper, SegmentedControl, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useThing } from './api/queries.ts';
import type { Day, Overview as Figures } from './api/types.ts';
import { useRights } from './rights.ts';
import { texts } from './texts.ts';
import { BarChart } from './ui/bar-chart.tsx';
import { Loaded } from './ui/loaded.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Instant } from './ui/show.tsx';

const SERIES = [
  ['sign_ups', 'var(--mantine-color-indigo-5)'],
  ['logins_ok', 'var(--mantine-color-teal-6)'],
  ['logins_failed', 'var(--mantine-color-orange-6)'],
  ['refreshes', 'var(--mantine-color-blue-5)'],
  ['reuse', 'var(--mantine-color-red-6)'],
] as const;

const SPANS = ['7', '30', '90'];

function Total({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={700}>
        {value}
      </Text>
    </Paper>
  );
}

/** The same numbers as the charts, for who reads better than sees. */
function Numbers({ days }: { readonly days: readonly Day[] }) {
  return (
    <Paper withBorder p="md">
      <details>
        <summary>{texts.overview.inNumbers}</summary>
        <Table.ScrollContainer minWidth={500} mt="sm">
          <Table withRowBorders>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.overview.day}</Table.Th>
                {SERIES.map(([name]) => (
                  <Table.Th key={name}>{texts.overview.series[name]}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {days.toReversed().map((day) => (
                <Table.Tr key={day.day}>
                  <Table.Td>{day.day}</Table.Td>
                  {SERIES.map(([name]) => (
                    <Table.Td key={name}>{day[name]}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </details>
    </Paper>
  );
}

function Panel({ figures }: { readonly figures: Figures }) {
  const { totals, hash_queue: queue, days } = figures;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
        {Object.entries(totals).map(([name, value]) =>
          typeof value === 'number' ? (
            <Total key={name} name={texts.overview.totals[name] ?? name} value={value.toLocaleString('en')} />
          ) : null,
        )}
        <Total name={texts.overview.queue} value={texts.overview.queueNow(queue.running, queue.waiting)} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {SERIES.map(([name, colour]) => (
          <BarChart
            key={name}
            title={texts.overview.series[name]}
            colour={colour}
            points={days.map((day) => ({ day: day.day, value: day[name] }))}
          />
        ))}
      </SimpleGrid>
      <Numbers days={days} />
      {typeof totals.counted_at === 'string' && (
        <Text size="sm" c="dimmed">
          {texts.overview.counted} <Instant at={totals.counted_at} />
        </Text>
      )}
    </Stack>
  );
}

/** What goes on: totals, and one chart a kind of event. */
export function Overview() {
  const [days, setDays] = useState('30');
  const isAllowed = useRights().may('view_user');
  if (!isAllowed)
    return (
      <>
        <PageTitle title={texts.sections.overview} />
        <Text>{texts.overview.nothing}</Text>
      </>
    );
  return (
    <>
      <PageTitle title={texts.sections.overview}>
        <Group>
          <SegmentedControl
            transitionDuration={0}
            aria-label={texts.overview.daysLabel}
            value={days}
            onChange={setDays}
            data={SPANS.map((value) => ({ value, label: texts.overview.days(Number(value)) }))}
          />
        </Group>
      </PageTitle>
      <SomeDays days={days} />
    </>
  );
}

function SomeDays({ days }: { readonly days: string }) {
  return (
    <Loaded query={useThing('/api/admin/overview/', { query: { days: Number(days) } })}>
      {(figures) => <Panel figures={figures} />}
    </Loaded>
  );
}
