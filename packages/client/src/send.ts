import { Refused } from './refused.ts';

export type HeaderValues = Readonly<Record<string, string>>;

/** Where a server is, and how it is reached. */
export interface Place {
  /** its address, with the path it is under, without a slash at the end; `''` is the server of the page */
  readonly baseUrl: string;
  /** another `fetch`, such as one that logs */
  readonly fetch?: typeof fetch | undefined;
}

/** One request, whole. */
export interface Request {
  readonly method: string;
  /** parameters filled in */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: HeaderValues | undefined;
  readonly credentials?: RequestCredentials | undefined;
  readonly signal?: AbortSignal | undefined;
}

const isForm = (body: unknown): body is FormData =>
  typeof FormData !== 'undefined' && body instanceof FormData;

/** Sends a request; whatever its status, that is the answer. */
export function send({ baseUrl, fetch: ask = fetch }: Place, request: Request): Promise<Response> {
  const { method, path, body, headers, credentials, signal } = request;
  const isJson = body !== undefined && !isForm(body);
  return ask(`${baseUrl}${path}`, {
    method,
    headers: {
      Accept: 'application/json, */*',
      ...(isJson && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isForm(body) ? body : JSON.stringify(body) }),
    ...(credentials !== undefined && { credentials }),
    ...(signal !== undefined && { signal }),
  });
}

/** The body of an answer: JSON as its value, nothing as undefined, everything else as text. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') ?? false;
  return isJson ? JSON.parse(text) : text === '' ? undefined : text;
}

/** What a success says. Throws a `Refused` for everything else. */
export async function answerOf(response: Response): Promise<unknown> {
  if (response.ok) return bodyOf(response);
  throw new Refused(response, await bodyOf(response).catch(() => undefined));
}
