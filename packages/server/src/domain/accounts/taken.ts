import { type Refusal, refuse } from '../outcome.ts';

/** The refusal for login names that somebody else has. */
export function refuseTaken(taken: readonly ('username' | 'email')[]): Refusal<'faulty_fields'> {
  const faults = Object.fromEntries(taken.map((field) => [field, [{ code: `${field}_taken` } as const]]));
  return refuse('faulty_fields', { faults });
}
