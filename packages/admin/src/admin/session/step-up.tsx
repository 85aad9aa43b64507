import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { Refused } from 'latchkey-client';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { client, isSignedOut, whenPasswordIsNeeded } from '../api/call.ts';
import { noticeEndOfSession } from '../api/queries.ts';
import { texts } from '../texts.ts';

/** The dialogs that wait for the same password. */
type Waiting = ((given: boolean) => void)[];

/** Asks for the password again when the server wants it for what is being done; then that goes on by itself. */
export function StepUp({ username }: { readonly username: string }) {
  const waiting = useRef<Waiting>([]);
  const [isOpen, setOpen] = useState(false);
  const settle = useCallback((given: boolean) => {
    for (const resolve of waiting.current.splice(0)) resolve(given);
  }, []);
  useEffect(() => {
    const stop = whenPasswordIsNeeded(() => {
      setOpen(true);
      return new Promise((resolve) => {
        waiting.current.push(resolve);
      });
    });
    return () => {
      stop();
      settle(false);
    };
  }, [settle]);
  const end = (given: boolean) => {
    setOpen(false);
    settle(given);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={() => end(false)}
      title={texts.stepUp.title}
      stackId="step-up"
      closeButtonProps={{ 'aria-label': texts.common.close }}
      centered
    >
      <PasswordForm username={username} onGiven={() => end(true)} onCancel={() => end(false)} />
    </Modal>
  );
}

interface PasswordFormProps {
  readonly username: string;
  readonly onGiven: () => void;
  readonly onCancel: () => void;
}

function PasswordForm({ username, onGiven, onCancel }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await client.post('/api/admin/session/step-up/', { body: { password } });
      onGiven();
    } catch (error) {
      if (isSignedOut(error)) return noticeEndOfSession();
      setPassword('');
      setFault(error instanceof Refused ? error.message : texts.common.serverAway);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{texts.stepUp.about(username)}</Text>
        <input type="text" autoComplete="username" value={username} readOnly hidden />
        <PasswordInput
          label={texts.signIn.password}
          autoComplete="current-password"
          data-autofocus
          required
          value={password}
          error={fault}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.common.cancel}
          </Button>
          <Button type="submit" loading={isBusy}>
            {texts.stepUp.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
