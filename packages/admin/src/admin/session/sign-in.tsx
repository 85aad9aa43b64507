import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { client, fieldFaults, keepCsrfToken } from '../api/call.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { texts } from '../texts.ts';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

async function signIn(credentials: Credentials): Promise<void> {
  const { csrf_token } = await client.post('/api/admin/session/', { body: credentials });
  keepCsrfToken(csrf_token);
  // Whatever was seen before belongs to somebody else.
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  await queryClient.refetchQueries(sessionQuery);
}

/** Name and password of a staff account. */
export function SignIn() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { mutate, isPending, error } = useMutation({ mutationFn: signIn, onError: () => setPassword('') });
  useEffect(() => {
    document.title = `${texts.signIn.title} · ${texts.brand}`;
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ username, password });
  };
  const faults = fieldFaults(error);
  return (
    <Center mih="100vh" p="md" bg="var(--latchkey-back)">
      <Paper component="main" withBorder shadow="sm" p="xl" w="100%" maw={400}>
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1} size="h2">
                {texts.signIn.title}
              </Title>
              <Text c="dimmed">{texts.signIn.about}</Text>
            </div>
            {error !== null && Object.keys(faults).length === 0 && (
              <Alert color="red" role="alert">
                {error.message}
              </Alert>
            )}
            <TextInput
              label={texts.signIn.username}
              autoComplete="username"
              autoFocus
              required
              value={username}
              error={faults.username}
              onChange={(event) => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label={texts.signIn.password}
              autoComplete="current-password"
              required
              value={password}
              error={faults.password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={isPending}>
              {texts.signIn.submit}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
