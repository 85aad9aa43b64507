import { Alert, Text } from '@mantine/core';
import { useState } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { stranger } from '../session.ts';
import { texts } from '../texts.ts';
import { DevInbox } from '../ui/dev-inbox.tsx';
import { Form } from '../ui/form.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';

export function Forgot() {
  const [told, setTold] = useState<string>();
  const run = async ({ email = '' }: Values) =>
    setTold((await stranger.post('/api/password/reset/', { body: { email } })).detail);
  return (
    <Page title={texts.forgot.title}>
      <Text>{texts.forgot.about}</Text>
      {told === undefined ? (
        <Form
          fields={[
            {
              name: 'email',
              label: texts.fields.email,
              kind: 'email',
              autoComplete: 'email',
              maxLength: LONGEST.email,
            },
          ]}
          button={texts.forgot.button}
          run={run}
        />
      ) : (
        <>
          <Alert color="teal" role="status">
            {told}
          </Alert>
          <DevInbox />
        </>
      )}
      <TextLink to="/log-in">{texts.forgot.back}</TextLink>
    </Page>
  );
}
