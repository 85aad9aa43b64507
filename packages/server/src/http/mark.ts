import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../domain/app.ts';
import type { Origin } from '../domain/audit/event.ts';
import type { Refusal } from '../domain/outcome.ts';
import type { Random } from '../domain/system.ts';
import type { HttpRefusal } from './refusals.ts';
import { trustedAddresses } from './trusted-proxies.ts';

/** What is known of a request beside its answer: for the log, and for the operator who asks why it was refused. */
export interface Mark {
  readonly requestId: string;
  /** where it comes from; undefined until somebody has asked */
  origin: Origin | undefined;
  /** the path of the route that answers; `''` when it is none of ours */
  route: string;
  /** what the answer said no to */
  refusal: Refusal | HttpRefusal | undefined;
  /** the token it was said for */
  token: string | undefined;
}

const MARK = Symbol('mark');

type Marked = ServerResponse & { [MARK]?: Mark };

/** Marks a request that has come. */
export function markRequest(response: ServerResponse, requestId: string): Mark {
  const made: Mark = {
    requestId,
    origin: undefined,
    route: '',
    refusal: undefined,
    token: undefined,
  };
  (response as Marked)[MARK] = made;
  return made;
}

/** The mark of a request; undefined before it has one. */
export function markOf(response: ServerResponse): Mark | undefined {
  return (response as Marked)[MARK];
}

const ID_BYTES = 10;
/** Ids that are made at a time: asking for random bytes costs more than the bytes. */
const BATCH = 128;

/** Random ids, so that nobody learns from his how many others ask. Twenty hex digits: easy to select, and to type. */
export function randomIds(random: Random): () => string {
  let digits = '';
  let at = 0;
  return () => {
    if (at >= digits.length) {
      digits = Buffer.from(random.bytes(ID_BYTES * BATCH)).toString('hex');
      at = 0;
    }
    at += 2 * ID_BYTES;
    return digits.slice(at - 2 * ID_BYTES, at);
  };
}

/** Gives each request its id: our own, or that of a trusted proxy (TRUSTED_PROXIES) if it is harmless. */
export function requestIds({
  random,
  config,
}: Pick<App, 'random' | 'config'>): (message: IncomingMessage) => string {
  const nextId = randomIds(random);
  const isTrusted = trustedAddresses(config.trustedProxies);
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    const isTaken =
      typeof given === 'string' && /^[\w-]{1,64}$/.test(given) && isTrusted(socket.remoteAddress ?? '');
    return isTaken ? given : nextId();
  };
}
