import { Button, Code, CopyButton, Group, Paper, Stack, Switch, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from 'latchkey-client';
import { type FormEvent, useState } from 'react';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { client, fieldFaults } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { Allowed } from '../ui/fault.tsx';
import { PageTitle } from '../ui/page-title.tsx';

const { fields } = texts.users;
const TEXT_FIELDS = ['username', 'email', 'full_name'] as const;
const EMPTY = { username: '', email: '', full_name: '', is_staff: false, send_set_up_link: true };

type Created = AnswerOf<'POST', '/api/admin/users/'>;

function Done({ user, onAnother }: { readonly user: Created; readonly onAnother: () => void }) {
  return (
    <Stack role="status">
      <Text>{texts.createUser.created(user.username)}</Text>
      {user.set_up_link && (
        <div>
          <Text fw={600}>{texts.createUser.link}</Text>
          <Text size="sm" c="dimmed">
            {texts.createUser.linkAbout}
          </Text>
          <Code block className="long-text">
            {user.set_up_link}
          </Code>
          <CopyButton value={user.set_up_link}>
            {({ copied, copy }) => (
              <Button mt="xs" variant="default" onClick={copy}>
                {copied ? texts.createUser.copied : texts.createUser.copy}
              </Button>
            )}
          </CopyButton>
        </div>
      )}
      <Group>
        <Button renderRoot={(props) => <Link to="/users/$id" params={{ id: String(user.id) }} {...props} />}>
          {texts.createUser.open}
        </Button>
        <Button variant="default" onClick={onAnother}>
          {texts.createUser.another}
        </Button>
      </Group>
    </Stack>
  );
}

function Form({ onCreated }: { readonly onCreated: (user: Created) => void }) {
  const { isSuperuser } = useRights();
  const [values, setValues] = useState(EMPTY);
  const deed = useDeed({
    run: () => client.post('/api/admin/users/', { body: values }),
    said: ({ username }) => texts.createUser.created(username),
    after: onCreated,
    shows: TEXT_FIELDS,
  });
  const faults = fieldFaults(deed.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {TEXT_FIELDS.map((name) => (
          <TextInput
            key={name}
            label={fields[name]}
            type={name === 'email' ? 'email' : 'text'}
            required={name === 'username' || (name === 'email' && values.send_set_up_link)}
            autoComplete="off"
            maxLength={LONGEST[name]}
            value={values[name]}
            error={faults[name]}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <Switch
          label={texts.createUser.sendLink}
          description={texts.createUser.sendLinkAbout}
          checked={values.send_set_up_link}
          onChange={(event) => setValues({ ...values, send_set_up_link: event.currentTarget.checked })}
        />
        {isSuperuser && (
          <Switch
            label={texts.user.rights.staff}
            description={texts.user.rights.staffAbout}
            checked={values.is_staff}
            onChange={(event) => setValues({ ...values, is_staff: event.currentTarget.checked })}
          />
        )}
        <div>
          <Button type="submit" loading={deed.isPending}>
            {texts.createUser.submit}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

/** A new account, whose owner sets the password over a link. */
export function CreateUser() {
  const [created, setCreated] = useState<Created>();
  return (
    <>
      <PageTitle title={texts.createUser.title} />
      <Allowed codename="add_user">
        <Paper withBorder p="md" maw={560}>
          {created ? (
            <Done user={created} onAnother={() => setCreated(undefined)} />
          ) : (
            <Form onCreated={setCreated} />
          )}
        </Paper>
      </Allowed>
    </>
  );
}
