// The round-robin: each round gives every system its turn at each case, so that what else the machine does hits all.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rawHashes } from './peers/raw.mjs';
import { floodCase, neighbourCase } from './scenarios/crowds.mjs';
import { LOAD_CASES } from './scenarios/load.mjs';
import { measureStarts, residentBytes } from './scenarios/start.mjs';
import { freshenSessions, populate, prepare, start } from './systems.mjs';

/**
 * @typedef {import('./systems.mjs').System} System
 * @typedef {Record<string, Record<string, any[]>>} Cases by case, by system, one entry a round
 * @typedef {object} Work
 * @property {import('./peers/wire.mjs').Peer[]} peers
 * @property {string} root
 * @property {import('./load/client.mjs').Load} load
 * @property {import('./options.mjs').Options} options
 * @property {Cases} cases filled as it goes, so that a run that breaks off is not lost
 */

/** @param {number} seconds @returns {Promise<{ perSecond: number }>} */
async function rawRate(seconds) {
  const environment = { ...process.env, NODE_ENV: 'production' };
  const words = [rawHashes.program, String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: environment });
  return { perSecond: Number(stdout) };
}

/**
 * Floods are long, and leave servers at work that queue without end: they come last, in the last third of the rounds.
 * @param {import('./options.mjs').Options} options
 */
function casesOf({ scenarios, rounds }) {
  const floods = Math.ceil(rounds / 3);
  const all = [
    ...LOAD_CASES.map((one) => ({ ...one, from: 0 })),
    { ...neighbourCase, from: 0 },
    { ...floodCase, from: rounds - floods },
  ];
  return all.filter(({ scenario }) => scenarios === undefined || scenarios.includes(scenario));
}

/** @param {Cases} cases @param {string} id @param {string} name @param {any} figures */
function note(cases, id, name, figures) {
  cases[id] ??= {};
  cases[id][name] ??= [];
  cases[id][name].push(figures);
  const rate = figures.perSecond ?? figures.loginsPerSecond ?? figures.peak;
  console.log(`  ${id.padEnd(12)} ${name.padEnd(14)} ${rate === undefined ? '' : `${rate.toFixed(0)}/s`}`);
}

/** @param {Work} work @param {System[]} systems @param {Cases} cases */
async function playRounds({ load, options }, systems, cases) {
  const wanted = casesOf(options);
  const withRaw = options.only === undefined || options.only.includes('raw');
  for (let round = 0; round < options.rounds; round++) {
    console.log(`round ${round + 1} of ${options.rounds}`);
    for (const one of wanted) {
      if (round < one.from) continue;
      for (const system of systems) {
        if (!system.peer.can.includes(one.scenario)) continue;
        note(cases, one.id, system.peer.name, await one.measure(system, { load, options }, round));
      }
      if (one.id === 'login-c4' && withRaw) note(cases, one.id, 'raw', await rawRate(options.seconds));
    }
  }
}

/** Starts all, measures all, stops all. @param {Work} work */
export async function measureAll(work) {
  const { peers, root, load, options, cases } = work;
  const wants = (/** @type {string} */ name) =>
    options.scenarios === undefined || options.scenarios.includes(name);
  const systems = /** @type {System[]} */ ([]);
  const idle = /** @type {Record<string, number | undefined>} */ ({});
  try {
    for (const peer of peers) {
      const system = await start(peer, await prepare(peer, root));
      systems.push(system);
      idle[peer.name] = residentBytes(system);
      await populate(system, load);
      await freshenSessions(system, load);
    }
    await playRounds(work, systems, cases);
    if (wants('memory')) {
      for (const system of systems) {
        const { name, can } = system.peer;
        const bytes = { idle: idle[name], loaded: residentBytes(system) };
        if (can.includes('memory')) note(cases, 'memory', name, bytes);
      }
    }
    if (wants('start')) cases.start = await measureStarts(systems, { load, options }, options.starts);
  } finally {
    for (const system of systems) await system.stop();
  }
}
