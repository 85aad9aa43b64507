import type { Measured } from '../adapters/metrics/whole.ts';
import type { Log } from '../domain/app.ts';
import type { MetricsOfAll } from '../metrics.ts';
import { type FromWorker, MEASURE, type ToWorker } from './crew.ts';

/** How long the primary has to say what all processes have measured. Milliseconds. */
const PATIENCE = 3_000;

/** Resolves when it is on its way, or when there is no primary any more. */
const tell = (message: FromWorker) =>
  new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });

/** A worker's part in the metrics of all: it tells the primary its own, and asks it for the sum. */
export function workerMetrics(log: Log): MetricsOfAll & { readonly lastWord: () => Promise<void> } {
  let measure: () => Promise<Measured> = async () => [];
  let waiting: ((text: string) => void)[] = [];
  const tellMine = async () => {
    try {
      await tell({ measured: await measure() });
    } catch (error) {
      log.error({ error }, 'the metrics could not be collected');
    }
  };
  process.on('message', (message: ToWorker) => {
    if (message === MEASURE) void tellMine();
    if (typeof message === 'string') return;
    for (const resolve of waiting) resolve(message.metricsOfAll);
    waiting = [];
  });
  return {
    measuredBy(own) {
      measure = own;
    },
    text: () =>
      new Promise((resolve, reject) => {
        waiting.push(resolve);
        setTimeout(() => reject(new Error('the metrics of all workers did not come')), PATIENCE).unref();
        void tell({ wantsMetrics: true });
      }),
    lastWord: tellMine,
  };
}
