import type { Actor } from '../domain/actor.ts';
import type { Permission } from '../domain/admin/permissions.ts';
import type { Staff } from '../domain/admin/staff.ts';
import type { App } from '../domain/app.ts';
import type { Origin } from '../domain/audit/event.ts';
import type { Limit } from '../domain/limits/limit.ts';
import type { Outcome, Reason } from '../domain/outcome.ts';
import type { AdminCookie } from './admin-session.ts';
import type { Data } from './body.ts';
import type { CookieJar } from './cookies.ts';
import type { Fields, ValuesOf } from './fields.ts';
import type { Query, QueryValuesOf } from './query.ts';

/** A JSON Schema, for OpenAPI. */
export type Schema = Readonly<Record<string, unknown>>;

/** What stands in a path of a request, by name. */
export type PathValues = Readonly<Record<string, string>>;

/** A part of a path that differs, as data: what does not match is a path that is not there. */
export interface PathParameter {
  readonly about: string;
  /** of the whole part, as it is sent: nothing is decoded. A slash never matches */
  readonly pattern: string;
  readonly example: string;
}

/** What an operation answers when all is well; 204 is an answer without a body. */
export type Success =
  | { readonly status: 200 | 201; readonly schema: Schema; readonly example: unknown }
  | SentFile
  | { readonly status: 204 };

/** The handler's value is an `AsyncIterable` of texts, which are sent as they come, to be kept in a file. */
export interface SentFile {
  readonly status: 200;
  readonly file: { readonly type: string; readonly name: string };
  readonly schema: Schema;
  readonly example: unknown;
}

/** What is known of a call before its body is. */
export interface Asked {
  readonly app: App;
  /** what stands in the path, by the names of the route's parameters */
  readonly parameters: PathValues;
  /** who asks; undefined where nobody has to say */
  readonly actor: Actor | undefined;
  /** who asks for an operation of staff, once he may */
  readonly staff: Staff | undefined;
}

/** What the handler of an operation is given. */
export interface Call<F extends Fields = Fields, Q extends Query = Query> extends Asked {
  readonly origin: Origin;
  /** path and query as they were asked for */
  readonly url: string;
  /** the parameters behind the question mark that passed their checks */
  readonly query: QueryValuesOf<Q>;
  /** the fields that passed their checks */
  readonly values: ValuesOf<F>;
  /** the body as it came */
  readonly data: Data;
  /** the cookies of tokens; empty unless TOKEN_TRANSPORT says otherwise */
  readonly jar: CookieJar;
  /** that of the admin site; empty but in operations for staff */
  readonly adminCookie: AdminCookie;
}

/** One method of a route, as data. */
export interface Operation<F extends Fields = Fields, Q extends Query = Query> {
  readonly summary: string;
  /** the parameters it takes behind the question mark; without it they are not looked at */
  readonly query?: Q;
  readonly fields?: F;
  /** takes one file by multipart/form-data: its field, its bytes, and limits that are counted by account before it is read */
  readonly upload?: { readonly field: string; readonly bytes: number; readonly limits: readonly Limit[] };
  /** in cookie mode: takes the refresh token from its cookie, or only sets it. Guarded by `csrf.ts` */
  readonly cookies?: 'reads' | 'sets';
  /** a body to try, for OpenAPI */
  readonly example?: unknown;
  /** the body, for OpenAPI, where it is not described by fields */
  readonly bodySchema?: Schema;
  readonly success: Success;
  readonly refusals: readonly Reason[];
  /** where it differs from the route's: a path that strangers may write to and only some may read */
  readonly identify?: Route['identify'];
  /**
   * In the admin: what staff need, `any` where every one of them may, `nobody` where strangers may ask (to sign in). Without it
   * no operation below `ADMIN_PATH` is served.
   */
  readonly staff?: Permission | 'any' | 'nobody';
  /** dangerous: only for staff who gave their password again within five minutes */
  readonly stepUp?: boolean;
  /** who may not is told before the body is read */
  readonly permit?: (asked: Asked) => Promise<Outcome<unknown, Reason>>;
  /** counted by network before the body is read */
  readonly limits?: readonly Limit[];
  /** calls one use case; the value becomes the body, unless there is none */
  readonly handle: (call: Call<F, Q>) => Promise<Outcome<unknown, Reason>>;
}

/** The methods a route can have, in REST framework's order. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type Method = (typeof METHODS)[number];

/**
 * A path of the API. `identify`: `never` does not look at the Authorization header, `if_given` refuses a bad
 * one, `required` refuses strangers.
 */
