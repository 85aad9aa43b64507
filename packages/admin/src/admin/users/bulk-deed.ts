import type { AnswerOf } from 'latchkey-client';
import { useRef, useState } from 'react';
import { client, isSignedOut } from '../api/call.ts';
import { tellFault, useDeed } from '../api/deed.ts';
import { forgetUnseen, LARGEST_PAGE } from '../api/queries.ts';
import type { Codename } from '../api/types.ts';
import type { Rights } from '../rights.ts';
import { texts } from '../texts.ts';
import type { Chosen } from './everyone.ts';

const ACTIONS = {
  activate: 'change_user',
  deactivate: 'change_user',
  verify: 'change_user',
  end_sessions: 'delete_session',
  delete: 'delete_user',
} as const satisfies Record<string, Codename>;

export type Action = keyof typeof ACTIONS;

/** What may be done to many by who has these rights. */
export const bulkActionsFor = ({ may }: Rights) =>
  (Object.keys(ACTIONS) as Action[]).filter((name) => may(ACTIONS[name]));

const { bulk } = texts.users;

interface Order {
  readonly action: Action;
  readonly chosen: readonly Chosen[];
}

/** What became of an order. */
export interface BulkOutcome {
  readonly changed: number;
  /** who was left as he was and why, in sentences */
  readonly skipped: readonly string[];
  /** to whom nothing was done yet: somebody stopped it, or something did */
  readonly left: readonly Chosen[];
}

type Answer = AnswerOf<'POST', '/api/admin/users/bulk/'>;

/** By the names that were on the screen when they were chosen. */
function sentencesFor(skipped: Answer['skipped'], chosen: readonly Chosen[]): readonly string[] {
  const names = new Map(chosen.map(({ id, username }) => [id, username]));
  return skipped.map(({ id, reason }) => `${names.get(id) ?? `#${id}`}: ${bulk.reasons[reason] ?? reason}`);
}

/** One deed for many, a batch at a time. What is done stays done when a later batch fails. */
export function useBulkDeed(after: (outcome: BulkOutcome) => void) {
  const isStopped = useRef(false);
  const [done, setDone] = useState(0);
  const run = async ({ action, chosen }: Order): Promise<BulkOutcome> => {
    let changed = 0;
    const skipped: string[] = [];
    let left = chosen;
    isStopped.current = false;
    setDone(0);
    while (left.length > 0 && !isStopped.current) {
      const batch = left.slice(0, LARGEST_PAGE);
      const body = { action, ids: batch.map(({ id }) => id) };
      try {
        const answer = await client.post('/api/admin/users/bulk/', { body });
        changed += answer.changed;
        skipped.push(...sentencesFor(answer.skipped, batch));
      } catch (error) {
        if (left === chosen) throw error;
        if (!isSignedOut(error)) tellFault(error);
        break;
      }
      left = left.slice(batch.length);
      setDone(chosen.length - left.length);
    }
    return { changed, skipped, left };
  };
  const { mutate, isPending } = useDeed({
    run,
    said: ({ changed }) => bulk.done(changed),
    after: (outcome, { action }) => {
      after(outcome);
      if (action === 'delete') forgetUnseen();
    },
  });
  const stop = () => {
    isStopped.current = true;
  };
  return { mutate, isPending, done, stop };
}
