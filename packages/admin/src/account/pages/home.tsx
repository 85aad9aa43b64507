import { Alert, Card, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { client, greetingQuery, profileQuery } from '../server.ts';
import { texts } from '../texts.ts';
import { DevInbox } from '../ui/dev-inbox.tsx';
import { Form } from '../ui/form.tsx';
import { TextLink } from '../ui/link.tsx';
import { Loaded, Page } from '../ui/page.tsx';

/** The protected page of the API, by hand: it greets who asks, and repeats what it is sent. */
function Dashboard() {
  const greeting = useQuery(greetingQuery);
  const [answer, setAnswer] = useState<string>();
  const run = async ({ text = '' }: Values) =>
    setAnswer((await client.post('/api/dashboard/', { body: { text } })).response);
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {texts.home.greeting}
        </Title>
        <Loaded query={greeting}>{({ response }) => <Text className="long-text">{response}</Text>}</Loaded>
        <Form
          fields={[{ name: 'text', label: texts.fields.text, optional: true }]}
          button={texts.home.button}
          run={run}
        />
        <div aria-live="polite">
          {answer !== undefined && (
            <Alert color="teal" className="long-text">
              {answer}
            </Alert>
          )}
        </div>
      </Stack>
    </Card>
  );
}

/** Nobody who has just signed up knows that a mail is waiting for him. */
function Unverified({ email }: { readonly email: string }) {
  return (
    <Alert color="orange" role="status" className="long-text">
      <Stack gap="xs">
        {texts.home.unverified(email)}
        <TextLink to="/email">{texts.home.toEmail}</TextLink>
        <DevInbox />
      </Stack>
    </Alert>
  );
}

export function Home() {
  const profile = useQuery(profileQuery);
  return (
    <Loaded query={profile}>
      {({ username, full_name, email, verified }) => (
        <Page title={texts.home.title(full_name || username)}>
          {email !== '' && !verified && <Unverified email={email} />}
          <Dashboard />
        </Page>
      )}
    </Loaded>
  );
}
