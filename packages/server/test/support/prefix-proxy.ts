import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that takes a path away, and says so to the server behind it. */
export interface PrefixProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers below `prefix` what the server answers at its root. */
export async function proxyBelow(prefix: string, server: string): Promise<PrefixProxy> {
  const proxy = createServer((asked, answer) => {
    const { url = '', method, headers } = asked;
    if (!url.startsWith(`${prefix}/`)) return void answer.writeHead(404).end();
    const told = { ...headers, 'x-forwarded-prefix': prefix };
    const onward = request(server + url.slice(prefix.length), { method, headers: told }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
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
