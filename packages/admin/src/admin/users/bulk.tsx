import { Alert, Button, Group, List, Text } from '@mantine/core';
import { useState } from 'react';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { type Action, bulkActionsFor, useBulkDeed } from './bulk-deed.ts';
import type { Chosen } from './everyone.ts';

const { bulk } = texts.users;

interface BulkProps {
  readonly chosen: readonly Chosen[];
  /** `left` are chosen still */
  readonly onDone: (left: readonly Chosen[]) => void;
}

/** One deed for all who are chosen, after a question that says how many they are. */
export function Bulk({ chosen, onDone }: BulkProps) {
  const allowed = bulkActionsFor(useRights());
  const [action, setAction] = useState<Action>();
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const { mutate, isPending, done, stop } = useBulkDeed((outcome) => {
    setSkipped(outcome.skipped);
    onDone(outcome.left);
  });
  const run = () => {
    if (action) mutate({ action, chosen }, { onSettled: () => setAction(undefined) });
  };
  return (
    <>
      {chosen.length > 0 && (
        <Group mb="sm" gap="xs" role="group" aria-label={bulk.chosen(chosen.length)}>
          <Text fw={600}>{bulk.chosen(chosen.length)}</Text>
          {allowed.map((name) => (
            <Button key={name} size="xs" variant="default" onClick={() => setAction(name)}>
              {bulk.names[name]}
            </Button>
          ))}
          <Button size="xs" variant="subtle" onClick={() => onDone([])}>
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
        {...(isPending ? { cancel: bulk.stop, onClose: stop } : { onClose: () => setAction(undefined) })}
      >
        {action && bulk.asks[action](chosen.length)}
        <Text role="status" c="dimmed">
          {isPending ? bulk.progress(done, chosen.length) : ''}
        </Text>
      </Confirm>
    </>
  );
}

interface SkippedProps {
  readonly of: readonly string[];
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
      <List size="sm" mah={320} style={{ overflow: 'auto' }}>
        {of.map((sentence) => (
          <List.Item key={sentence} className="long-text">
            {sentence}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
