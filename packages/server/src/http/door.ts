import type { IncomingMessage } from 'node:http';
import type { App } from '../domain/app.ts';
import { hostCheck } from './host.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';

/** Headers a request may have: Node would drop those above its own limit without a word. */
const MOST_HEADERS = 100;

/** Health probes come by address. HTTP 1.1 still wants some Host. */
function isProbe({ url = '', headers, httpVersion }: IncomingMessage, probes: ReadonlySet<string>): boolean {
  return probes.has(url) && (headers.host !== undefined || httpVersion === '1.0');
}

/** What is refused before anything else is looked at: too many headers, and hosts that are not ours. */
export function doorFor(
  { config, log }: Pick<App, 'config' | 'log'>,
  probes: ReadonlySet<string>,
): (message: IncomingMessage) => HttpRefusal | undefined {
  const isOurHost = hostCheck(config, (host) => {
    const note = { host: host.slice(0, 100), PUBLIC_URL: config.publicUrl ?? '' };
    log.warn(
      note,
      'refusing requests for a host that is not that of PUBLIC_URL; a proxy has to pass the Host header on',
    );
  });
  return (message) => {
    if (message.rawHeaders.length > 2 * MOST_HEADERS) return refuseHttp('too_many_headers');
    return isOurHost(message) || isProbe(message, probes) ? undefined : refuseHttp('bad_host');
  };
}
