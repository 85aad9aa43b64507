import { guarded } from './guarded.ts';
import { inTurnInAllTabs } from './in-turn.ts';
import { isSessionRefused, Refused } from './refused.ts';
import { answerOf, type HeaderValues, type Place, send } from './send.ts';
import { changes, LONGEST_TURN, type Session, singleFlight } from './session.ts';

/** What cookie mode answers instead of a pair; with TOKEN_TRANSPORT=cookie-only the access token is in a cookie as well. */
interface HandedOver {
  readonly access?: string;
  readonly csrf_token: string;
}

const isForgery = (error: unknown) => error instanceof Refused && error.status === 403;

/**
 * A session of a server in cookie mode: the refresh token is in a cookie that no script can read. Pages of other origins than the
 * server's have to be of the same site and in its CORS_ORIGINS. All tabs have the cookie in common: what changes it goes one after
 * the other, and where another tab logged in, that session is taken up.
 */
export function cookieSession(place: Place): Session {
  const { tell, listen } = changes();
  const alone = inTurnInAllTabs(`latchkey.cookie ${place.baseUrl}`);
  let held: HandedOver | undefined;
  /** of the cookie's session, also when it is not known yet whether that still is one */
  let csrf: string | undefined;
  let timesForgotten = 0;

  const keep = (handedOver: HandedOver | undefined) => {
    held = handedOver;
    csrf = handedOver?.csrf_token;
    tell(handedOver !== undefined);
  };
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = guarded(method, csrf);
    const signal = AbortSignal.timeout(LONGEST_TURN);
    const request = { method, path, body, headers, signal, credentials: 'include' } as const;
    return (await answerOf(await send(place, request))) as HandedOver;
  };

  const askCsrf = async () => (await ask('GET', '/api/token/csrf/')).csrf_token;

  /** With the CSRF token of the cookie's session. A page that was loaded anew has none, and that of an ended session is refused. */
  const askGuarded = async (path: string): Promise<HandedOver> => {
    csrf ??= await askCsrf();
    try {
      return await ask('POST', path, {});
    } catch (error) {
      if (!isForgery(error)) throw error;
    }
    // Perhaps another person: nothing of the last one stays on the page.
    keep(undefined);
    csrf = await askCsrf();
    return ask('POST', path, {});
  };
  const refresh = async (): Promise<HandedOver | undefined> => {
    try {
      return await askGuarded('/api/token/refresh/');
    } catch (error) {
      if (isSessionRefused(error)) return undefined;
      throw error;
    }
  };
  const refreshOnce = singleFlight(() =>
    alone(async () => {
      const before = timesForgotten;
      const handedOver = await refresh();
      keep(timesForgotten === before ? handedOver : undefined);
      return held !== undefined;
    }),
  );

  const headersFor = (method: string): HeaderValues => ({
    ...(held?.access !== undefined && { Authorization: `Bearer ${held.access}` }),
    ...guarded(method, csrf),
  });
  return {
    credentials: 'include',
    headersFor,
    renew: async ({ Authorization: sent }) => {
      const now = headersFor('GET').Authorization;
      return now !== undefined && now !== sent ? true : refreshOnce();
    },
    logIn: (credentials) =>
      alone(async () => {
        keep(undefined);
        keep(await ask('POST', '/api/token/', credentials));
      }),
    logOut: () =>
      alone(async () => {
        try {
          await askGuarded('/api/token/blacklist/');
        } catch (error) {
          if (!isSessionRefused(error)) throw error;
        } finally {
          keep(undefined);
        }
      }),
    restore: () => (held === undefined ? refreshOnce() : Promise.resolve(true)),
    forget: () => {
      timesForgotten += 1;
      keep(undefined);
    },
    isLoggedIn: () => held !== undefined,
    onChange: listen,
  };
}
