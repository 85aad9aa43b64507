import { isSessionRefused } from './refused.ts';
import { answerOf, type HeaderValues, type Place, send } from './send.ts';
import { changes, LONGEST_TURN, type Session, singleFlight } from './session.ts';
import { inMemory, type TokenStorage } from './token-storage.ts';
import type { AnswerOf } from './types.ts';

type Pair = AnswerOf<'POST', '/api/token/'>;

export interface BearerSessionOptions extends Place {
  /** in memory unless said otherwise */
  readonly storage?: TokenStorage | undefined;
}

/**
 * A session of a server in bearer mode. The access token is in memory alone; the refresh token in the storage. One refresh runs at
 * a time, in all tabs that share the storage. A refused refresh token is forgotten; when the server cannot be reached it is kept.
 */
export function bearerSession({ storage = inMemory(), ...place }: BearerSessionOptions): Session {
  const { tell, listen } = changes();
  let access: string | undefined;

  const keep = (pair: Pair | undefined) => {
    access = pair?.access;
    storage.write(pair?.refresh);
    tell(pair !== undefined);
  };
  const post = async (path: string, body: unknown, signal?: AbortSignal) =>
    (await answerOf(await send(place, { method: 'POST', path, body, signal }))) as Pair;

  /** Undefined when the token is refused. */
  const exchange = async (refresh: string): Promise<Pair | undefined> => {
    try {
      return await post('/api/token/refresh/', { refresh }, AbortSignal.timeout(LONGEST_TURN));
    } catch (error) {
      if (isSessionRefused(error)) return undefined;
      throw error;
    }
  };
  /** What was put there meanwhile is newer than what was exchanged here: a login stays, and so does a logout. */
  const rotate = async (): Promise<boolean> => {
    const refresh = storage.read();
    const pair = refresh === undefined ? undefined : await exchange(refresh);
    if (storage.read() !== refresh) return rotate();
    keep(pair);
    return pair !== undefined;
  };
  const refreshOnce = singleFlight(() => storage.alone(rotate));
  const keepAlone = (pair: Pair) => storage.alone(async () => keep(pair));
  const takeAlone = () =>
    storage.alone(async () => {
      const refresh = storage.read();
      keep(undefined);
      return refresh;
    });

  return {
    headersFor: (): HeaderValues => (access === undefined ? {} : { Authorization: `Bearer ${access}` }),
    renew: async ({ Authorization: sent }) => {
      if (access !== undefined && sent !== `Bearer ${access}`) return true;
      return refreshOnce();
    },
    logIn: async (credentials) => keepAlone(await post('/api/token/', credentials)),
    logOut: async () => {
      const refresh = await takeAlone();
      if (refresh === undefined) return;
      await post('/api/token/blacklist/', { refresh }).catch((error: unknown) => {
        if (!isSessionRefused(error)) throw error;
      });
    },
    restore: () => (access === undefined ? refreshOnce() : Promise.resolve(true)),
    forget: () => keep(undefined),
    isLoggedIn: () => access !== undefined,
    onChange: listen,
  };
}
