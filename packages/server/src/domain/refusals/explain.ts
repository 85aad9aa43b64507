import type { App } from '../app.ts';
import type { RecordedEvent } from '../audit/event.ts';
import type { Account, Session } from '../store.ts';
import { readForOperator, type TokenReading } from '../tokens/reading.ts';
import { readSessionId } from '../tokens/session-id.ts';
import { readUserId } from '../tokens/user-id.ts';
import { verifyToken } from '../tokens/verify.ts';
import type { RefusalNote } from './refusal-note.ts';

type Needs = Pick<App, 'store' | 'clock' | 'keys' | 'djangoKeys' | 'config'>;

/** What the database knows of the session and the account that a token names. */
export interface Standing {
  readonly account: Account | undefined;
  readonly session: Session | undefined;
  /** what was noted at the moment the session ended */
  readonly ending: readonly RecordedEvent[];
}

/** A token with what keys, clock and database say of it now. */
export interface TokenJudgement {
  readonly at: number;
  readonly reading: TokenReading;
  readonly standing: Standing | undefined;
  /** undefined when it is good */
  readonly reason: string | undefined;
}

/** A request as far as it is remembered. */
export interface RequestStory {
  readonly refusals: readonly { readonly note: RefusalNote; readonly standing: Standing | undefined }[];
  readonly events: readonly RecordedEvent[];
}

/** Only of a token whose signature is good: what others say of themselves is nobody's. */
async function standingOf({ store }: Pick<App, 'store'>, reading: TokenReading | undefined) {
  if (reading?.signature !== 'good') return undefined;
  const userId = readUserId(reading.userId);
  const sessionId = readSessionId(reading.sid);
  const account = userId === undefined ? undefined : await store.accounts.byId(userId);
  const session = sessionId === undefined ? undefined : await store.sessions.byId(sessionId);
  const endedAt = session?.endedAt;
  // Whatever ends a session notes it in the same transaction, with the same instant.
  const ending =
    endedAt === undefined
      ? []
      : await store.audit.list(20, { userId: session?.userId, since: endedAt, until: endedAt + 1 });
  return { account, session, ending: ending.filter((event) => isEndOf(event, session)) };
}

function isEndOf({ event }: RecordedEvent, session: Session | undefined): boolean {
  if (event.event === 'logged_in') return false;
  return !('sessionId' in event) || event.sessionId === session?.id;
}

/** What is known of a request: why it was refused, and what was noted of it in the audit trail. */
export async function explainRequest(app: Pick<App, 'store'>, requestId: string): Promise<RequestStory> {
  const notes = await app.store.refusals.byRequest(requestId);
  const refusals = [];
  for (const note of notes) refusals.push({ note, standing: await standingOf(app, note.detail.token) });
  return { refusals, events: await app.store.audit.list(20, { requestId }) };
}

/** Judges a token with the keys and the database as they are now. Nothing is changed by it. */
export async function explainToken(app: Needs, text: string): Promise<TokenJudgement> {
  const at = app.clock.now();
  const reading = readForOperator(app, text, at);
  const verified = await verifyToken(app, text);
  const standing = await standingOf(app, reading);
  return { at, reading, standing, reason: verified.ok ? undefined : verified.reason };
}
