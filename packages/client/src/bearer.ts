import { Refused } from './refused.ts';
import { answerOf, type HeaderValues, type Place, send } from './send.ts';
import { changes, type Session, singleFlight } from './session.ts';
import { inMemory, type TokenStorage } from './token-storage.ts';
import type { AnswerOf } from './types.ts';

type Pair = AnswerOf<'POST', '/api/token/'>;

export interface BearerSessionOptions extends Place {
  /** in memory unless said otherwise */
  readonly storage?: TokenStorage | undefined;
}

const wasRefused = (error: unknown) => error instanceof Refused && [400, 401].includes(error.status);

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
  const post = async (path: string, body: unknown) =>
    answerOf(await send(place, { method: 'POST', path, body }));

  /** What another tab put there meanwhile is newer than what was refused here. */
  const rotate = async (): Promise<boolean> => {
    const refresh = storage.read();
    if (refresh === undefined) {
      keep(undefined);
      return false;
    }
    try {
      keep((await post('/api/token/refresh/', { refresh })) as Pair);
      return true;
    } catch (error) {
      if (!wasRefused(error)) throw error;
      if (storage.read() !== refresh) return rotate();
      keep(undefined);
      return false;
    }
  };
  const refreshOnce = singleFlight(() => storage.alone(rotate));

  return {
    headersFor: (): HeaderValues => (access === undefined ? {} : { Authorization: `Bearer ${access}` }),
    renew: async ({ Authorization: sent }) => {
      if (access !== undefined && sent !== `Bearer ${access}`) return true;
      return refreshOnce();
    },
    logIn: async (credentials) => keep((await post('/api/token/', credentials)) as Pair),
    logOut: async () => {
      const refresh = storage.read();
      keep(undefined);
      if (refresh === undefined) return;
      await post('/api/token/blacklist/', { refresh }).catch((error: unknown) => {
        if (!wasRefused(error)) throw error;
      });
    },
    restore: () => (access === undefined ? refreshOnce() : Promise.resolve(true)),
    forget: () => keep(undefined),
    isLoggedIn: () => access !== undefined,
    onChange: listen,
  };
}
