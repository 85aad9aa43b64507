import cluster, { type Worker } from 'node:cluster';
import type { Measured } from '../adapters/metrics/whole.ts';

/** The primary tells a worker in the environment which of its workers it is, from 0. */
export const PLACE = 'LATCHKEY_WORKER_PLACE';

/** The primary tells a worker to end in order. */
export const STOP = 'stop';

/** The primary asks a worker what it has measured. */
export const MEASURE = 'measure';

/** What the primary says to a worker. */
export type ToWorker = typeof STOP | typeof MEASURE | { readonly metricsOfAll: string };

/** What a worker says: its address, once it listens; what it has measured; that somebody asks what all have. */
export type FromWorker =
  | { readonly listensOn: string }
  | { readonly measured: Measured }
  | { readonly wantsMetrics: true };

/** One process of those that answer. In its place there is another one while it is replaced. */
export interface Member {
  readonly worker: Worker;
  readonly place: number;
  state: 'starting' | 'ready' | 'leaving';
  readyAt: number;
  /** resolves to its exit code when it has ended */
  readonly ended: Promise<number | null>;
}

/** The workers there are. */
export interface Crew {
  readonly members: ReadonlySet<Member>;
  /** Starts one; `ready` gives its address, or throws when it ends before. */
  start(place: number): { readonly member: Member; readonly ready: Promise<string> };
}

/** `onEnd` hears of every worker that has ended, whatever the reason; `onMessage` what workers say. */
export function crewWith(
  onEnd: (member: Member, code: number | null) => void,
  onMessage: (member: Member, message: FromWorker) => void,
): Crew {
  const members = new Set<Member>();
  return {
    members,
    start(place) {
      const worker = cluster.fork({ [PLACE]: String(place) });
      const ended = new Promise<number | null>((resolve) => {
        worker.once('exit', (code) => resolve(code));
        // There was no process to be had; other errors are of messages that did not get through.
        worker.on('error', () => worker.process.pid === undefined && resolve(null));
      });
      const member: Member = { worker, place, state: 'starting', readyAt: 0, ended };
      members.add(member);
      const ready = new Promise<string>((resolve, reject) => {
        worker.on('message', (message: FromWorker) => {
          if (!('listensOn' in message)) return onMessage(member, message);
          if (member.state === 'starting') member.state = 'ready';
          // It was told before it could hear.
          else tellToStop(member);
          member.readyAt = performance.now();
          resolve(message.listensOn);
        });
        ended.then((code) => {
          members.delete(member);
          reject(new Error('a worker ended before it was ready'));
          onEnd(member, code);
        });
      });
      return { member, ready };
    },
  };
}

/** Says something to a worker that is still there to hear it. */
export function say({ worker }: Member, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

/** Asks a worker to answer what it has been asked, and to end. */
export function tellToStop(member: Member): void {
  member.state = 'leaving';
  say(member, STOP);
}
