import { List, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { forgetUnseen, useThing } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import type { DialogProps } from './actions.tsx';

const said = texts.user.actions;

function GoesWithIt({ id }: { readonly id: number }) {
  return (
    <Loaded query={useThing('/api/admin/users/{id}/deletion/', { path: { id } })}>
      {({ picture, sessions, tokens, groups, permissions }) => (
        <List my="sm">
          {Object.entries({ sessions, tokens, groups, permissions }).map(([name, count]) => (
            <List.Item key={name}>{`${said.parts[name as keyof typeof said.parts]}: ${count}`}</List.Item>
          ))}
          {picture && <List.Item>{said.parts.picture}</List.Item>}
        </List>
      )}
    </Loaded>
  );
}

/** Shows what goes with an account, and wants its name typed: a wrong click deletes nobody. */
export function DeleteUser({ user, isOpen, onClose }: DialogProps) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const { mutate, isPending } = useDeed({
    run: () => client.delete('/api/admin/users/{id}/', { path: { id: user.id } }),
    said: () => said.deleted(user.username),
    after: async () => {
      onClose();
      await navigate({ to: '/users', replace: true });
      forgetUnseen();
    },
  });
  return (
    <Confirm
      isOpen={isOpen}
      title={said.delete}
      deed={said.delete}
      isDangerous
      isBusy={isPending}
      isDisabled={typed !== user.username}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {said.deleteAsk(user.username)}
      <GoesWithIt id={user.id} />
      <TextInput
        label={said.deleteType(user.username)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Confirm>
  );
}
