import type { IncomingMessage } from 'node:http';
import type { Origin } from '../domain/audit/event.ts';
import { type Random, randomHex } from '../domain/system.ts';

/** Numbers requests: a prefix of this process and a count. A proxy's own id is kept if it is harmless. */
export function requestIds(random: Random): (message: IncomingMessage) => string {
  const prefix = randomHex(random, 5);
  let count = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && /^[\w-]{1,64}$/.test(given)) return given;
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

/** Where a request comes from: the socket's peer. No header is believed. */
export function originOf({ headers, socket }: IncomingMessage, requestId: string): Origin {
  return {
    ip: socket.remoteAddress ?? '',
    userAgent: (headers['user-agent'] ?? '').slice(0, 300),
    requestId,
  };
}
