// The two ways to ask: as fast as answers come, and at a fixed rate whatever comes.
import { performance } from 'node:perf_hooks';
import { openConnection } from './connection.mjs';
import { cpuMillisecondsOf } from './processes.mjs';
import { scriptOf } from './requests.mjs';
import { latenciesOf } from './statistics.mjs';

/**
 * @typedef {object} Job
 * @property {string} peer
 * @property {string} kind get, refresh, refresh-many, mixed, login, register or health
 * @property {number[]} ports one, or those of several instances that share the connections
 * @property {number} connections of a paced job: the most that are opened
 * @property {number} seconds
 * @property {number} [warmup] seconds before that, which are not counted
 * @property {number} [perSecond] paced: this many are sent a second, and latency counts from when one was due
 * @property {number[]} [pids]
 * @property {import('./requests.mjs').Session[]} [sessions]
 * @property {import('./requests.mjs').Person[]} [people]
 * @property {boolean} [hangUp] closes at the end without waiting for the last answers
 * @property {string} [prefix] of the names that are registered
 *
 * @typedef {object} Figures
 * @property {number} perSecond good answers
 * @property {import('./statistics.mjs').Latencies} good
 * @property {import('./statistics.mjs').Latencies} refused answers with another status than 2xx
 * @property {Record<string, number>} statuses 0: no answer
 * @property {number} unsent paced: due, but every connection was still waiting
 * @property {number | undefined} cpuMilliseconds of the server, a good answer
 * @property {import('./requests.mjs').Session[]} sessions as they are now
 */

/** Counts what is answered between the end of the warm-up and the end. @param {Job} job */
function tally({ seconds, warmup = 0, pids }) {
  const from = performance.now() + warmup * 1000;
  const until = from + seconds * 1000;
  const good = /** @type {number[]} */ ([]);
  const refused = /** @type {number[]} */ ([]);
  const statuses = /** @type {Record<string, number>} */ ({});
  const cpuAt = async (/** @type {number} */ instant) => {
    await new Promise((resolve) => setTimeout(resolve, instant - performance.now()));
    return pids && cpuMillisecondsOf(pids);
  };
  const used = Promise.all([cpuAt(from), cpuAt(until)]);
  return {
    until,
    count(/** @type {number} */ status, /** @type {number} */ since) {
      const now = performance.now();
      if (now < from || now >= until) return;
      (status >= 200 && status < 300 ? good : refused).push(now - since);
      statuses[status] = (statuses[status] ?? 0) + 1;
    },
    async figures() {
      const [before, after] = await used;
      const known = before !== undefined && after !== undefined && good.length > 0;
      return {
        perSecond: good.length / seconds,
        good: latenciesOf(good),
        refused: latenciesOf(refused),
        statuses,
        cpuMilliseconds: known ? (after - before) / good.length : undefined,
      };
    },
  };
}

/** @param {Job} job @param {number} number @param {import('./requests.mjs').Session[]} sessions */
function caller(job, number, sessions) {
  const port = job.ports[number % job.ports.length];
  const { peer, kind, connections, people = [], prefix = 'p' } = job;
  const script = scriptOf({ peer, kind, port, number, connections, sessions, people, prefix });
  return { script, connection: openConnection(port) };
}

/** Every connection asks again as soon as it was answered. @param {Job} job @returns {Promise<Figures>} */
async function closedLoop(job) {
  const sessions = [...(job.sessions ?? [])];
  const counted = tally(job);
  const callers = Array.from({ length: job.connections }, (_, number) => caller(job, number, sessions));
  const one = (/** @type {ReturnType<typeof caller>} */ { script, connection }) =>
    new Promise((resolve) => {
      function ask() {
        const since = performance.now();
        if (since >= counted.until) return resolve(undefined);
        connection.send(script.bytes(), (answer) => {
          script.took(answer);
          counted.count(answer.status, since);
          // A refused connection is answered at once: without a pause this would never turn.
          if (answer.status === 0) setTimeout(ask, 10);
          else ask();
        });
      }
      ask();
    });
  // The last answers are awaited: without them a chain of refresh tokens would be lost.
  const patience = job.hangUp ? 0 : 5000;
  await Promise.race([Promise.all(callers.map(one)), sleepUntil(counted.until + patience)]);
  for (const { connection } of callers) connection.close();
  return { ...(await counted.figures()), unsent: 0, sessions };
}

const sleepUntil = (/** @type {number} */ instant) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, instant - performance.now())));

/**
 * Sends at a fixed rate. At low rates the last millisecond is spent looking at the clock, for timers are no better
 * than that.
 * @param {Job} job
 * @returns {Promise<Figures>}
 */
async function openLoop(job) {
  const { perSecond = 100, connections } = job;
  const sessions = [...(job.sessions ?? [])];
  const started = performance.now();
  const counted = tally(job);
  const idle = /** @type {ReturnType<typeof caller>[]} */ ([]);
  const opened = /** @type {ReturnType<typeof caller>[]} */ ([]);
  let unsent = 0;
  let sent = 0;

  function sendOne(/** @type {number} */ due) {
    let free = idle.pop();
    if (free === undefined && opened.length < connections) {
      free = caller(job, opened.length, sessions);
      opened.push(free);
    }
    if (free === undefined) {
      unsent += 1;
      return;
    }
    const mine = free;
    mine.connection.send(mine.script.bytes(), (answer) => {
      mine.script.took(answer);
      counted.count(answer.status, due);
      idle.push(mine);
    });
  }

  await new Promise((resolve) => {
    function tick() {
      const now = performance.now();
      let due = started + (sent * 1000) / perSecond;
      for (; due <= now && due < counted.until; due = started + (sent * 1000) / perSecond) {
        sent += 1;
        sendOne(due);
      }
      if (now >= counted.until) return resolve(undefined);
      if (perSecond <= 200 && due - now < 1.5) setImmediate(tick);
      else setTimeout(tick, Math.max(0, due - now - 1.5));
    }
    tick();
  });
  const figures = await counted.figures();
  for (const { connection } of opened) connection.close();
  return { ...figures, unsent, sessions };
}

/** @param {Job} job @returns {Promise<Figures>} */
export function runJob(job) {
  return job.perSecond === undefined ? closedLoop(job) : openLoop(job);
}
