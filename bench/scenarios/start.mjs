// From starting the program to its first good answer, and what it holds in memory.
import { performance } from 'node:perf_hooks';
import { memoryOf } from '../load/processes.mjs';
import { freePort, freshenSessions, start } from '../systems.mjs';

/**
 * Stops the systems and starts each `times` times, in turns. The answer that counts is a protected GET on the migrated
 * database. Milliseconds by the name of the system.
 * @param {import('../systems.mjs').System[]} systems @param {import('./load.mjs').Context} context @param {number} times
 * @returns {Promise<Record<string, { milliseconds: number }[]>>}
 */
export async function measureStarts(systems, { load }, times) {
  const taking = systems.filter(({ peer }) => peer.can.includes('start'));
  for (const system of taking) {
    system.sessionsSince = Number.NEGATIVE_INFINITY;
    await freshenSessions(system, load);
  }
  for (const system of taking) await system.stop();
  const results = /** @type {Record<string, { milliseconds: number }[]>} */ ({});
  for (let time = 0; time < times; time++) {
    for (const { peer, folder, sessions } of taking) {
      // A new one: the old port may be anybody's by now.
      const place = { folder, port: await freePort() };
      const since = performance.now();
      const started = await start(peer, place, peer.wire.get(sessions[0]));
      const taken = results[peer.name] ?? [];
      taken.push({ milliseconds: performance.now() - since });
      results[peer.name] = taken;
      await started.stop();
    }
  }
  return results;
}

/** @param {import('../systems.mjs').System} system */
export const residentBytes = ({ pids }) => memoryOf(pids);
