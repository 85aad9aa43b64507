import { Alert, Button, Group, List, Text } from '@mantine/core';
import type { AnswerOf } from 'latchkey-client';
import { useState } from 'react';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import type { Codename, UserRow } from '../api/types.ts';
import { type Rights, useRights } from '../rights.ts';
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

/** What may be done to many by who has these rights. */
export const bulkActionsFor = ({ may }: Rights) =>
  (Object.keys(ACTIONS) as Action[]).filter((name) => may(ACTIONS[name]));

const { bulk } = texts.users;

interface Order {
  readonly action: Action;
  readonly chosen: readonly UserRow[];
}

interface BulkProps {
  readonly chosen: readonly UserRow[];
  readonly onDone: () => void;
}

/** Who was left as he was and why, as a sentence; by the names that were on the screen when he was chosen. */
function sentencesFor({ skipped }: Outcome, chosen: readonly UserRow[]): readonly string[] {
  const names = new Map(chosen.map(({ id, username }) => [id, username]));
  return skipped.map(({ id, reason }) => `${names.get(id) ?? `#${id}`}: ${bulk.reasons[reason] ?? reason}`);
}

/** One deed for all who are chosen, after a question that says how many they are. */
export function Bulk({ chosen, onDone }: BulkProps) {
  const allowed = bulkActionsFor(useRights());
  const [action, setAction] = useState<Action>();
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const { mutate, isPending } = useDeed({
    run: (order: Order) =>
      client.post('/api/admin/users/bulk/', {
        body: { action: order.action, ids: order.chosen.map(({ id }) => id) },
      }),
    said: ({ changed }) => bulk.done(changed),
    after: (outcome, order) => {
      setSkipped(sentencesFor(outcome, order.chosen));
      onDone();
    },
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
        {action && bulk.asks[action](chosen.length)}
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
      <List size="sm">
        {of.map((sentence) => (
          <List.Item key={sentence} className="long-text">
            {sentence}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
