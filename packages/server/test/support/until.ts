import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks, and of all of them. */
const EVERY = 20;
const AT_MOST = 30_000;

/** Looks again until it is so; throws when it does not come to pass. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + AT_MOST;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('it did not come to pass');
    await sleep(EVERY);
  }
}
