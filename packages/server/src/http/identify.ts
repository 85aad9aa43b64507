import type { IncomingMessage } from 'node:http';
import { type Actor, actorOf } from '../domain/actor.ts';
import type { App } from '../domain/app.ts';
import type { Outcome, Reason } from '../domain/outcome.ts';
import { done, refuse } from '../domain/outcome.ts';
import type { CookieJar } from './cookies.ts';
import type { Route } from './route.ts';

/** The header's value; several are joined, as WSGI servers do. (Node would keep the first.) */
function authorizationOf({ headers, rawHeaders }: IncomingMessage): string {
  if (headers.authorization === undefined) return '';
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') values.push(rawHeaders[i + 1] ?? '');
  }
  return values.join(',');
}

function wordsOf(value: string): string[] {
  const token = value.slice('Bearer '.length);
  const isUsual = value.startsWith('Bearer ') && token !== '' && !/[ \t]/.test(token);
  return isUsual ? ['Bearer', token] : value.split(/[ \t]+/).filter(Boolean);
}

/** The one word behind `Bearer`, if it is one. */
export function bearerOf(request: IncomingMessage): string | undefined {
  const [scheme, token, ...more] = wordsOf(authorizationOf(request));
  return scheme === 'Bearer' && more.length === 0 ? token : undefined;
}

/**
 * Who asks, by the Authorization header, as SimpleJWT reads it: another scheme than `Bearer` is no
 * credentials, `Bearer` with anything but one word after it is an error. Without the header, the access token in a
 * cookie counts on routes that refuse strangers (with a stale one a person must still be able to register).
 */
export function identify(
  app: App,
  mode: Route['identify'],
  request: IncomingMessage,
  jar: CookieJar,
): Outcome<Actor | undefined, Reason> | Promise<Outcome<Actor | undefined, Reason>> {
  if (mode === 'never') return done(undefined);
  if (mode === 'required' && jar.access !== undefined && request.headers.authorization === undefined)
    return actorOf(app, jar.access);
  const [scheme, token, ...more] = wordsOf(authorizationOf(request));
  if (scheme !== 'Bearer') return mode === 'required' ? refuse('not_authenticated') : done(undefined);
  if (token === undefined || more.length > 0) return refuse('bad_authorization_header');
  return actorOf(app, token);
}
