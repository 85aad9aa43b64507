import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import { trustedAddresses } from './trusted-proxies.ts';

/** Whole parts of letters that mean nothing in HTML, in a URL or in a path. */
const PREFIX = /^(?:\/[\w~-][\w.~-]*)+\/?$/;

/**
 * Tells the path that a browser has to put before ours, without a slash at its end: what a proxy in TRUSTED_PROXIES took away
 * (`X-Forwarded-Prefix`), else the path of PUBLIC_URL. Whoever else sends that header is not believed.
 */
export function mountFor({
  publicUrl,
  trustedProxies,
}: Pick<Config, 'publicUrl' | 'trustedProxies'>): (message: IncomingMessage) => string {
  const own = publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
  const isTrusted = trustedAddresses(trustedProxies);
  return ({ headers, socket }) => {
    const forwarded = headers['x-forwarded-prefix'];
    const isBelieved = typeof forwarded === 'string' && PREFIX.test(forwarded);
    return isBelieved && isTrusted(socket.remoteAddress ?? '') ? forwarded.replace(/\/$/, '') : own;
  };
}
