import cluster, { type Worker } from 'node:cluster';
import { logFor } from '../adapters/log.ts';
import type { Config } from '../config.ts';
import { type Latchkey, startLatchkey } from '../index.ts';
import { type FromWorker, PLACE, STOP } from './crew.ts';
import { MOST_STOPPING } from './stop-on-signals.ts';
import { workerMetrics } from './worker-metrics.ts';

/** Takes leave of the primary, so that no connection is handed to a process that has gone. */
async function leave(worker: Worker): Promise<never> {
  if (worker.isConnected()) {
    const gone = new Promise((resolve) => worker.once('disconnect', resolve));
    worker.disconnect();
    await gone;
  }
  return process.exit(0);
}

/**
 * Stops in order when the primary says so, when it is no more, or at a signal. A signal to the whole group of
 * processes (Ctrl-C, a service manager) reaches workers too: only the primary knows whether it is the second.
 */
function stopWhenTold(
  worker: Worker,
  running: () => Latchkey | undefined,
  lastWord: () => Promise<void>,
): () => Promise<void> {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), MOST_STOPPING - 500).unref();
    await running()?.close();
    await lastWord();
    await leave(worker);
  };
  process.on('message', (message) => {
    if (message === STOP) stop();
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {});
  worker.once('disconnect', () => {
    // Or Node would end the process here, in the middle of answers.
    worker.exitedAfterDisconnect = true;
    stop();
  });
  return stop;
}

/** One of several processes on a port: answers until the primary tells it to stop, or is no more. */
export async function serveAsWorker(config: Config): Promise<void> {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('this process is no worker');
  let latchkey: Latchkey | undefined;
  const metricsOfAll = workerMetrics(logFor(config));
  const stop = stopWhenTold(worker, () => latchkey, metricsOfAll.lastWord);
  // One process that purges is enough. Two do no harm, for a moment, while it is replaced.
  latchkey = await startLatchkey(config, { jobs: process.env[PLACE] === '0', metricsOfAll });
  // The primary starts another one in its place.
  void latchkey.failed.then(stop);
  try {
    const ready: FromWorker = { listensOn: await latchkey.listen() };
    process.send?.(ready);
  } catch (error) {
    await latchkey.close();
    throw error;
  }
}
