import type { Origin, SessionEnded } from '../audit/event.ts';
import type { Session, Store } from '../store.ts';

/** Ends a session of which an old refresh token came back. One event, however many processes notice. */
export async function endReusedSession(
  outer: Store,
  { id, userId }: Pick<Session, 'id' | 'userId'>,
  now: number,
  origin: Origin,
): Promise<void> {
  await outer.transaction(async (store) => {
    const endedHere = await store.sessions.end(id, userId, now);
    if (endedHere)
      await store.audit.record({ event: 'refresh_token_reused', userId, sessionId: id }, now, origin);
  });
}

/** Ends a session because its owner wants it. False when it had ended before, or is not his. */
export function endSession(
  outer: Store,
  { id, userId }: Pick<Session, 'id' | 'userId'>,
  now: number,
  origin: Origin,
  why: SessionEnded['why'] = 'logout',
): Promise<boolean> {
  return outer.transaction(async (store) => {
    const endedHere = await store.sessions.end(id, userId, now);
    const event = { event: 'session_ended', userId, actorId: userId, sessionId: id, why } as const;
    if (endedHere) await store.audit.record(event, now, origin);
    return endedHere;
  });
}
