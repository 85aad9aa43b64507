import { Server } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { HttpServer } from './server.ts';

/**
 * Milliseconds that connections are still taken while somebody is connected: who has been told that his connection ends
 * opens another one, and a balancer has not yet heard from `/readyz`. Closing breaks off what waits to be taken.
 */
const LAST_CONNECTIONS = 250;

/**
 * Milliseconds that connections which are kept open have to send one more request, whose answer tells them that it is
 * the last. Who closes an idle connection without a word may cross a request that is on its way.
 */
const LAST_REQUESTS = 1_000;

/** Milliseconds until requests that are still under way are answered with a 503. */
const LAST_ANSWERS = 8_000;

/** Milliseconds until what has been answered is written, to those that read it. */
const LAST_BYTES = 500;

/** Takes no more connections; `http.Server` would break off the idle ones, too. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => Server.prototype.close.call(server, () => resolve()));
}

/** Resolves to whether the work was done within so many milliseconds. */
function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(milliseconds, false, { signal: waiting.signal }).catch(() => false);
  return Promise.race([work.then(() => true), late]).finally(() => waiting.abort());
}

/**
 * Stops a server in order: every further answer says that its connection ends, after a moment no new connections, those
 * that stay idle are closed after a second, and what is under way is answered. Takes no longer than `LAST_ANSWERS` and a
 * little, whatever clients and handlers do.
 */
export async function stopServing({ fastify, underWay, sockets }: HttpServer): Promise<void> {
  const { server } = fastify;
  underWay.announceEnd();
  if (server.listening && sockets.size > 0) await sleep(LAST_CONNECTIONS);
  // What is in the queue of the listening socket is taken first.
  await setImmediate();
  const closed = server.listening ? stopListening(server) : Promise.resolve();
  if (!(await within(LAST_REQUESTS, closed))) {
    // Reads what has arrived, so that nobody counts as idle whose request is here.
    await setImmediate();
    // Browsers open connections in advance; Node does not count them as idle.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  }
  const answered = Promise.all([fastify.close(), underWay.settled()]);
  if (await within(LAST_ANSWERS - LAST_REQUESTS, answered)) return;
  underWay.giveUp();
  await within(LAST_BYTES, answered);
  server.closeAllConnections();
}
