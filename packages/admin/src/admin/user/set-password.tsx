import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { client, fieldFaults } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { texts } from '../texts.ts';
import type { DialogProps } from './actions.tsx';

const said = texts.user.actions;

/** A password that staff chooses. The rules for passwords hold here as well. */
export function SetPassword(props: DialogProps) {
  return (
    <Modal
      opened={props.isOpen}
      stackId={useId()}
      onClose={props.onClose}
      title={said.setPassword}
      closeButtonProps={{ 'aria-label': texts.common.close }}
      centered
    >
      <Form {...props} />
    </Modal>
  );
}

function Form({ user, onClose }: DialogProps) {
  const [password, setPassword] = useState('');
  const deed = useDeed({
    run: () =>
      client.post('/api/admin/users/{id}/set-password/', { path: { id: user.id }, body: { password } }),
    said: () => said.passwordSet,
    after: onClose,
    shows: ['password'],
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{said.setPasswordAbout}</Text>
        <PasswordInput
          label={said.newPassword}
          autoComplete="new-password"
          data-autofocus
          required
          value={password}
          error={fieldFaults(deed.error).password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.common.cancel}
          </Button>
          <Button type="submit" loading={deed.isPending}>
            {said.setPassword}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
