import type { ServerResponse } from 'node:http';

/** The requests that are not answered yet. Nobody waits for ever, and a stop waits for them. */
export interface UnderWay {
  enter(response: ServerResponse): void;
  leave(response: ServerResponse): void;
  /** From now on every answer tells its client that the connection ends with it. */
  announceEnd(): void;
  /** Answers in the handlers' place what they have not answered so far. */
  giveUp(): void;
  /** resolves when every handler is done */
  settled(): Promise<void>;
  /** looks no more at how long requests take */
  stopWatching(): void;
}

/** How long a handler may take once the request is there, in seconds. A slow sender is the server's own business. */
const LONGEST_ANSWER = 10;

const announce = (response: ServerResponse) => {
  if (!response.headersSent) response.setHeader('Connection', 'close');
};

/**
 * Keeps the requests under way. `tooSlow` answers one whose handler takes too long: a look at all of them each second
 * is cheaper than a timer for each.
 */
export function underWayWith(tooSlow: (response: ServerResponse) => void): UnderWay {
  /** for how many looks each has been complete without an answer */
  const looks = new Map<ServerResponse, number>();
  let isEnding = false;
  let whenNone: (() => void) | undefined;
  const look = () => {
    for (const [response, count] of looks) {
      if (!response.req.complete || response.headersSent) continue;
      if (count >= LONGEST_ANSWER) tooSlow(response);
      else looks.set(response, count + 1);
    }
  };
  const timer = setInterval(look, 1_000).unref();
  return {
    enter(response) {
      looks.set(response, 0);
      if (isEnding) announce(response);
    },
    leave(response) {
      looks.delete(response);
      if (looks.size === 0) whenNone?.();
    },
    announceEnd() {
      isEnding = true;
      for (const response of looks.keys()) announce(response);
    },
    giveUp() {
      for (const response of looks.keys()) if (!response.headersSent) tooSlow(response);
    },
    settled: () =>
      new Promise((resolve) => {
        if (looks.size === 0) resolve();
        else whenNone = resolve;
      }),
    stopWatching: () => clearInterval(timer),
  };
}
