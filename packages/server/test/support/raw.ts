import { connect } from 'node:net';
import type { World } from './world.ts';

/** What came back over a socket. */
export interface RawReply {
  /** every byte, as latin-1 */
  readonly text: string;
  /** the status of each answer, in order */
  readonly statuses: readonly number[];
}

type Server = Pick<World, 'baseUrl'>;

/** The Host header that the servers of the tests answer for. */
export const HOST = 'Host: 127.0.0.1\r\n';

const PATIENCE_MILLISECONDS = 8_000;

/**
 * Writes bytes (a string is latin-1) to a socket of its own and gives what came back until the server closed it.
 * A server that keeps the socket open fails the test: a request that should be served ends with `Connection: close`.
 */
export function sendRaw({ baseUrl }: Server, bytes: string | Buffer): Promise<RawReply> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server did not close; so far: ${Buffer.concat(chunks).toString('latin1')}`));
    }, PATIENCE_MILLISECONDS);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A reset while we still write is as good a close as any.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString('latin1');
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
      resolve({ text, statuses });
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** A request as text: the start line, the Host header, further header lines, and a body with its length. */
export function rawRequest(start: string, headers: readonly string[] = [], body?: string): string {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [...headers, ...length].map((line) => `${line}\r\n`).join('');
  return `${start} HTTP/1.1\r\n${HOST}${lines}\r\n${body ?? ''}`;
}

/** The head of the first answer, its header names in lower case. */
export function headersOf({ text }: RawReply): Headers {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const lines = head.split('\r\n').slice(1);
  return new Headers(lines.map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]));
}
