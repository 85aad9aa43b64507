import { setTimeout as sleep } from 'node:timers/promises';
import { processMetrics } from './process.ts';
import { addUp, countsOf, type Measured, TEXT_FORMAT } from './whole.ts';

/** How long a process has to answer before a scrape goes on without it. Milliseconds. */
const PATIENCE = 1_000;

/** What several processes have measured, those that are there and those that were. */
export interface MetricsOfSeveral<P> {
  readonly type: string;
  /**
   * Asks these processes and adds up. In the place of what a busy one does not say within a second stands what it said
   * last, so that no count ever falls: Prometheus would take it for a restart, and count everything again.
   */
  text(processes: readonly P[]): Promise<string>;
  heard(from: P, measured: Measured): void;
  /** What it has counted stays in the sums. */
  ended(one: P): void;
}

/**
 * For the process that does not answer requests itself; of it there is what belongs to every process. `ask` tells another
 * one to say what it has measured. Loads prom-client, so it is to be imported only when metrics are on.
 */
export function metricsOfSeveral<P>(ask: (one: P) => void): MetricsOfSeveral<P> {
  const last = new Map<P, Measured>();
  const awaited = new Map<P, () => void>();
  let leftBehind: Promise<Measured> = Promise.resolve([]);
  let underWay: Promise<string> | undefined;

  const answer = (one: P) =>
    new Promise<void>((resolve) => {
      awaited.set(one, resolve);
      ask(one);
    });
  const answered = (one: P) => {
    awaited.get(one)?.();
    awaited.delete(one);
  };
  async function collect(processes: readonly P[]): Promise<string> {
    await Promise.race([Promise.all(processes.map(answer)), sleep(PATIENCE, undefined, { ref: false })]);
    // Of one moment: what a process leaves behind when it ends goes from the one to the other.
    const [said, before] = [[...last.values()], leftBehind];
    const own = await processMetrics().getMetricsAsJSON();
    return addUp([...said, await before, own]).text();
  }
  return {
    type: TEXT_FORMAT,
    text(processes) {
      underWay ??= collect(processes).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    heard(from, measured) {
      last.set(from, measured);
      answered(from);
    },
    ended(one) {
      const counts = countsOf(last.get(one) ?? []);
      last.delete(one);
      leftBehind = leftBehind.then((before) => addUp([before, counts]).measured());
      answered(one);
    },
  };
}
