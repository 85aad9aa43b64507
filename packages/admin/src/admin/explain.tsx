import { Button, List, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { client, fieldFaults } from './api/call.ts';
import type { Explanation } from './api/types.ts';
import { texts } from './texts.ts';
import { Fault } from './ui/fault.tsx';
import { PageTitle } from './ui/page-title.tsx';
import { Facts } from './ui/show.tsx';

const route = getRouteApi('/explain');
const said = texts.explain;

function Answer({ explanation: { lines, facts } }: { readonly explanation: Explanation }) {
  return (
    <Paper withBorder p="md" mt="md" role="status">
      <List spacing="xs">
        {lines.map((line) => (
          <List.Item key={line} className="long-text">
            {line}
          </List.Item>
        ))}
      </List>
      {Object.keys(facts).length > 0 && (
        <>
          <Text fw={600} mt="md">
            {said.facts}
          </Text>
          <Facts of={facts} />
        </>
      )}
    </Paper>
  );
}

/** Why a request was refused, or what has become of a token. A token is sent in a body and stands in no address. */
export function Explain() {
  const { query: asked = '' } = route.useSearch();
  const [query, setQuery] = useState(asked);
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (text: string) => client.post('/api/admin/explain/', { body: { query: text } }),
  });
  useEffect(() => {
    if (asked === '') return;
    setQuery(asked);
    mutate(asked);
  }, [asked, mutate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate(query.trim());
  };
  const fault = fieldFaults(error).query;
  return (
    <>
      <PageTitle title={said.title} />
      <Paper withBorder p="md">
        <form onSubmit={submit}>
          <Stack>
            <Text>{said.about}</Text>
            <Textarea
              label={said.query}
              required
              autosize
              minRows={2}
              maxRows={8}
              spellCheck={false}
              value={query}
              error={fault}
              onChange={(event) => setQuery(event.currentTarget.value)}
            />
            <div>
              <Button type="submit" loading={isPending}>
                {said.submit}
              </Button>
            </div>
          </Stack>
        </form>
      </Paper>
      {error !== null && fault === undefined && <Fault error={error} />}
      {data !== undefined && <Answer explanation={data} />}
    </>
  );
}
