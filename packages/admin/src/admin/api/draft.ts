import { Refused } from 'latchkey-client';
import { useState } from 'react';

type Fields = Readonly<Record<string, unknown>>;

/** What somebody else changed of a thing after it was read, as it is now. */
export interface Conflict {
  readonly changed: Fields;
  readonly version: string;
}

/** The refusal to save over what was changed meanwhile. */
export function conflictOf(error: unknown): Conflict | undefined {
  return error instanceof Refused && error.code === 'changed_meanwhile'
    ? (error.body as Conflict)
    : undefined;
}

interface Draft<Read, Values> {
  readonly read: Read;
  readonly edited: Partial<Values>;
  readonly changed: Fields;
}

/**
 * What is being typed into a form about a thing of the server's. From the first change on the thing stays as it was read, with
 * its version, though the page asks for it anew. After a conflict it counts as read again, for what is there now is shown
 * (`changed`); what was typed stays, and can be saved over it.
 */
export function useDraft<Read extends { readonly version: string }, Values>(now: Read) {
  const [draft, setDraft] = useState<Draft<Read, Values>>();
  const begun: Draft<Read, Values> = { read: now, edited: {}, changed: {} };
  return {
    ...(draft ?? begun),
    edit: (part: Partial<Values>) =>
      setDraft((old = begun) => ({ ...old, edited: { ...old.edited, ...part } })),
    meet: ({ changed, version }: Conflict) =>
      setDraft((old = begun) => ({
        ...old,
        read: { ...old.read, ...changed, version },
        changed: { ...old.changed, ...changed },
      })),
    end: () => setDraft(undefined),
  };
}
