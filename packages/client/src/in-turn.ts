/** Runs work when whatever was given before it is done, and gives what it gives. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Work one after the other, in this page. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

/**
 * Work one after the other, in all tabs that use this name. Browsers have such locks only with https, or on the machine itself;
 * elsewhere one page keeps its turns, and between tabs the server's grace for parents has to do.
 */
export function inTurnInAllTabs(name: string): InTurn {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks === undefined ? inTurn() : async (work) => await locks.request(name, work);
}
