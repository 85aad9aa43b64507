import { type FailedLogins, failedLogins, type WaitingEvent } from '../audit/failed-logins.ts';
import { networkOf } from '../limits/network.ts';
import type { Store } from '../store.ts';
import type { RefusalNote } from './refusal-note.ts';

/** What happened beside any transaction, until it is written. What a process has not written is lost when it is killed. */
export interface Notebook {
  readonly failedLogins: FailedLogins;
  /** May one more refusal of this address be noted in this minute? To be asked before the work of a note is done. */
  hasRoom(ip: string, at: number): boolean;
  refused(note: RefusalNote): void;
  /**
   * Writes what there is, in one transaction. `all`: also what is still being summed up. How many rows. What could not be
   * written is kept for the next time.
   */
  flush(store: Store, now: number, all?: boolean): Promise<number>;
}

const MINUTE = 60_000;

/** Refusals that are noted in a minute: of one network, and in all. More are answered all the same. */
const MOST_OF_NETWORK = 300;
const MOST = 3_000;

/** The newest are kept: some 15 MB. */
const REFUSALS_KEPT = 50_000;

function roomCounter(): Notebook['hasRoom'] {
  const counts = new Map<string, number>();
  let total = 0;
  let began = 0;
  return (ip, at) => {
    if (at - began >= MINUTE || at < began) {
      counts.clear();
      total = 0;
      began = at;
    }
    if (total >= MOST) return false;
    const network = networkOf(ip);
    const count = counts.get(network) ?? 0;
    if (count >= MOST_OF_NETWORK) return false;
    counts.set(network, count + 1);
    total += 1;
    return true;
  };
}

async function write(outer: Store, events: readonly WaitingEvent[], notes: readonly RefusalNote[]) {
  await outer.transaction(async (store) => {
    for (const { event, at, origin } of events) await store.audit.record(event, at, origin);
    if (notes.length > 0) await store.refusals.add(notes, REFUSALS_KEPT);
  });
}

/** An empty notebook. Each process has one. */
export function notebook(): Notebook {
  const logins = failedLogins();
  let refusals: RefusalNote[] = [];
  let events: WaitingEvent[] = [];
  return {
    failedLogins: logins,
    hasRoom: roomCounter(),
    refused(note) {
      // A database that is away for long: what comes after is not kept.
      if (refusals.length < MOST) refusals.push(note);
    },
    async flush(store, now, all) {
      const due = [...events, ...logins.due(now, all)].slice(0, MOST);
      const notes = refusals;
      events = [];
      refusals = [];
      try {
        if (due.length + notes.length > 0) await write(store, due, notes);
      } catch (error) {
        events = due;
        refusals = [...notes, ...refusals].slice(0, MOST);
        throw error;
      }
      return due.length + notes.length;
    },
  };
}
