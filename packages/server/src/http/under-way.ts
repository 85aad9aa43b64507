import type { ServerResponse } from 'node:http';

/** One request that is not answered yet. */
export interface Entry {
  readonly response: ServerResponse;
  /** for how many looks it has been complete without an answer */
  looks: number;
  /** where it stands in the list */
  place: number;
}

/** The requests that are not answered yet. Nobody waits for ever, and a stop waits for them. */
export interface UnderWay {
  enter(response: ServerResponse): Entry;
  /** To be called once for each entry. */
  leave(entry: Entry): void;
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
  // An array, and no Map: a Map that much is put into and taken out of leaves its old tables behind, each with the
  // answers of its time and a way to the next, so that they all outlive the quick garbage collection.
  const entries: Entry[] = [];
  let isEnding = false;
  let whenNone: (() => void) | undefined;
  const look = () => {
    for (const entry of entries) {
      if (!entry.response.req.complete || entry.response.headersSent) continue;
      if (entry.looks >= LONGEST_ANSWER) tooSlow(entry.response);
      else entry.looks += 1;
    }
  };
  const timer = setInterval(look, 1_000).unref();
  return {
    enter(response) {
      const entry = { response, looks: 0, place: entries.length };
      entries.push(entry);
      if (isEnding) announce(response);
      return entry;
    },
    leave({ place }) {
      const last = entries.pop();
      if (last !== undefined && place < entries.length) {
        entries[place] = last;
        last.place = place;
      }
      if (entries.length === 0) whenNone?.();
    },
    announceEnd() {
      isEnding = true;
      for (const { response } of entries) announce(response);
    },
    giveUp() {
      for (const { response } of entries) if (!response.headersSent) tooSlow(response);
    },
    settled: () =>
      new Promise((resolve) => {
        if (entries.length === 0) resolve();
        else whenNone = resolve;
      }),
    stopWatching: () => clearInterval(timer),
  };
}
