import cluster, { type Worker } from 'node:cluster';

/** The primary tells a worker in the environment which of its workers it is, from 0. */
export const PLACE = 'LATCHKEY_WORKER_PLACE';

/** What the primary says to a worker. */
export const STOP = 'stop';

/** What a worker says once it listens: the address. */
export interface Ready {
  readonly listensOn: string;
}

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

/** `onEnd` hears of every worker that has ended, whatever the reason. */
export function crewWith(onEnd: (member: Member, code: number | null) => void): Crew {
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
        worker.once('message', ({ listensOn }: Ready) => {
          if (member.state === 'starting') member.state = 'ready';
          // It was told before it could hear.
          else tellToStop(member);
          member.readyAt = performance.now();
          resolve(listensOn);
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

/** Asks a worker to answer what it has been asked, and to end. */
export function tellToStop(member: Member): void {
  member.state = 'leaving';
  if (member.worker.isConnected()) member.worker.send(STOP);
}
