import { Alert, Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from 'latchkey-client';
import { sentenceFor } from '../sentence.ts';
import { client, queryClient, sessionsQuery } from '../server.ts';
import { session } from '../session.ts';
import { texts } from '../texts.ts';
import { tell } from '../ui/deed.ts';
import { Loaded, Page } from '../ui/page.tsx';

type ShownSession = AnswerOf<'GET', '/api/sessions/'>[number];

const FORMAT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const shown = (instant: string) => FORMAT.format(new Date(instant));

function SessionCard({
  one,
  end,
}: {
  readonly one: ShownSession;
  readonly end: (one: ShownSession) => void;
}) {
  const device = one.device || texts.sessions.unknown;
  return (
    <Card withBorder component="li">
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Text fw={600}>{device}</Text>
            {one.is_current && (
              <Badge variant="light" tt="none">
                {texts.sessions.current}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {texts.sessions.from(one.ip)}, {texts.sessions.opened(shown(one.created_at))}
          </Text>
          <Text size="sm" c="dimmed">
            {texts.sessions.lastUsed(shown(one.last_used_at))}
          </Text>
        </div>
        <Button variant="default" onClick={() => end(one)} aria-label={texts.sessions.endOf(device)}>
          {texts.sessions.end}
        </Button>
      </Group>
    </Card>
  );
}

async function endOne({ id, is_current }: ShownSession): Promise<void> {
  await client.delete('/api/sessions/{id}/', { path: { id } });
  if (is_current) return session.forget();
  tell(texts.sessions.ended);
  await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
}

async function endAll(): Promise<void> {
  await client.post('/api/logout/all/');
  session.forget();
}

export function Sessions() {
  const query = useQuery(sessionsQuery);
  const end = useMutation({ mutationFn: endOne });
  const everywhere = useMutation({ mutationFn: endAll });
  const error = end.error ?? everywhere.error;
  return (
    <Page title={texts.sessions.title}>
      <Text>{texts.sessions.about}</Text>
      {error !== null && (
        <Alert color="red" role="alert">
          {sentenceFor(error)}
        </Alert>
      )}
      <Loaded query={query}>
        {(sessions) => (
          <Stack component="ul" className="bare-list">
            {sessions.map((one) => (
              <SessionCard key={one.id} one={one} end={end.mutate} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Button
        variant="default"
        className="start"
        loading={everywhere.isPending}
        onClick={() => everywhere.mutate()}
      >
        {texts.sessions.everywhere}
      </Button>
    </Page>
  );
}
