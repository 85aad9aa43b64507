import { answerOf, type HeaderValues, type Place, send } from './send.ts';
import type { Auth } from './session.ts';
import type { Asks } from './types.ts';

/** Asks a server, typed by method and path. */
export interface Client {
  readonly get: Asks<'GET'>;
  readonly post: Asks<'POST'>;
  readonly put: Asks<'PUT'>;
  readonly patch: Asks<'PATCH'>;
  readonly delete: Asks<'DELETE'>;
}

export interface ClientOptions extends Place {
  /** who asks; nobody unless said otherwise */
  readonly auth?: Auth | undefined;
}

type Value = string | number | boolean | undefined;

interface Needs {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, Value | readonly Value[]>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

const NOBODY: Auth = { headersFor: () => ({}), renew: async () => false };

/** Of one segment of a path. Browsers and servers would take an empty one, and dots, for another place: escaped or not. */
function segmentWith(path: string, name: string, value: string | number | undefined): string {
  const text = String(value ?? '');
  if (['', '.', '..'].includes(text)) throw new TypeError(`{${name}} of ${path} cannot be '${text}'.`);
  return encodeURIComponent(text);
}

/**
 * A path with its parameters filled in and its query behind it; what is undefined is left out. Throws a `TypeError` for a parameter
 * that would lead to another path.
 */
export function pathWith(
  path: string,
  { path: values = {}, query = {} }: Pick<Needs, 'path' | 'query'>,
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => segmentWith(path, name, values[name]));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)]])),
  );
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs)}`;
}

/** The code of a refusal, without using its body up. */
async function codeOf(response: Response): Promise<unknown> {
  const body = await response
    .clone()
    .json()
    .catch(() => undefined);
  return body?.code;
}

/** Is it worth asking again? After a 401 with a renewed session, after `step_up_required` once the password was given. */
async function canAskAgain(auth: Auth, response: Response, sent: HeaderValues): Promise<boolean> {
  if (response.status === 401) return auth.renew(sent);
  if (response.status !== 403 || auth.stepUp === undefined) return false;
  return (await codeOf(response)) === 'step_up_required' && auth.stepUp();
}

/**
 * A client for the server at `baseUrl`. After a 401 it renews its session and asks once more.
 *
 * ```ts
 * const session = bearerSession({ baseUrl });
 * const client = createClient({ baseUrl, auth: session });
 * await session.logIn({ username: 'admin', password: 'admin' });
 * const { response } = await client.get('/api/dashboard/');
 * ```
 */
export function createClient({ auth = NOBODY, ...place }: ClientOptions): Client {
  const ask = async (method: string, path: string, needs: Needs = {}): Promise<unknown> => {
    const { body, signal } = needs;
    const { credentials } = auth;
    const request = { method, path: pathWith(path, needs), body, credentials, signal };
    const headers = auth.headersFor(method);
    const response = await send(place, { ...request, headers });
    if (!(await canAskAgain(auth, response, headers))) return answerOf(response);
    await response.body?.cancel();
    return answerOf(await send(place, { ...request, headers: auth.headersFor(method) }));
  };
  const asks = (method: string) => (path: string, needs?: Needs) => ask(method, path, needs);
  return {
    get: asks('GET'),
    post: asks('POST'),
    put: asks('PUT'),
    patch: asks('PATCH'),
    delete: asks('DELETE'),
  } as Client;
}
