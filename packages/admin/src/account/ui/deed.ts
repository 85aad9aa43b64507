import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type FieldErrors, Refused } from 'latchkey-client';
import { type FormEvent, useEffect } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { sentenceFor } from '../sentence.ts';

/** Tells a person what was done. */
export const tell = (message: string) => notifications.show({ message, color: 'teal' });

const NONE: FieldErrors = {};

function valuesOf(form: HTMLFormElement): Values {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(entries);
}

/** Something a form does, and what became of it. */
export interface Deed {
  readonly isPending: boolean;
  /** by field, in sentences */
  readonly faults: FieldErrors;
  /** about all of it; undefined when there is none, or it is about a field of the form */
  readonly fault: string | undefined;
  readonly error: unknown;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** Does something with the values of a form. What the server says against them stands beside the fields `shown`. */
export function useDeed(run: (values: Values) => Promise<unknown>, shown: readonly string[] = []): Deed {
  const {
    mutate,
    isPending,
    error,
    variables: form,
  } = useMutation({ mutationFn: (submitted: HTMLFormElement) => run(valuesOf(submitted)) });
  // Where the first fault is, there goes the focus, once it is on the screen.
  useEffect(() => {
    if (error !== null) form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [error, form]);
  const faults = error instanceof Refused ? error.fields : NONE;
  const elsewhere = Object.keys(faults).find((name) => !shown.includes(name));
  const isShown = Object.keys(faults).length > 0 && elsewhere === undefined;
  const first = elsewhere === undefined ? undefined : faults[elsewhere]?.[0];
  return {
    isPending,
    faults,
    fault: error === null || isShown ? undefined : (first ?? sentenceFor(error)),
    error,
    onSubmit: (event) => {
      event.preventDefault();
      mutate(event.currentTarget);
    },
  };
}
