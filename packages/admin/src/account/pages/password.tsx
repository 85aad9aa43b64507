import { Text } from '@mantine/core';
import { useState } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { client, queryClient, sessionsQuery } from '../server.ts';
import { texts } from '../texts.ts';
import { tell } from '../ui/deed.ts';
import { CURRENT_PASSWORD, Form, NEW_PASSWORD } from '../ui/form.tsx';
import { Page } from '../ui/page.tsx';

export function Password() {
  const [changes, setChanges] = useState(0);
  const run = async ({ current_password = '', new_password = '' }: Values) => {
    await client.post('/api/password/change/', { body: { current_password, new_password } });
    await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    tell(texts.password.changed);
    setChanges(changes + 1);
  };
  return (
    <Page title={texts.password.title}>
      <Text>{texts.password.about}</Text>
      <Form
        // a new one is empty
        key={changes}
        fields={[CURRENT_PASSWORD, NEW_PASSWORD]}
        button={texts.password.button}
        run={run}
      />
    </Page>
  );
}
