import { Button, Fieldset, MultiSelect, Stack, Switch, Text } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldFaults } from '../api/call.ts';
import type { Codename, User } from '../api/types.ts';
import { PermissionPicker } from '../groups/permission-picker.tsx';
import { useGroupChoices } from '../groups/use-group-choices.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { ChangedUser } from './changed-user.tsx';
import { useSaveUser } from './use-save-user.ts';

const { rights } = texts.user;

interface Values {
  readonly is_staff: boolean;
  readonly is_superuser: boolean;
  readonly groups: readonly number[];
  readonly permissions: readonly Codename[];
}

const FIELDS = ['is_staff', 'is_superuser', 'groups', 'permissions'] as const satisfies (keyof Values)[];

const valuesOf = (user: User): Values => ({
  is_staff: user.is_staff,
  is_superuser: user.is_superuser,
  groups: user.groups.map(({ id }) => id),
  permissions: user.permissions,
});

/** What an account is allowed. Changing it is for superusers. */
export function RightsForm({ user }: { readonly user: User }) {
  const { isSuperuser } = useRights();
  return isSuperuser ? <Form user={user} /> : <Shown user={user} />;
}

function Shown({ user }: { readonly user: User }) {
  const groups = user.groups.map(({ name }) => name).join(', ');
  return (
    <Stack>
      <Text c="dimmed">{rights.readOnly}</Text>
      <Text>
        {rights.groups}: {groups || rights.none}
      </Text>
      <Text className="long-text">
        {rights.permissions}: {user.permissions.join(', ') || rights.none}
      </Text>
    </Stack>
  );
}

function GroupPicker({ value, error, onChange }: GroupPickerProps) {
  return (
    <MultiSelect
      {...useGroupChoices()}
      label={rights.groups}
      value={value.map(String)}
      error={error}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}

interface GroupPickerProps {
  readonly value: readonly number[];
  readonly error: string | undefined;
  readonly onChange: (ids: number[]) => void;
}

function Form({ user }: { readonly user: User }) {
  const { draft, deed } = useSaveUser<Values>(user, FIELDS);
  const { edited, edit: set } = draft;
  const values = { ...valuesOf(draft.read), ...edited };
  const faults = fieldFaults(deed.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate(edited);
  };
  return (
    <form onSubmit={submit}>
      <Fieldset variant="unstyled" maw={720}>
        <Stack>
          <Switch
            label={rights.staff}
            description={rights.staffAbout}
            checked={values.is_staff}
            error={faults.is_staff}
            onChange={(event) => set({ is_staff: event.currentTarget.checked })}
          />
          <Switch
            label={rights.superuser}
            description={rights.superuserAbout}
            checked={values.is_superuser}
            error={faults.is_superuser}
            onChange={(event) => set({ is_superuser: event.currentTarget.checked })}
          />
          <GroupPicker value={values.groups} error={faults.groups} onChange={(groups) => set({ groups })} />
          <PermissionPicker
            label={rights.permissions}
            value={values.permissions}
            error={faults.permissions}
            onChange={(permissions) => set({ permissions })}
          />
          <ChangedUser draft={draft} />
          <div>
            <Button type="submit" loading={deed.isPending} disabled={Object.keys(edited).length === 0}>
              {texts.common.save}
            </Button>
          </div>
        </Stack>
      </Fieldset>
    </form>
  );
}
