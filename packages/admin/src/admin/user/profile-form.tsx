import { Button, Fieldset, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { fieldFaults } from '../api/call.ts';
import type { User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { ChangedUser } from './changed-user.tsx';
import { useMayDo } from './may-change.ts';
import { useSaveUser } from './use-save-user.ts';

const { fields } = texts.users;
const TEXT_FIELDS = ['username', 'email', 'full_name'] as const;
const ALL_FIELDS = [...TEXT_FIELDS, 'bio', 'verified', 'is_active'] as const;

type Values = Pick<User, (typeof ALL_FIELDS)[number]>;

/** Only what was changed is sent. */
function changesOf(from: Values, to: Values): Partial<Values> {
  return Object.fromEntries(
    ALL_FIELDS.filter((name) => from[name] !== to[name]).map((name) => [name, to[name]]),
  );
}

const valuesOf = (user: User) =>
  Object.fromEntries(ALL_FIELDS.map((name) => [name, user[name]])) as unknown as Values;

/** Name, addresses and state of an account. */
export function ProfileForm({ user }: { readonly user: User }) {
  const { draft, deed } = useSaveUser<Values>(user, ALL_FIELDS);
  const { read, edited, edit } = draft;
  const values = { ...valuesOf(read), ...edited };
  const changes = changesOf(read, values);
  const mayChange = useMayDo(user)('change_user');
  const faults = fieldFaults(deed.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate(changes);
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
              maxLength={LONGEST[name]}
              value={values[name]}
              error={faults[name]}
              onChange={(event) => edit({ [name]: event.currentTarget.value })}
            />
          ))}
          <Textarea
            label={fields.bio}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={LONGEST.bio}
            value={values.bio}
            error={faults.bio}
            onChange={(event) => edit({ bio: event.currentTarget.value })}
          />
          <Switch
            label={fields.verified}
            checked={values.verified}
            error={faults.verified}
            onChange={(event) => edit({ verified: event.currentTarget.checked })}
          />
          <Switch
            label={fields.is_active}
            description={texts.user.activeAbout}
            checked={values.is_active}
            error={faults.is_active}
            onChange={(event) => edit({ is_active: event.currentTarget.checked })}
          />
          <ChangedUser draft={draft} />
          {mayChange && (
            <div>
              <Button type="submit" loading={deed.isPending} disabled={Object.keys(changes).length === 0}>
                {texts.common.save}
              </Button>
            </div>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
