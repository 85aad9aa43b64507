import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import type { Actor } from '../domain/actor.ts';
import { deriveKey } from '../domain/keys/derive.ts';
import { type CookieJar, unverifiedClaims } from './cookies.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';
import type { Operation } from './route.ts';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Does the method change nothing? */
export const isSafe = ({ method = '' }: IncomingMessage) => SAFE.includes(method);

/**
 * What a page has to send back in `X-CSRFToken` with the cookies of this session: an HMAC over its id, base64url. Nothing
 * is stored, and that of another session is of no use (OWASP's signed double submit).
 */
export function csrfToken({ secretKey }: Pick<Config, 'secretKey'>, sessionId: string): string {
  return createHmac('sha256', deriveKey(secretKey.reveal(), 'csrf')).update(sessionId).digest('base64url');
}

/** The session of a refresh token as the token has it: enough to compare with, never to be believed. */
export function sessionNamedBy(refresh: string): string {
  const { sid } = unverifiedClaims(refresh);
  return typeof sid === 'string' ? sid : '';
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** May pages of this origin use the cookies? Those of this server's own address, and those that are listed. */
function isOurOrigin(
  { publicUrl, corsOrigins }: Pick<Config, 'publicUrl' | 'corsOrigins'>,
  origin: string,
  host: string,
): boolean {
  const own = publicUrl === undefined ? `http://${host}` : new URL(publicUrl).origin;
  return origin === own || (corsOrigins !== '*' && corsOrigins.includes(origin));
}

/** What the browser says about the page that asks. `needsOrigin`: to say nothing is not enough. */
export function foreignPage(
  config: Pick<Config, 'publicUrl' | 'corsOrigins'>,
  { headers }: IncomingMessage,
  needsOrigin: boolean,
): string | undefined {
  const { origin, host = '' } = headers;
  if (origin === undefined && needsOrigin) return 'there is no Origin header.';
  if (origin !== undefined && !isOurOrigin(config, origin, host))
    return 'pages of this origin may not do this.';
  // A listed origin of another site gets no cookies sent; what comes from one all the same is no honest browser's.
  return headers['sec-fetch-site'] === 'cross-site' ? 'the page is of another site.' : undefined;
}

/** The session whose cookie would be used, if any. A bearer token is nothing that a browser sends by itself. */
function sessionInUse(
  { headers }: IncomingMessage,
  operation: Operation,
  actor: Actor | undefined,
  jar: CookieJar,
): string | undefined {
  if (operation.cookies === 'reads' && jar.refresh !== undefined) return sessionNamedBy(jar.refresh);
  const isByCookie = actor !== undefined && headers.authorization === undefined;
  return isByCookie ? actor.sessionId : undefined;
}

/**
 * Refuses what another site's page makes a browser do. Where a cookie is used: Origin has to be there and ours,
 * Sec-Fetch-Site not cross-site, and `X-CSRFToken` that of the session. Where one is set, and for reading: the first two, if
 * they were sent. In bearer mode there is nothing to forge.
 */
export function forgeryIn(
  config: Config,
  message: IncomingMessage,
  operation: Operation,
  actor: Actor | undefined,
  jar: CookieJar,
): HttpRefusal | undefined {
  if (config.tokenTransport === 'bearer') return undefined;
  const sessionId = sessionInUse(message, operation, actor, jar);
  if (operation.cookies === undefined && sessionId === undefined) return undefined;
  const changes = !isSafe(message) && sessionId !== undefined;
  const foreign = foreignPage(config, message, changes);
  if (foreign !== undefined) return refuseHttp('csrf_failed', { text: foreign });
  return changes ? wrongCsrfToken(config, message, sessionId) : undefined;
}

/** Is the token in `X-CSRFToken` that of the session, made with SECRET_KEY or what it was before? */
export function wrongCsrfToken(
  { secretKey: current, secretKeyFallbacks }: Pick<Config, 'secretKey' | 'secretKeyFallbacks'>,
  { headers }: IncomingMessage,
  sessionId: string,
): HttpRefusal | undefined {
  const given = headers['x-csrftoken'];
  if (typeof given !== 'string') return refuseHttp('csrf_failed', { text: 'CSRF token missing.' });
  const keys = [current, ...secretKeyFallbacks];
  if (keys.some((secretKey) => isEqual(given, csrfToken({ secretKey }, sessionId)))) return undefined;
  return refuseHttp('csrf_failed', { text: "CSRF token from the 'X-Csrftoken' HTTP header incorrect." });
}
