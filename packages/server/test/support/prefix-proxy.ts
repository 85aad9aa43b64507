import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that takes a path away, and says so to the server behind it. */
export interface PrefixProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers with what is answered at another address, which is told some headers more. The Host stays. */
export function passOn(
  asked: IncomingMessage,
  answer: ServerResponse,
  address: string,
  told: Readonly<Record<string, string>>,
): void {
  const { method, headers } = asked;
  const onward = request(address, { method, headers: { ...headers, ...told } }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

/** Answers below `prefix` what the server answers at its root. */
export async function proxyBelow(prefix: string, server: string): Promise<PrefixProxy> {
  const proxy = createServer((asked, answer) => {
    const { url = '' } = asked;
    if (!url.startsWith(`${prefix}/`)) return void answer.writeHead(404).end();
    passOn(asked, answer, server + url.slice(prefix.length), { 'x-forwarded-prefix': prefix });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
