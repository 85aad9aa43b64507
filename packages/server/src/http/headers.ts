import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';

export type Headers = Readonly<Record<string, string>>;

/** Nothing that a browser can do for a page is needed by an answer. */
const NO_FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'microphone',
  'midi',
  'payment',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** What every answer carries. nosniff, Referrer-Policy, COOP and X-Frame-Options are the original's. */
export function standingHeaders({ publicUrl }: Pick<Config, 'publicUrl'>): Headers {
  const always = {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'Permissions-Policy': NO_FEATURES,
    'Cache-Control': 'no-store',
  };
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  return isHttps ? { ...always, 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : always;
}

const PREFLIGHT: Headers = {
  'Access-Control-Allow-Headers':
    'accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with',
  'Access-Control-Allow-Methods': 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
  'Access-Control-Max-Age': '86400',
};

/** What a page may read of an answer besides its body. */
const EXPOSED: Headers = { 'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id' };

/**
 * The CORS headers for a request, as django-cors-headers gives them: none without an Origin or for one that is
 * not listed, `*` when all are allowed (never with credentials), the fixed lists on OPTIONS. A listed origin may send
 * cookies where tokens travel in them.
 */
export function corsHeaders(
  { corsOrigins, tokenTransport }: Pick<Config, 'corsOrigins' | 'tokenTransport'>,
  { method, headers }: IncomingMessage,
): Headers {
  const { origin } = headers;
  if (origin === undefined) return {};
  if (corsOrigins !== '*' && !corsOrigins.includes(origin)) return {};
  const allowed = {
    'Access-Control-Allow-Origin': corsOrigins === '*' ? '*' : origin,
    ...(corsOrigins !== '*' && tokenTransport !== 'bearer' && { 'Access-Control-Allow-Credentials': 'true' }),
  };
  return { ...allowed, ...(method === 'OPTIONS' ? PREFLIGHT : EXPOSED) };
}

/** An OPTIONS with Access-Control-Request-Method, on any path, known or not. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
