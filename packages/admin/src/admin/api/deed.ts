import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { texts } from '../texts.ts';
import { fieldFaults, isSignedOut } from './call.ts';
import { type Conflict, conflictOf } from './draft.ts';
import { queryClient } from './queries.ts';

const closeButtonProps = { 'aria-label': texts.common.close };

/** Tells a person what was done. */
export const tell = (message: string) => notifications.show({ message, color: 'teal', closeButtonProps });

/** Tells a person why something was not done. */
export const tellFault = (error: unknown) =>
  notifications.show({
    title: texts.common.notDone,
    message: error instanceof Error ? error.message : String(error),
    color: 'red',
    autoClose: 10_000,
    closeButtonProps,
  });

export interface Deed<Input, Result> {
  readonly run: (input: Input) => Promise<Result>;
  readonly said?: (result: Result, input: Input) => string;
  /** before everything is asked for anew */
  readonly after?: (result: Result, input: Input) => void | Promise<void>;
  /** fields whose faults the form shows itself */
  readonly shows?: readonly string[];
  /** shows in the form what somebody else changed meanwhile */
  readonly meet?: (conflict: Conflict) => void;
}

/**
 * Something that changes the server's state: says that it is done, and asks anew for everything that is on the screen. Why
 * something was refused is told, unless the form shows it beside its fields (`fieldFaults`).
 */
export function useDeed<Input = void, Result = unknown>({
  run,
  said,
  after,
  shows = [],
  meet,
}: Deed<Input, Result>) {
  return useMutation({
    mutationFn: run,
    onSuccess: async (result, input) => {
      if (said) tell(said(result, input));
      await after?.(result, input);
      await queryClient.invalidateQueries();
    },
    onError: (error) => {
      const conflict = conflictOf(error);
      if (conflict && meet) return meet(conflict);
      const fields = Object.keys(fieldFaults(error));
      const isShown = fields.length > 0 && fields.every((field) => shows.includes(field));
      if (!isShown && !isSignedOut(error)) tellFault(error);
    },
  });
}
