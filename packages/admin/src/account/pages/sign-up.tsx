import { Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Refused } from 'latchkey-client';
import { session, stranger } from '../server.ts';
import { texts } from '../texts.ts';
import { sentenceFor, tell, type Values } from '../ui/deed.ts';
import { Form } from '../ui/form.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';

/** The account is there, whatever becomes of the login: where nobody gets in without a verified address, a mail is on its way. */
async function logInOrTell({ username = '', email = '', password = '' }: Values): Promise<'/' | '/log-in'> {
  try {
    await session.logIn({ username, password });
    return '/';
  } catch (error) {
    const awaitsMail = email !== '' && error instanceof Refused && error.status === 401;
    tell(awaitsMail ? texts.signUp.checkMail : sentenceFor(error));
    return '/log-in';
  }
}

export function SignUp() {
  const navigate = useNavigate();
  const run = async (values: Values) => {
    const { username = '', email = '', password = '' } = values;
    await stranger.post('/api/register/', { body: { username, password, ...(email !== '' && { email }) } });
    await navigate({ to: await logInOrTell(values), replace: true });
  };
  return (
    <Page title={texts.signUp.title}>
      <Form
        fields={[
          { name: 'username', label: texts.fields.username, autoComplete: 'username', maxLength: 150 },
          {
            name: 'email',
            label: texts.fields.optionalEmail,
            kind: 'email',
            autoComplete: 'email',
            optional: true,
          },
          { name: 'password', label: texts.fields.password, kind: 'password', autoComplete: 'new-password' },
        ]}
        button={texts.signUp.button}
        run={run}
      />
      <Group gap="xs">
        <Text component="span">{texts.signUp.haveAccount}</Text>
        <TextLink to="/log-in">{texts.logIn.title}</TextLink>
      </Group>
    </Page>
  );
}
