// The runner's side of the load generator.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Load
 * @property {(jobs: import('./loops.mjs').Job[]) => Promise<import('./loops.mjs').Figures[]>} run all at the same time
 * @property {(port: number, request: import('./requests.mjs').Request) => Promise<{ status: number, head: string, body: string }>} ask
 * @property {() => void} stop
 */

/** Starts the generator, which lives as long as the run. @returns {Load} */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('generator.mjs', import.meta.url)));
  const waiting = /** @type {Map<number, (figures: any) => void>} */ (new Map());
  let last = 0;
  child.on('message', (/** @type {any} */ { id, figures }) => {
    waiting.get(id)?.(figures);
    waiting.delete(id);
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) throw new Error(`the load generator ended with ${code}`);
  });
  const call = (/** @type {object} */ message) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      child.send({ id: last, ...message });
    });
  return {
    run: (jobs) => /** @type {any} */ (call({ jobs })),
    ask: (port, request) => /** @type {any} */ (call({ ask: { port, request } })),
    stop: () => child.disconnect(),
  };
}
