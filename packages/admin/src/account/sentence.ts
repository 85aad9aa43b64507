import { Refused } from 'latchkey-client';
import { texts } from './texts.ts';

/** Why something was not done, in a sentence. */
export function sentenceFor(error: unknown): string {
  if (!(error instanceof Refused)) return texts.away;
  return error.status === 429 && error.retryAfter !== undefined
    ? texts.wait(error.retryAfter)
    : error.message;
}
