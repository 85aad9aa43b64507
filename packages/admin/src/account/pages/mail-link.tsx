import { Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Refused } from 'latchkey-client';
import type { Values } from '../../shared/plain/form.ts';
import { queryClient } from '../server.ts';
import { session, stranger } from '../session.ts';
import { texts } from '../texts.ts';
import { type Deed, tell } from '../ui/deed.ts';
import { type FieldSpec, Form, NEW_PASSWORD } from '../ui/form.tsx';
import { Page } from '../ui/page.tsx';

interface MailLink {
  readonly uid: string;
  readonly token: string;
}

interface Purpose {
  readonly words: {
    readonly title: string;
    readonly about: string;
    readonly button: string;
    readonly done: string;
  };
  readonly use: (link: MailLink, values: Values) => Promise<unknown>;
  readonly fields?: readonly FieldSpec[];
}

const PURPOSES = {
  verify: {
    words: texts.links.verify,
    use: (body) => stranger.post('/api/email/verify/confirm/', { body }),
  },
  reset: {
    words: texts.links.reset,
    use: (link, { new_password = '' }) =>
      stranger.post('/api/password/reset/confirm/', { body: { ...link, new_password } }),
    fields: [NEW_PASSWORD],
  },
  resetEmail: {
    words: texts.links.resetEmail,
    use: (link, { new_email = '' }) =>
      stranger.post('/auth/users/reset_email_confirm/', { body: { ...link, new_email } }),
    fields: [{ name: 'new_email', label: texts.fields.newEmail, kind: 'email', autoComplete: 'email' }],
  },
  resetUsername: {
    words: texts.links.resetUsername,
    use: (link, { new_username = '' }) =>
      stranger.post('/auth/users/reset_username_confirm/', { body: { ...link, new_username } }),
    fields: [{ name: 'new_username', label: texts.fields.newUsername, autoComplete: 'username' }],
  },
  change: {
    words: texts.links.change,
    use: (body) => stranger.post('/api/email/change/confirm/', { body }),
  },
  revert: {
    words: texts.links.revert,
    use: (body) => stranger.post('/api/email/change/revert/', { body }),
  },
  takeBack: {
    words: texts.links.takeBack,
    use: (body) => stranger.post('/api/account/take-back/', { body }),
  },
} satisfies Record<string, Purpose>;

/** Is it the link that is no good? djoser's paths name the field. */
const wasRefused = ({ error }: Deed) =>
  error instanceof Refused && (error.code === 'link_refused' || error.fields.token !== undefined);

/** The page of one kind of link. Opening it does nothing yet: programs open links in mails, too. */
function LinkPage({ words, use, fields = [] }: Purpose) {
  const { uid, token } = useParams({ strict: false }) as MailLink;
  const navigate = useNavigate();
  const run = async (values: Values) => {
    await use({ uid, token }, values);
    // If it ended the session of this browser, the next question finds out.
    await queryClient.invalidateQueries();
    tell(words.done);
    // Also takes the token out of the address and the history.
    await navigate({ to: session.isLoggedIn() ? '/' : '/log-in', replace: true });
  };
  return (
    <Page title={words.title}>
      <Stack>
        <Text>{words.about}</Text>
        <Form
          fields={fields}
          button={words.button}
          run={run}
          help={(deed) => wasRefused(deed) && <Text>{texts.links.refused}</Text>}
        />
      </Stack>
    </Page>
  );
}

export const VerifyLink = () => <LinkPage {...PURPOSES.verify} />;
export const ResetLink = () => <LinkPage {...PURPOSES.reset} />;
export const ResetEmailLink = () => <LinkPage {...PURPOSES.resetEmail} />;
export const ResetUsernameLink = () => <LinkPage {...PURPOSES.resetUsername} />;
export const ChangeLink = () => <LinkPage {...PURPOSES.change} />;
export const RevertLink = () => <LinkPage {...PURPOSES.revert} />;
export const TakeBackLink = () => <LinkPage {...PURPOSES.takeBack} />;
