import type { IncomingMessage } from 'node:http';
import type { App } from '../domain/app.ts';
import type { Origin } from '../domain/audit/event.ts';
import { languageOf } from './language.ts';
import { callerAddress, trustedAddresses } from './trusted-proxies.ts';

/**
 * Tells where a request comes from (`callerAddress`). The first time a proxy that is not in TRUSTED_PROXIES names
 * somebody else as the caller, or one that is names nobody, the log says so: all who come through it share one address, and its limits.
 */
export function originsFor({
  config,
  log,
}: Pick<App, 'config' | 'log'>): (message: IncomingMessage, requestId: string) => Origin {
  const addressOf = callerAddress(config.trustedProxies);
  const isTrusted = trustedAddresses(config.trustedProxies);
  let hasWarned = false;
  return ({ headers, socket }, requestId) => {
    const peer = socket.remoteAddress ?? '';
    const forwardedFor = headers['x-forwarded-for'];
    const ip = addressOf(peer, typeof forwardedFor === 'string' ? forwardedFor : undefined);
    if (forwardedFor !== undefined && !hasWarned && config.trustedProxies.length === 0) {
      hasWarned = true;
      log.warn(
        { peer },
        'X-Forwarded-For is not believed: TRUSTED_PROXIES names no proxy. If this is yours, add it',
      );
    }
    if (forwardedFor === undefined && !hasWarned && isTrusted(peer)) {
      hasWarned = true;
      log.warn(
        { peer },
        'A proxy of TRUSTED_PROXIES sent no X-Forwarded-For: all who come through it share its address and its limits',
      );
    }
    const language = languageOf(headers['accept-language']);
    return { ip, userAgent: (headers['user-agent'] ?? '').slice(0, 300), requestId, language };
  };
}
