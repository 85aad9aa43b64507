import { Button, Paper, Group as Row, Stack, Text, TextInput } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { client, fieldFaults } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { useDraft } from '../api/draft.ts';
import { useLastChangesOfGroup } from '../api/last-changes.ts';
import { forgetUnseen, keepThing, useThing } from '../api/queries.ts';
import type { Group } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { Changed } from '../ui/changed.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Allowed } from '../ui/fault.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { PermissionPicker } from './permission-picker.tsx';

const route = getRouteApi('/groups/$id');
const said = texts.groups;

type Values = Pick<Group, 'name' | 'permissions'>;

function DeleteGroup({ group }: { readonly group: Group }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const { mutate, isPending } = useDeed({
    run: () => client.delete('/api/admin/groups/{id}/', { path: { id: group.id } }),
    said: () => said.deleted,
    after: async () => {
      await navigate({ to: '/groups', replace: true });
      forgetUnseen();
    },
  });
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {texts.common.delete}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={texts.common.delete}
        deed={texts.common.delete}
        isDangerous
        isBusy={isPending}
        onConfirm={() => mutate()}
        onClose={() => setAsking(false)}
      >
        {said.deleteAsk(group.name)}
      </Confirm>
    </>
  );
}

const GROUP = '/api/admin/groups/{id}/';
const LABELS = { name: said.name, permissions: said.permissions };
const EMPTY: Values & Pick<Group, 'version'> = { name: '', permissions: [], version: '' };

/** Saving a group, or a new one, which then has a page of its own. */
function useSaveGroup(group: Group | undefined) {
  const navigate = useNavigate();
  const draft = useDraft<typeof EMPTY, Values>(group ?? EMPTY);
  const { name, permissions, version }: typeof EMPTY = { ...draft.read, ...draft.edited };
  const values = { name, permissions };
  const deed = useDeed({
    run: () =>
      group
        ? client.patch(GROUP, { path: { id: group.id }, body: { ...values, version } })
        : client.post('/api/admin/groups/', { body: values }),
    said: () => (group ? texts.common.saved : said.created),
    after: (saved) => {
      keepThing(GROUP, saved.id, saved);
      draft.end();
      void navigate({ to: '/groups/$id', params: { id: String(saved.id) }, replace: true });
    },
    shows: ['name', 'permissions'],
    meet: draft.meet,
  });
  return { draft, values, deed };
}

interface ChangedGroupProps {
  readonly group: Group;
  readonly draft: Pick<ReturnType<typeof useSaveGroup>['draft'], 'read' | 'changed'>;
}

/** What somebody else changed of a group meanwhile; who did, the audit trail says to who may read it. */
function ChangedGroup({ group: { id }, draft: { read, changed } }: ChangedGroupProps) {
  const { may } = useRights();
  const isAsked = may('view_auditevent') && Object.keys(changed).length > 0;
  const last = useLastChangesOfGroup({ id, version: read.version }, isAsked);
  return <Changed title={said.changedMeanwhile} changed={changed} labels={LABELS} last={last} />;
}

/** The form of one group, or of a new one. */
function Form({ group }: { readonly group?: Group }) {
  const { may } = useRights();
  const { draft, values, deed } = useSaveGroup(group);
  const faults = fieldFaults(deed.error);
  const mayEdit = may(group ? 'change_group' : 'add_group');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={720}>
        {!mayEdit && <Text c="dimmed">{said.readOnly}</Text>}
        <TextInput
          label={said.name}
          required
          maxLength={LONGEST.name}
          disabled={!mayEdit}
          value={values.name}
          error={faults.name}
          onChange={(event) => draft.edit({ name: event.currentTarget.value })}
        />
        <PermissionPicker
          label={said.permissions}
          value={values.permissions}
          error={faults.permissions}
          isDisabled={!mayEdit}
          onChange={(permissions) => draft.edit({ permissions })}
        />
        {group && <ChangedGroup group={group} draft={draft} />}
        <Row>
          {mayEdit && (
            <Button type="submit" loading={deed.isPending}>
              {texts.common.save}
            </Button>
          )}
          {group && may('delete_group') && <DeleteGroup group={group} />}
        </Row>
      </Stack>
    </form>
  );
}

function Existing({ id }: { readonly id: string }) {
  return (
    <Loaded query={useThing('/api/admin/groups/{id}/', { path: { id } })}>
      {(group) => (
        <>
          <PageTitle title={group.name} />
          <Paper withBorder p="md">
            <Form key={group.id} group={group} />
          </Paper>
        </>
      )}
    </Loaded>
  );
}

/** One group: its name and what its members may. */
export function GroupPage() {
  const { id } = route.useParams();
  if (id !== 'new') return <Existing id={id} />;
  return (
    <>
      <PageTitle title={said.newTitle} />
      <Allowed codename="add_group">
        <Paper withBorder p="md">
          <Form />
        </Paper>
      </Allowed>
    </>
  );
}
