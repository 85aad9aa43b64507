import { Button, Fieldset, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { client, fieldFaults } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import type { User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { useMayDo } from './may-change.ts';

const { fields } = texts.users;
const TEXT_FIELDS = ['username', 'email', 'full_name'] as const;
const ALL_FIELDS = [...TEXT_FIELDS, 'bio', 'verified', 'is_active'] as const;

type Values = Pick<User, (typeof ALL_FIELDS)[number]>;

/** Only what was changed is sent: what somebody else changes meanwhile stays. */
function changesOf(from: Values, to: Values): Partial<Values> {
  return Object.fromEntries(
    ALL_FIELDS.filter((name) => from[name] !== to[name]).map((name) => [name, to[name]]),
  );
}

const valuesOf = (user: User) =>
  Object.fromEntries(ALL_FIELDS.map((name) => [name, user[name]])) as unknown as Values;

/** Name, addresses and state of an account. */
export function ProfileForm({ user }: { readonly user: User }) {
  const [edited, setEdited] = useState<Partial<Values>>({});
  const values = { ...valuesOf(user), ...edited };
  const mayChange = useMayDo(user)('change_user');
  const deed = useDeed({
    run: () =>
      client.patch('/api/admin/users/{id}/', { path: { id: user.id }, body: changesOf(user, values) }),
    said: () => texts.common.saved,
    after: () => setEdited({}),
    shows: ALL_FIELDS,
  });
  const faults = fieldFaults(deed.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Fieldset variant="unstyled" disabled={!mayChange} maw={560}>
        <Stack>
          {TEXT_FIELDS.map((name) => (
            <TextInput
              key={name}
              label={fields[name]}
              type={name === 'email' ? 'email' : 'text'}
              required={name === 'username'}
              autoComplete="off"
              value={values[name]}
              error={faults[name]}
              onChange={(event) => setEdited({ ...edited, [name]: event.currentTarget.value })}
            />
          ))}
          <Textarea
            label={fields.bio}
            autosize
            minRows={2}
            maxRows={8}
            value={values.bio}
            error={faults.bio}
            onChange={(event) => setEdited({ ...edited, bio: event.currentTarget.value })}
          />
          <Switch
            label={fields.verified}
            checked={values.verified}
            error={faults.verified}
            onChange={(event) => setEdited({ ...edited, verified: event.currentTarget.checked })}
          />
          <Switch
            label={fields.is_active}
            description={texts.user.activeAbout}
            checked={values.is_active}
            error={faults.is_active}
            onChange={(event) => setEdited({ ...edited, is_active: event.currentTarget.checked })}
          />
          {mayChange && (
            <div>
              <Button
                type="submit"
                loading={deed.isPending}
                disabled={Object.keys(changesOf(user, values)).length === 0}
              >
                {texts.common.save}
              </Button>
            </div>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
