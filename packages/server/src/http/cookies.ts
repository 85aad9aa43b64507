import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import type { TokenPair } from '../domain/tokens/issue.ts';

/** The cookies that a request came with, and those that its answer sets. */
export interface CookieJar {
  /** undefined when it was not sent, or is no token */
  readonly refresh: string | undefined;
  /** undefined, too, when access tokens do not travel in cookies */
  readonly access: string | undefined;
  /** Set-Cookie headers of the answer */
  readonly lines: readonly string[];
  /** Gives the tokens to the browser; what the page itself is to get is returned. `now` in milliseconds. */
  keep(pair: TokenPair, now: number): { readonly access?: string };
  /** Takes the tokens from the browser. */
  drop(): void;
}

/**
 * With the prefix a browser takes a cookie from this very host alone, over TLS (or on the machine itself), for every path: no
 * sub-domain can plant one (RFC 6265bis, 4.1.3.2). So they come with every request, and are read where a route says so.
 */
export const COOKIE_NAMES = { refresh: '__Host-latchkey_refresh', access: '__Host-latchkey_access' } as const;

/** Strict: they are for calls of pages of the same site, never for a link from elsewhere. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The value of the cookie of this name. One that came twice is none: we set each once. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((part) => {
    const equals = part.indexOf('=');
    return equals >= 0 && part.slice(0, equals).trim() === name ? [part.slice(equals + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

function tokenIn(header: string | undefined, name: string): string | undefined {
  const value = cookieIn(header, name);
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}

/** What a token says of itself. Nothing is verified: for what comes from us, or is verified afterwards. */
export function unverifiedClaims(token: string): { readonly sid?: unknown; readonly exp?: unknown } {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) ?? {};
  } catch {
    return {};
  }
}

function lineOf(name: string, token: string, now: number): string {
  const seconds = Number(unverifiedClaims(token).exp) - Math.floor(now / 1000);
  return `${name}=${token}; ${ATTRIBUTES}; Max-Age=${seconds}`;
}

const NO_JAR: CookieJar = Object.freeze({
  refresh: undefined,
  access: undefined,
  lines: [],
  keep: ({ access }: TokenPair) => ({ access }),
  drop: () => {},
});

/** The jar of a request: without cookies nothing is in it and nothing is put into it. */
export function cookieJar(
  { tokenTransport }: Pick<Config, 'tokenTransport'>,
  { headers }: Pick<IncomingMessage, 'headers'>,
): CookieJar {
  if (tokenTransport === 'bearer') return NO_JAR;
  const keepsAccess = tokenTransport === 'cookie-only';
  const lines: string[] = [];
  return {
    refresh: tokenIn(headers.cookie, COOKIE_NAMES.refresh),
    access: keepsAccess ? tokenIn(headers.cookie, COOKIE_NAMES.access) : undefined,
    lines,
    keep({ refresh, access }, now) {
      lines.push(lineOf(COOKIE_NAMES.refresh, refresh, now));
      if (!keepsAccess) return { access };
      lines.push(lineOf(COOKIE_NAMES.access, access, now));
      return {};
    },
    drop() {
      const names = keepsAccess ? Object.values(COOKIE_NAMES) : [COOKIE_NAMES.refresh];
      lines.push(...names.map((name) => `${name}=; ${ATTRIBUTES}; Max-Age=0`));
    },
  };
}