export interface Route {
  /** with its parameters in braces: `/api/things/{id}/` */
  readonly path: string;
  /** each of the path's, by name */
  readonly parameters?: Readonly<Record<string, PathParameter>>;
  /** other spellings that are served too, but not documented */
  readonly aliases?: readonly string[];
  /** HEAD is answered as GET is, without the body */
  readonly answersHead?: boolean;
  /** the chapter of the documentation it stands in */
  readonly chapter: 'Accounts' | 'Tokens' | 'Sessions' | 'E-mail' | 'Dashboard' | 'Admin';
  /** REST framework's view name and description, for OPTIONS */
  readonly name: string;
  readonly description: string;
  readonly identify: 'never' | 'if_given' | 'required';
  readonly operations: { readonly [M in Method]?: Operation };
}

/**
 * Lets the compiler see which values the handler gets from the fields, and that it refuses for no reason that
 * is not listed.
 */
export function operation<
  const F extends Fields,
  const R extends Reason,
  const Q extends Query = Record<never, never>,
>(
  definition: Operation<F, Q> & {
    readonly refusals: readonly R[];
    readonly permit?: (asked: Asked) => Promise<Outcome<unknown, NoInfer<R>>>;
    readonly handle: (call: Call<F, Q>) => Promise<Outcome<unknown, NoInfer<R>>>;
  },
): Operation {
  return definition as unknown as Operation;
}

/** Who asks, on a route that lets no stranger in. */
export function callerOf({ actor }: Pick<Asked, 'actor'>): Actor {
  if (actor === undefined) throw new Error('a route that needs an actor does not require one');
  return actor;
}

/** Who asks, in an operation for staff. */
export function staffOf({ staff }: Pick<Asked, 'staff'>): Staff {
  if (staff === undefined) throw new Error('an operation that needs staff does not say so');
  return staff;
}

/** All of the admin API stands below this, and nothing else. */
export const ADMIN_PATH = '/api/admin/';

/** Is the route one of the admin's? */
export function isForStaff({ operations }: Route): boolean {
  return Object.values(operations).some(({ staff }) => staff !== undefined);
}

/**
 * What no server may start with: an operation below `ADMIN_PATH` that does not say which staff may, one elsewhere that does, and one
 * for staff that strangers can ask for. Each as method and path.
 */
export function unguarded(routes: readonly Route[]): readonly string[] {
  return routes.flatMap((route) => {
    const isBelow = [route.path, ...(route.aliases ?? [])].some((path) => path.startsWith(ADMIN_PATH));
    const isGuarded = (operation: Operation) => {
      const { staff, stepUp = false } = operation;
      if (staff === undefined || staff === 'nobody') return isBelow === (staff === 'nobody') && !stepUp;
      return isBelow && identifyOf(route, operation) === 'required';
    };
    return METHODS.flatMap((method) => {
      const operation = route.operations[method];
      return operation === undefined || isGuarded(operation) ? [] : [`${method} ${route.path}`];
    });
  });
}

/** What a bearer token may be refused for, on every route that looks at it. */
const IDENTITY_REFUSALS = [
  'bad_authorization_header',
  'access_token_refused',
  'no_user_in_token',
  'user_not_found',
  'user_inactive',
] as const satisfies readonly Reason[];

/** Who may ask for an operation of a route. */
export function identifyOf(route: Route, operation: Operation | undefined): Route['identify'] {
  return operation?.identify ?? route.identify;
}

/** All that an operation of a route may refuse for. */
export function refusalsOf(route: Route, operation: Operation): readonly Reason[] {
  const { limits, staff, stepUp } = operation;
  const identify = identifyOf(route, operation);
  const isForSome = staff !== undefined && staff !== 'nobody';
  const own = new Set<Reason>([
    ...(isForSome ? ['permission_denied' as const] : []),
    ...(stepUp ? ['step_up_required' as const] : []),
    ...operation.refusals,
    ...(limits === undefined ? [] : ['throttled' as const]),
  ]);
  if (identify === 'never') return [...own];
  const identity =
    identify === 'required' ? (['not_authenticated', ...IDENTITY_REFUSALS] as const) : IDENTITY_REFUSALS;
  return [...new Set([...identity, ...own])];
}

/** The methods of a route as the Allow header has them. */
export function allowOf(route: Route): string {
  const methods = METHODS.filter((method) => route.operations[method] !== undefined);
  return [...methods, ...(route.answersHead ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

const NO_PARAMETERS: PathValues = {};

/** Reads the parameters of a route from a path; undefined when it is another path. */
export function parameterReader({
  path,
  parameters,
}: Pick<Route, 'path' | 'parameters'>): (path: string) => PathValues | undefined {
  if (parameters === undefined) return () => NO_PARAMETERS;
  const source = path.replaceAll(/\{(\w+)\}/g, (_, name) => `(?<${name}>${parameters[name]?.pattern})`);
  const pattern = new RegExp(`^${source}$`);
  return (asked) => pattern.exec(asked)?.groups;
}
