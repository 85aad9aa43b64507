import { Alert, Button, Card, Checkbox, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Values } from '../../shared/plain/form.ts';
import { sentenceFor } from '../sentence.ts';
import { client, profileQuery, queryClient } from '../server.ts';
import { session } from '../session.ts';
import { texts } from '../texts.ts';
import { tell } from '../ui/deed.ts';
import { CURRENT_PASSWORD, Form } from '../ui/form.tsx';
import { Page } from '../ui/page.tsx';

/** Hands a value to the person as a file of JSON. */
function download(value: unknown, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

function Export() {
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => download(await client.get('/api/account/export/'), texts.data.file),
  });
  return (
    <Card withBorder>
      <Stack align="start">
        <Title order={2} size="h4">
          {texts.data.export}
        </Title>
        <Text>{texts.data.exportAbout}</Text>
        {error !== null && (
          <Alert color="red" role="alert">
            {sentenceFor(error)}
          </Alert>
        )}
        <Button variant="default" loading={isPending} onClick={() => mutate()}>
          {texts.data.download}
        </Button>
      </Stack>
    </Card>
  );
}

/** What became of the account; who has an e-mail gets a way back. */
function farewell(eraseAt: string): string {
  const at = new Date(eraseAt);
  if (at.getTime() <= Date.now()) return texts.data.erased;
  const when = at.toLocaleDateString('en', { dateStyle: 'long' });
  const hasMail = queryClient.getQueryData(profileQuery.queryKey)?.email !== '';
  return hasMail ? texts.data.deleted(when) : texts.data.deletedForGood(when);
}

function Delete() {
  const run = async ({ current_password = '' }: Values) => {
    const { erase_at } = await client.delete('/api/account/', { body: { current_password } });
    tell(farewell(erase_at));
    session.forget();
  };
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {texts.data.delete}
        </Title>
        <Text>{texts.data.deleteAbout}</Text>
        <Form fields={[CURRENT_PASSWORD]} button={texts.data.button} run={run} color="red">
          <Checkbox label={texts.data.sure} required />
        </Form>
      </Stack>
    </Card>
  );
}

export function Data() {
  return (
    <Page title={texts.data.title}>
      <Export />
      <Delete />
    </Page>
  );
}
