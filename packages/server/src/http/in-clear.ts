import type { IncomingMessage } from 'node:http';
import type { App } from '../domain/app.ts';
import { mountFor } from './mount.ts';
import { pathOf } from './paths.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';
import { trustedAddresses } from './trusted-proxies.ts';

/** Of several proxies the first wrote how the caller came. Who writes it himself shuts himself out. */
function cameInClear({ headers }: IncomingMessage): boolean {
  const [first = ''] = String(headers['x-forwarded-proto'] ?? '').split(',');
  return first.trim().toLowerCase() === 'http';
}

/**
 * Tells what is done about a request that came to a proxy of TRUSTED_PROXIES in clear while PUBLIC_URL is https: a page is
 * looked for at its https address, which is given; all else is refused, for a redirect would hide from a program that it
 * sends tokens in clear (ASVS 4.1.2). Probes may come so. Undefined where there is nothing to watch.
 */
export function clearTextGuard(
  { config, log }: Pick<App, 'config' | 'log'>,
  probes: ReadonlySet<string>,
  pages: readonly string[],
): ((message: IncomingMessage) => string | HttpRefusal | undefined) | undefined {
  const { publicUrl = '', trustedProxies, profile } = config;
  if (profile === 'dev' || !publicUrl.startsWith('https:') || trustedProxies.length === 0) return undefined;
  const { origin } = new URL(publicUrl);
  const isTrusted = trustedAddresses(trustedProxies);
  const mountOf = mountFor(config);
  const isPage = (path: string) => pages.some((page) => path === page || path.startsWith(`${page}/`));
  let hasWarned = false;
  return (message) => {
    const { url = '', method, socket } = message;
    const peer = socket.remoteAddress ?? '';
    if (!cameInClear(message) || !isTrusted(peer) || probes.has(url)) return undefined;
    if (!hasWarned) {
      hasWarned = true;
      log.warn(
        { peer },
        'refusing what came to the proxy in clear (X-Forwarded-Proto: http); if it came by https, mend what the proxy says',
      );
    }
    const isAsked = method === 'GET' || method === 'HEAD';
    return isAsked && isPage(pathOf(message))
      ? `${origin}${mountOf(message)}${url}`
      : refuseHttp('not_https');
  };
}
