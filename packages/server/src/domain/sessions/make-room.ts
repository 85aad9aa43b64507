import type { Origin } from '../audit/event.ts';
import type { Store } from '../store.ts';

/** Live sessions that an account may have. */
export const MOST_SESSIONS = 50;

/**
 * Ends the least recently used live sessions of an account that has too many now that it has this one, and notes each.
 * Only in the transaction that opened it and that has locked the account (`admit`, `adopt`), so that of logins at the
 * same time each sees the sessions of the ones before it.
 */
export async function makeRoom(
  store: Store,
  userId: number,
  openedId: string,
  now: number,
  origin: Origin,
): Promise<void> {
  const ended = await store.sessions.endLeastUsed(userId, openedId, MOST_SESSIONS, now);
  for (const sessionId of ended)
    await store.audit.record({ event: 'session_ended', userId, sessionId, why: 'displaced' }, now, origin);
}
