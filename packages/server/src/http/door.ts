import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
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
  config: Pick<Config, 'publicUrl' | 'profile'>,
  probes: ReadonlySet<string>,
): (message: IncomingMessage) => HttpRefusal | undefined {
  const isOurHost = hostCheck(config);
  return (message) => {
    if (message.rawHeaders.length > 2 * MOST_HEADERS) return refuseHttp('too_many_headers');
    return isOurHost(message) || isProbe(message, probes) ? undefined : refuseHttp('bad_host');
  };
}
