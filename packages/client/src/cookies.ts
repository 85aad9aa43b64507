import { guarded } from './guarded.ts';
import { Refused } from './refused.ts';
import { answerOf, type HeaderValues, type Place, send } from './send.ts';
import { changes, type Session, singleFlight } from './session.ts';

/** What cookie mode answers instead of a pair; with TOKEN_TRANSPORT=cookie-only the access token is in a cookie as well. */
interface HandedOver {
  readonly access?: string;
  readonly csrf_token: string;
}

const isStranger = (error: unknown) => error instanceof Refused && [400, 401].includes(error.status);

/**
 * A session of a server in cookie mode: the refresh token is in a cookie that no script can read. Pages of other origins than the
 * server's have to be of the same site and in its CORS_ORIGINS.
 */
export function cookieSession(place: Place): Session {
  const { tell, listen } = changes();
  let held: HandedOver | undefined;

  const keep = (handedOver: HandedOver | undefined) => {
    held = handedOver;
    tell(handedOver !== undefined);
  };
  const ask = async (method: string, path: string, body?: unknown) =>
    answerOf(
      await send(place, {
        method,
        path,
        body,
        headers: guarded(method, held?.csrf_token),
        credentials: 'include',
      }),
    );

  /** The CSRF token of a page that was loaded anew is asked for; it is the session's, and stays the same. */
  const refreshOnce = singleFlight(async () => {
    try {
      if (held === undefined) held = (await ask('GET', '/api/token/csrf/')) as HandedOver;
      keep((await ask('POST', '/api/token/refresh/', {})) as HandedOver);
      return true;
    } catch (error) {
      if (!isStranger(error)) throw error;
      keep(undefined);
      return false;
    }
  });

  const headersFor = (method: string): HeaderValues => ({
    ...(held?.access !== undefined && { Authorization: `Bearer ${held.access}` }),
    ...guarded(method, held?.csrf_token),
  });
  return {
    credentials: 'include',
    headersFor,
    renew: async ({ Authorization: sent }) => {
      const now = headersFor('GET').Authorization;
      return now !== undefined && now !== sent ? true : refreshOnce();
    },
    logIn: async (credentials) => {
      held = undefined;
      keep((await ask('POST', '/api/token/', credentials)) as HandedOver);
    },
    logOut: async () => {
      try {
        await ask('POST', '/api/token/blacklist/', {});
      } catch (error) {
        if (!isStranger(error)) throw error;
      } finally {
        keep(undefined);
      }
    },
    restore: () => (held === undefined ? refreshOnce() : Promise.resolve(true)),
    forget: () => keep(undefined),
    isLoggedIn: () => held !== undefined,
    onChange: listen,
  };
}
