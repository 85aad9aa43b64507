import { Alert, Button, Group, List, Text } from '@mantine/core';
import type { AnswerOf } from 'latchkey-client';
import { useState } from 'react';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import type { Codename } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { Confirm } from '../ui/confirm.tsx';

const ACTIONS = {
  activate: 'change_user',
  deactivate: 'change_user',
  verify: 'change_user',
  end_sessions: 'delete_session',
  delete: 'delete_user',
} as const satisfies Record<string, Codename>;

type Action = keyof typeof ACTIONS;

type Outcome = AnswerOf<'POST', '/api/admin/users/bulk/'>;

const { bulk } = texts.users;

interface BulkProps {
  readonly ids: readonly number[];
  readonly onDone: () => void;
}

/** One deed for all who are chosen, after a question that says how many they are. */
export function Bulk({ ids, onDone }: BulkProps) {
  const { may } = useRights();
  const [action, setAction] = useState<Action>();
  const [skipped, setSkipped] = useState<Outcome['skipped']>([]);
  const { mutate, isPending } = useDeed({
    run: (chosen: Action) => client.post('/api/admin/users/bulk/', { body: { action: chosen, ids } }),
    said: ({ changed }) => bulk.done(changed),
    after: (outcome) => {
      setSkipped(outcome.skipped);
      onDone();
    },
  });
  const allowed = (Object.keys(ACTIONS) as Action[]).filter((name) => may(ACTIONS[name]));
  const run = () => {
    if (action) mutate(action, { onSettled: () => setAction(undefined) });
  };
  return (
    <>
      {ids.length > 0 && (
        <Group mb="sm" gap="xs" role="group" aria-label={bulk.chosen(ids.length)}>
          <Text fw={600}>{bulk.chosen(ids.length)}</Text>
          {allowed.map((name) => (
            <Button key={name} size="xs" variant="default" onClick={() => setAction(name)}>
              {bulk.names[name]}
            </Button>
          ))}
          <Button size="xs" variant="subtle" onClick={onDone}>
            {bulk.none}
          </Button>
        </Group>
      )}
      {skipped.length > 0 && <Skipped of={skipped} onClose={() => setSkipped([])} />}
      <Confirm
        isOpen={action !== undefined}
        title={action ? bulk.names[action] : ''}
        deed={action ? bulk.names[action] : ''}
        isDangerous={action === 'delete' || action === 'deactivate'}
        isBusy={isPending}
        onConfirm={run}
        onClose={() => setAction(undefined)}
      >
        {action && bulk.asks[action](ids.length)}
      </Confirm>
    </>
  );
}

interface SkippedProps {
  readonly of: Outcome['skipped'];
  readonly onClose: () => void;
}

function Skipped({ of, onClose }: SkippedProps) {
  return (
    <Alert
      mb="sm"
      variant="default"
      role="status"
      title={bulk.skipped(of.length)}
      withCloseButton
      closeButtonLabel={texts.common.close}
      onClose={onClose}
    >
      <List size="sm">
        {of.map(({ id, reason }) => (
          <List.Item key={id}>{`#${id}: ${reason}`}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
