import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A hop between a server and its database that can fail. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection, and refuses new ones until `heal`. */
  cut(): void;
  /** Nothing passes any more on the connections there are, for good, nor on new ones until `heal`: as a firewall that drops. */
  blackhole(): void;
  /** New connections pass again. */
  heal(): void;
  close(): Promise<void>;
}

/** Listens on any port of 127.0.0.1, and passes everything on to the port. */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  let state: 'open' | 'cut' | 'blackhole' = 'open';
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (state === 'cut') return near.resetAndDestroy();
    if (state === 'blackhole') return near.pause();
    const far = connect(target);
    keep(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.resetAndDestroy();
    },
    blackhole() {
      state = 'blackhole';
      for (const socket of sockets) socket.unpipe().pause();
    },
    heal() {
      state = 'open';
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
