import type { Actor } from '../domain/actor.ts';
import type { App } from '../domain/app.ts';
import type { Origin } from '../domain/audit/event.ts';
import type { Limit } from '../domain/limits/limit.ts';
import type { Outcome, Reason } from '../domain/outcome.ts';
import type { Data } from './body.ts';
import type { Fields, ValuesOf } from './fields.ts';

/** A JSON Schema, for OpenAPI. */
export type Schema = Readonly<Record<string, unknown>>;

/** What the handler of an operation is given. */
export interface Call<F extends Fields = Fields> {
  readonly app: App;
  readonly origin: Origin;
  /** the fields that passed their checks */
  readonly values: ValuesOf<F>;
  /** the body as it came */
  readonly data: Data;
  /** who asks; undefined where nobody has to say */
  readonly actor: Actor | undefined;
}

/** One method of a route, as data. */
export interface Operation<F extends Fields = Fields> {
  readonly summary: string;
  readonly fields?: F;
  /** a body to try, for OpenAPI */
  readonly example?: unknown;
  /** the body, for OpenAPI, where it is not described by fields */
  readonly bodySchema?: Schema;
  readonly success: { readonly status: number; readonly schema: Schema; readonly example: unknown };
  readonly refusals: readonly Reason[];
  /** counted by network before the body is read */
  readonly limits?: readonly Limit[];
  /** calls one use case; the value becomes the body */
  readonly handle: (call: Call<F>) => Promise<Outcome<unknown, Reason>>;
}

/**
 * A path of the API. `identify`: `never` does not look at the Authorization header, `if_given` refuses a bad
 * one, `required` refuses strangers.
 */
export interface Route {
  readonly path: string;
  /** the chapter of the documentation it stands in */
  readonly chapter: 'Accounts' | 'Tokens' | 'Dashboard';
  /** REST framework's view name and description, for OPTIONS */
  readonly name: string;
  readonly description: string;
  readonly identify: 'never' | 'if_given' | 'required';
  readonly operations: { readonly GET?: Operation; readonly POST?: Operation };
}

/**
 * Lets the compiler see which values the handler gets from the fields, and that it refuses for no reason that
 * is not listed.
 */
export function operation<const F extends Fields, const R extends Reason>(
  definition: Operation<F> & {
    readonly refusals: readonly R[];
    readonly handle: (call: Call<F>) => Promise<Outcome<unknown, NoInfer<R>>>;
  },
): Operation {
  return definition as unknown as Operation;
}

/** What a bearer token may be refused for, on every route that looks at it. */
const IDENTITY_REFUSALS = [
  'bad_authorization_header',
  'access_token_refused',
  'no_user_in_token',
  'user_not_found',
  'user_inactive',
] as const satisfies readonly Reason[];

/** All that an operation of a route may refuse for. */
export function refusalsOf({ identify }: Route, { refusals, limits }: Operation): readonly Reason[] {
  const own = limits === undefined ? refusals : [...refusals, 'throttled' as const];
  if (identify === 'never') return own;
  const identity =
    identify === 'required' ? (['not_authenticated', ...IDENTITY_REFUSALS] as const) : IDENTITY_REFUSALS;
  return [...identity, ...own];
}

/** The methods of a route as the Allow header has them. */
export function allowOf(route: Route): string {
  return [...Object.keys(route.operations), 'OPTIONS'].join(', ');
}
