import { Button, Group, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Refused } from 'latchkey-client';
import { useRef } from 'react';
import { session, stranger } from '../server.ts';
import { texts } from '../texts.ts';
import { type Deed, sentenceFor, tell, type Values } from '../ui/deed.ts';
import { Form } from '../ui/form.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';

const isUnverified = ({ error }: Deed) => error instanceof Refused && error.code === 'email_not_verified';

/** Only of use when the person logged in with the address. */
function SendAgain({ login }: { readonly login: string }) {
  const send = () =>
    stranger.post('/api/email/verify/', { body: { email: login } }).then(
      ({ detail }) => tell(detail),
      (error: unknown) => tell(sentenceFor(error)),
    );
  return (
    <Button variant="default" onClick={send}>
      {texts.logIn.unverified}
    </Button>
  );
}

export function LogIn() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/log-in' });
  const login = useRef('');
  const run = async ({ username = '', password = '' }: Values) => {
    login.current = username;
    await session.logIn({ username, password });
    await navigate({ to: next ?? '/', replace: true });
  };
  return (
    <Page title={texts.logIn.title}>
      <Form
        fields={[
          { name: 'username', label: texts.fields.login, autoComplete: 'username' },
          {
            name: 'password',
            label: texts.fields.password,
            kind: 'password',
            autoComplete: 'current-password',
          },
        ]}
        button={texts.logIn.button}
        run={run}
        help={(deed) =>
          isUnverified(deed) && login.current.includes('@') && <SendAgain login={login.current} />
        }
      />
      <TextLink to="/forgot">{texts.logIn.forgot}</TextLink>
      <Group gap="xs">
        <Text component="span">{texts.logIn.noAccount}</Text>
        <TextLink to="/sign-up">{texts.logIn.signUp}</TextLink>
      </Group>
    </Page>
  );
}
