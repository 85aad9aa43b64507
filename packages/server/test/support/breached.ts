import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** SHA-1 as the lists of Pwned Passwords have it. */
export const sha1Of = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

/** What a server of ranges does with a request. */
export type Behaviour = (response: ServerResponse, prefix: string, message: IncomingMessage) => void;

/** Answers with the range of each password, and padding. */
export function knowing(...passwords: readonly string[]): Behaviour {
  return (response, prefix) => {
    const known = passwords.map(sha1Of).filter((hash) => hash.startsWith(prefix));
    const padding = sha1Of('padding').slice(5);
    response.end([`${padding}:0`, ...known.map((hash) => `${hash.slice(5)}:3`)].join('\r\n'));
  };
}

/** A server of ranges on this machine that does as it is told. */
export interface RangeServer {
  readonly url: string;
  /** the paths and the headers it was asked with */
  readonly asked: { readonly url: string; readonly padding: unknown }[];
  behave(next: Behaviour): void;
  close(): Promise<void>;
}

export async function startRangeServer(first: Behaviour): Promise<RangeServer> {
  let behaviour = first;
  const asked: RangeServer['asked'] = [];
  const server = createServer((message, response) => {
    const { url = '', headers } = message;
    asked.push({ url, padding: headers['add-padding'] });
    behaviour(response, url.replace('/range/', ''), message);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave(next) {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
