import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import type { Actor } from '../domain/actor.ts';
import { adminActorOf } from '../domain/admin/admin-session.ts';
import { asStaff, hasSteppedUp, type Staff } from '../domain/admin/staff.ts';
import type { App } from '../domain/app.ts';
import { done, type Outcome, type Reason } from '../domain/outcome.ts';
import { type CookieJar, cookieIn } from './cookies.ts';
import { foreignPage, isSafe, wrongCsrfToken } from './csrf.ts';
import { identify } from './identify.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';
import type { Operation, Route } from './route.ts';

/** Of this very host, and for every path: browsers take no other with this prefix. */
export const ADMIN_COOKIE = '__Host-latchkey_admin';

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

const ID = /^[\w-]{43}$/;

/** The cookie of the admin site: what came, and what the answer sets. */
export interface AdminCookie {
  /** undefined when it was not sent, is no id, or came twice */
  readonly id: string | undefined;
  /** Set-Cookie headers of the answer */
  readonly lines: readonly string[];
  /** Gives the id to the browser, which forgets it when it is closed. */
  keep(id: string): void;
  drop(): void;
}

const NO_COOKIE: AdminCookie = Object.freeze({ id: undefined, lines: [], keep: () => {}, drop: () => {} });

/** The cookie of a request; elsewhere than in the admin it is neither read nor set. */
export function adminCookie(isForStaff: boolean, { headers }: Pick<IncomingMessage, 'headers'>): AdminCookie {
  if (!isForStaff) return NO_COOKIE;
  const lines: string[] = [];
  const value = cookieIn(headers.cookie, ADMIN_COOKIE);
  return {
    id: value !== undefined && ID.test(value) ? value : undefined,
    lines,
    keep: (id) => void lines.push(`${ADMIN_COOKIE}=${id}; ${ATTRIBUTES}`),
    drop: () => void lines.push(`${ADMIN_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`),
  };
}

/**
 * Who asks in the admin: by a bearer token, or else by the session of the admin site. No other cookie counts: who is logged in
 * to an application is not signed in here.
 */
export async function identifyInAdmin(
  app: App,
  mode: Route['identify'],
  message: IncomingMessage,
  cookie: AdminCookie,
  jar: CookieJar,
): Promise<Outcome<Actor | undefined, Reason>> {
  const isByCookie = message.headers.authorization === undefined && cookie.id !== undefined;
  if (mode === 'never' || !isByCookie) return identify(app, mode, message, { ...jar, access: undefined });
  const found = await adminActorOf(app, cookie.id);
  if (!found.ok) cookie.drop();
  return found;
}

/** As which a session of the admin site stands in its CSRF token: never that of another kind of session. */
export const csrfNameOf = (key: string) => `admin ${key}`;

/**
 * Refuses what a page that is not the admin's makes a browser do, as `forgeryIn` does, and more strictly: pages of other origins have
 * no business here, whether they are listed or of the same site. Who signs in has no session yet, and no token.
 */
export function forgeryInAdmin(
  config: Config,
  message: IncomingMessage,
  actor: Actor | undefined,
): HttpRefusal | undefined {
  const session = actor?.adminSession;
  if (session === undefined && actor !== undefined) return undefined;
  const changes = !isSafe(message) && session !== undefined;
  const foreign = foreignPage({ ...config, corsOrigins: [] }, message, changes);
  if (foreign !== undefined) return refuseHttp('csrf_failed', { text: foreign });
  if (message.headers['sec-fetch-site'] === 'same-site')
    return refuseHttp('csrf_failed', { text: 'the page is of another origin.' });
  return changes ? wrongCsrfToken(config, message, csrfNameOf(session.key)) : undefined;
}

/** The door of an operation for staff: who may not, or has to give his password again, comes no further. */
export async function admitStaff(
  app: App,
  { staff: needed, stepUp }: Operation,
  actor: Actor | undefined,
): Promise<Outcome<Staff | undefined, 'permission_denied' | 'step_up_required'>> {
  if (needed === undefined || needed === 'nobody' || actor === undefined) return done(undefined);
  const staff = await asStaff(app, actor, needed);
  if (!staff.ok || !stepUp) return staff;
  const steppedUp = hasSteppedUp(app, staff.value);
  return steppedUp.ok ? staff : steppedUp;
}
