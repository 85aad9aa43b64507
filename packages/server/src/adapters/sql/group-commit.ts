import { setImmediate } from 'node:timers/promises';

/** One write or transaction that wants the connection. None of its functions may throw. */
export interface Deed {
  /** Does it, alone on the connection. Gives the error that made the database give up the whole transaction, if any. */
  perform(): unknown;
  /** It is on the disk. */
  committed(): void;
  /** Nothing of it will be: the group could not begin, or was undone. */
  undone(error: unknown): void;
}

/** The connection's own transaction. `rollback` may be called when there is none any more. */
export interface Transaction {
  begin(): Promise<void>;
  commit(): void;
  /** resolves when what was committed is on the disk */
  flush(): Promise<void>;
  rollback(): void;
}

/** So many deeds share a transaction at the most: the first of them waits for the last. */
const MOST = 200;

/**
 * Group commit. Deeds that arrive in one turn of the event loop share one transaction and so one wait for the disk,
 * which is most of what a write costs. They are performed one after the other in the order of asking, each atomic
 * by itself, and each is answered only after the flush, before which the next group does not begin. Gives the function that takes a deed.
 */
export function groupCommit({ begin, commit, flush, rollback }: Transaction): (deed: Deed) => void {
  const line: Deed[] = [];
  let isWorking = false;

  async function performGroup(): Promise<void> {
    const group: Deed[] = [];
    try {
      await begin();
      while (line.length > 0 && group.length < MOST) {
        const deed = line.shift() as Deed;
        group.push(deed);
        const performing = deed.perform();
        const error = performing instanceof Promise ? await performing : performing;
        if (error !== undefined) throw error;
      }
      commit();
      await flush();
    } catch (error) {
      try {
        rollback();
      } catch {
        // A connection that is broken or closed: the error that led here says so.
      }
      // Who waited while the group could not begin would only wait as long again.
      for (const deed of group.length > 0 ? group : line.splice(0, MOST)) deed.undone(error);
      return;
    }
    for (const deed of group) deed.committed();
  }

  async function work(): Promise<void> {
    while (line.length > 0) {
      // Lets those arrive that are about to, as long as some do.
      let arrived: number;
      do {
        arrived = line.length;
        await setImmediate();
      } while (line.length > arrived && line.length < MOST);
      await performGroup();
    }
    isWorking = false;
  }

  return (deed) => {
    line.push(deed);
    if (isWorking) return;
    isWorking = true;
    void work();
  };
}
