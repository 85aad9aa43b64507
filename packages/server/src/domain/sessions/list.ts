import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import { expiredBy } from '../tokens/leeway.ts';
import { deviceOf } from './device.ts';

/** A session as its owner sees it. The id names it and opens nothing: every token is signed. */
export interface ShownSession {
  readonly id: string;
  /** such as `Firefox on Windows` */
  readonly device: string;
  /** that it was opened from */
  readonly ip: string;
  readonly createdAt: number;
  /** the last login or refresh: requests in between are not written down */
  readonly lastUsedAt: number;
  readonly isCurrent: boolean;
}

/** The live sessions of who asks, the newest first. */
export async function listSessions(
  { store, clock, config }: Pick<App, 'store' | 'clock' | 'config'>,
  { id: userId, sessionId }: Actor,
): Promise<readonly ShownSession[]> {
  const now = clock.now();
  const live = await store.sessions.liveOf(
    userId,
    expiredBy(config, now),
    now - config.sessionMaxSeconds * 1000,
  );
  return Promise.all(
    live.map(async ({ id, ip, userAgent, createdAt, lastUsedAt }) => {
      const device = await deviceOf(userAgent);
      return { id, device, ip, createdAt, lastUsedAt, isCurrent: id === sessionId };
    }),
  );
}
