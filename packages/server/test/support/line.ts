import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that came over a line. */
export interface Told {
  readonly status: number;
  readonly body: string;
  /** it said `Connection: close` */
  readonly isLast: boolean;
}

/** A connection that is kept open, and is looked at closely: who ended it, and what had been sent by then. */
export interface Line {
  /** the server has neither ended it nor said that it will */
  isOpen(): boolean;
  /**
   * Sends a request, in pieces if there are several, with a pause of so many milliseconds between two, or until
   * something has come to pass. Undefined when the line broke instead of an answer.
   */
  ask(pieces: readonly string[], pause?: number | Promise<unknown>): Promise<Told | undefined>;
  /** breaks it off */
  drop(): void;
}

/** The first answer in a text, once it is whole. */
function answerIn(text: string): Told | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    body: body.slice(0, length),
    isLast: /\r\nconnection: close/.test(head),
  };
}

function nextAnswer(socket: Socket): Promise<Told | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const done = (told: Told | undefined) => {
      socket.off('data', onData).off('close', onClose);
      resolve(told);
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const told = answerIn(text);
      if (told !== undefined) done(told);
    };
    const onClose = () => done(undefined);
    socket.on('data', onData).on('close', onClose);
  });
}

/** Rejects when nobody takes the connection. */
export async function openLine({ url }: { readonly url: string }): Promise<Line> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let isOpen = true;
  const end = () => {
    isOpen = false;
  };
  await once(socket, 'connect');
  socket.on('end', end).on('close', end).on('error', end).resume();
  return {
    isOpen: () => isOpen,
    async ask(pieces, pause = 0) {
      if (!isOpen) return undefined;
      const answer = nextAnswer(socket);
      for (const [i, piece] of pieces.entries()) {
        if (i > 0) await (typeof pause === 'number' ? sleep(pause) : pause);
        if (isOpen) socket.write(piece);
      }
      const told = await answer;
      if (told?.isLast) isOpen = false;
      return told;
    },
    drop: () => socket.destroy(),
  };
}
