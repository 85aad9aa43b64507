import type { App } from '../../domain/app.ts';
import type { DevTools } from '../../domain/dev/dev-tools.ts';
import type { Answer } from '../answer.ts';
import type { Data } from '../body.ts';
import type { PlainAnswer } from '../plain-routes.ts';
import { type HttpRefusal, refuseHttp } from '../refusals.ts';
import type { PathParameter, PathValues } from '../route.ts';

/** What a handler of the development server is given. */
export interface DevCall {
  readonly app: App;
  readonly tools: DevTools;
  readonly version: string;
  readonly parameters: PathValues;
  readonly query: URLSearchParams;
  readonly data: Data;
  /** from the address that was asked for to the server's root, which a proxy may have put below a path: `../../` */
  readonly root: string;
  /** somebody looks at it in a browser */
  readonly wantsPage: boolean;
}

/** One thing that the development server can be asked, as data. None of it is in the API's description. */
export interface DevRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters?: Readonly<Record<string, PathParameter>>;
  /** for the list of these on the page */
  readonly about: string;
  readonly answer: (call: DevCall) => Promise<Answer | PlainAnswer | HttpRefusal>;
}

/** One field was wrong. */
export const wrongField = (name: string, text: string): HttpRefusal =>
  refuseHttp('wrong_fields', { fields: { [name]: [text] } });

/** A text that was sent, in JSON or by a form. */
export function textOf(data: Data, name: string): string | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || !Object.hasOwn(data, name))
    return undefined;
  const value = (data as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
