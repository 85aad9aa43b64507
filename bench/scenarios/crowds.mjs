// What others notice when many log in: the noisy neighbour and the login flood.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshenSessions, visitors } from '../systems.mjs';

/** @param {import('../systems.mjs').System} system @param {object} more @returns {any} */
function job(system, more) {
  const { peer, port, sessions } = system;
  return { peer: peer.name, ports: [port], sessions, people: visitors, ...more };
}

const logins = (/** @type {import('../systems.mjs').System} */ system, /** @type {object} */ more) =>
  job(system, { kind: 'login', ...more });

/** @type {import('./load.mjs').Case} */
export const neighbourCase = {
  id: 'neighbour',
  scenario: 'neighbour',
  title: 'Noisy neighbour',
  async measure(system, { load, options }) {
    await freshenSessions(system, load);
    const seconds = options.seconds * 2;
    const { warmup } = options;
    const paced = job(system, { kind: 'get', perSecond: 100, connections: 200, seconds, warmup });
    const [quiet] = await load.run([paced]);
    const [loud, crowd] = await load.run([paced, logins(system, { connections: 8, seconds, warmup })]);
    return {
      quiet: quiet.good,
      loud: loud.good,
      ratio: loud.good.p99 / quiet.good.p99,
      failed: quiet.refused.count + loud.refused.count + loud.unsent,
      loginsPerSecond: crowd.perSecond,
    };
  },
};

/** It is given up after so many seconds. */
const LONGEST_RECOVERY = 30;

/** Seconds until a login gets its 200 within a second again. @param {import('../systems.mjs').System} system @param {import('../load/client.mjs').Load} load */
export async function secondsToRecover(system, load) {
  const from = performance.now();
  while (performance.now() - from < LONGEST_RECOVERY * 1000) {
    const answer = await Promise.race([
      load.ask(system.port, system.peer.wire.login(visitors[0])),
      sleep(1000),
    ]);
    if (answer?.status === 200) return (performance.now() - from) / 1000;
    await sleep(20);
  }
  return LONGEST_RECOVERY;
}

/** @param {import('../load/loops.mjs').Figures} flood @param {import('../load/loops.mjs').Figures} health @param {number} peak @param {number} recovered */
function crowdFigures(flood, health, peak, recovered) {
  return {
    goodput: flood.perSecond,
    ofPeak: flood.perSecond / peak,
    good: flood.good,
    surplus: flood.refused,
    statuses: flood.statuses,
    unsent: flood.unsent,
    health: health.good,
    healthFailed: health.refused.count + health.unsent,
    recoveredSeconds: recovered,
  };
}

/** @type {import('./load.mjs').Case} */
export const floodCase = {
  id: 'flood',
  scenario: 'flood',
  title: 'Login flood',
  async measure(system, { load, options }) {
    const { warmup } = options;
    const seconds = options.seconds * 2;
    const [{ perSecond: peak }] = await load.run([logins(system, { connections: 4, seconds, warmup })]);
    const probe = job(system, { kind: 'health', perSecond: 20, connections: 200, seconds, warmup });
    const flood = async (/** @type {object} */ more) => {
      const crowd = logins(system, { seconds, warmup, hangUp: true, ...more });
      const [one, health] = await load.run([crowd, probe]);
      return crowdFigures(one, health, peak, await secondsToRecover(system, load));
    };
    return {
      peak,
      clients40: await flood({ connections: 40 }),
      tenfold: await flood({ connections: 1000, perSecond: peak * 10 }),
    };
  },
};
