import type { AddressInfo } from 'node:net';
import type { App } from '../../src/domain/app.ts';
import type { Readiness } from '../../src/http/health.ts';
import { createServer } from '../../src/http/server.ts';
import { VERSION } from '../../src/version.ts';

/** A server of its own on parts of a world, with others in their place: a setting, a database that is away, a fault. */
export interface SecondServer {
  readonly baseUrl: string;
  readonly readiness: Readiness;
  /** sockets that are open to it */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Starts it on any free port. */
export async function serve(app: App): Promise<SecondServer> {
  const readiness: Readiness = { reason: undefined };
  const { fastify: server, underWay } = await createServer(app, readiness, VERSION);
  await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    baseUrl: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    readiness,
    connections: () =>
      new Promise((resolve, reject) => {
        server.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async close() {
      server.server.closeAllConnections();
      await server.close();
      await underWay.settled();
    },
  };
}
