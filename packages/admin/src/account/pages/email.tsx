import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { sentenceFor } from '../sentence.ts';
import { client, profileQuery } from '../server.ts';
import { texts } from '../texts.ts';
import { DevInbox } from '../ui/dev-inbox.tsx';
import { CURRENT_PASSWORD, Form } from '../ui/form.tsx';
import { Loaded, Page } from '../ui/page.tsx';

/** That a mail is on its way, and on a development server where to find it. */
function OnItsWay({ told }: { readonly told: string }) {
  return (
    <Alert color="teal" role="status">
      <Stack gap="xs">
        {told}
        <DevInbox />
      </Stack>
    </Alert>
  );
}

function Address({ email, verified }: { readonly email: string; readonly verified: boolean }) {
  const send = useMutation({ mutationFn: () => client.post('/api/email/verify/', { body: { email } }) });
  if (email === '') return <Text>{texts.email.none}</Text>;
  return (
    <Stack align="start">
      <Group gap="xs">
        <Text className="long-text">{email}</Text>
        <Badge color={verified ? 'teal' : 'gray'} variant="light" tt="none">
          {verified ? texts.email.verified : texts.email.unverified}
        </Badge>
      </Group>
      {!verified && (
        <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
          {texts.email.sendVerification}
        </Button>
      )}
      {send.data && <OnItsWay told={send.data.detail} />}
      {send.error && (
        <Alert color="red" role="alert">
          {sentenceFor(send.error)}
        </Alert>
      )}
    </Stack>
  );
}

function Change() {
  const [told, setTold] = useState<string>();
  const run = async ({ new_email = '', current_password = '' }: Values) =>
    setTold((await client.post('/api/email/change/', { body: { new_email, current_password } })).detail);
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {texts.email.change}
        </Title>
        <Text>{texts.email.about}</Text>
        {told === undefined ? (
          <Form
            fields={[
              {
                name: 'new_email',
                label: texts.fields.newEmail,
                kind: 'email',
                autoComplete: 'email',
                maxLength: LONGEST.new_email,
              },
              CURRENT_PASSWORD,
            ]}
            button={texts.email.button}
            run={run}
          />
        ) : (
          <OnItsWay told={told} />
        )}
      </Stack>
    </Card>
  );
}

export function Email() {
  const query = useQuery(profileQuery);
  return (
    <Page title={texts.email.title}>
      <Loaded query={query}>{(profile) => <Address {...profile} />}</Loaded>
      <Change />
    </Page>
  );
}
