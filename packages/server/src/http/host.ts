import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Config } from '../config.ts';

function hostHeaders(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

function nameIn(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '');
}

/** Names of this machine, and addresses: a page of another site cannot have those (DNS rebinding). */
function isLocal(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

/**
 * Is the request line that of a request to a server? An address in it (`GET http://…`) is for proxies: nobody but an
 * attacker sends it to one, for two hosts in a request are two opinions about whom it is for.
 */
function namesOnlyAPath({ url = '/' }: IncomingMessage): boolean {
  return url.startsWith('/') || url === '*';
}

/**
 * Does this server answer for the host of the request? For the host of PUBLIC_URL, in dev also for this
 * machine's own names and addresses. A request with two Host headers, or with an address in its request line, never
 * passes. `onStranger` is told of each
 * host that is refused, the first time.
 */
export function hostCheck(
  { publicUrl, profile }: Pick<Config, 'publicUrl' | 'profile'>,
  onStranger: (host: string) => void,
): (request: IncomingMessage) => boolean {
  const ours = publicUrl === undefined ? undefined : nameIn(new URL(publicUrl).host);
  const verdicts = new Map<string, boolean>();
  const decide = (host: string) => {
    const name = nameIn(host);
    return name !== undefined && (name === ours || (profile === 'dev' && isLocal(name)));
  };
  return (request) => {
    const host = request.headers.host ?? '';
    let verdict = verdicts.get(host);
    if (verdict === undefined) {
      verdict = decide(host);
      if (verdicts.size < 100) {
        verdicts.set(host, verdict);
        if (!verdict) onStranger(host);
      }
    }
    return verdict && namesOnlyAPath(request) && hostHeaders(request.rawHeaders) === 1;
  };
}
