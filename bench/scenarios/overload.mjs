// More clients than the server has capacity for: what is still answered, what is refused, and is it well afterwards?
import { memoryOf } from '../load/processes.mjs';
import { latchkey } from '../peers/latchkey.mjs';
import { megabytes, rounded } from '../report/figures.mjs';
import { markdown } from '../report/table.mjs';
import { populate, prepare, start, visitors } from '../systems.mjs';
import { secondsToRecover } from './crowds.mjs';

/** @typedef {import('../systems.mjs').System} System */
/** @typedef {import('../load/loops.mjs').Figures} Figures */

/** How a kind of load is measured; `clients`: the numbers of which one is the capacity. */
const KINDS = /** @type {const} */ ([
  { kind: 'login', clients: [1, 2, 4, 8] },
  { kind: 'refresh', clients: [1, 2, 4, 8, 16] },
  { kind: 'mixed', clients: [2, 4, 8, 16] },
]);
const STEPS = [1, 2, 5, 10];

/** More clients than these add less than a twentieth. */
const NEARLY_ALL = 0.95;

/**
 * Whose sessions the clients have. Nobody logs in as one of them while the load lasts: of more than fifty sessions of one account the
 * oldest end.
 */
const holders = visitors.slice(0, 4);

/** A session for each client, for two clients that rotate one session would be another test. @param {System} system @param {import('../load/client.mjs').Load} load @param {number} count */
async function openSessions(system, load, count) {
  const sessions = [];
  while (sessions.length < count) {
    const some = holders.map((one) => load.ask(system.port, latchkey.wire.login(one)));
    for (const answer of await Promise.all(some)) {
      if (answer.status !== 200) throw new Error(`a login was answered with ${answer.status}`);
      sessions.push(latchkey.wire.session(answer));
    }
  }
  system.sessions = sessions;
}

/** @param {System} system @param {string} kind @param {number} connections @param {number} seconds @returns {import('../load/loops.mjs').Job} */
const job = (system, kind, connections, seconds) => ({
  peer: latchkey.name,
  kind,
  connections,
  ports: [system.port],
  seconds,
  warmup: 0.5,
  sessions: system.sessions,
  people: visitors.slice(holders.length),
});

/** The fewest clients that get nearly all there is. @param {System} system @param {(typeof KINDS)[number]} one @param {import('../run.mjs').Work} work */
async function capacityOf(system, { kind, clients }, { load, options }) {
  const tried = [];
  for (const count of clients) {
    const [figures] = await load.run([job(system, kind, count, options.quick ? 0.5 : 1.5)]);
    if (figures === undefined) throw new Error('no figures');
    system.sessions = figures.sessions;
    tried.push({ count, perSecond: figures.perSecond });
  }
  const best = Math.max(...tried.map(({ perSecond }) => perSecond));
  return tried.find(({ perSecond }) => perSecond >= best * NEARLY_ALL)?.count ?? 1;
}

/** @param {System} system @param {string} kind @param {number} clients @param {import('../run.mjs').Work} work */
async function overloaded(system, kind, clients, { load, options }) {
  const { seconds } = options;
  const probe = { ...job(system, 'health', 200, seconds), perSecond: 20 };
  const [crowd, health] = /** @type {[Figures, Figures]} */ (
    await load.run([job(system, kind, clients, seconds), probe])
  );
  system.sessions = crowd.sessions;
  const { sessions, ...figures } = crowd;
  const healthFailed = health.refused.count + health.unsent;
  return { ...figures, clients, seconds, health: health.good, healthFailed, bytes: memoryOf(system.pids) };
}

/** @param {System} system @param {(typeof KINDS)[number]} one @param {import('../run.mjs').Work} work */
async function measureKind(system, one, work) {
  await openSessions(system, work.load, 10 * Math.max(...one.clients));
  const capacity = await capacityOf(system, one, work);
  const steps = [];
  for (const times of STEPS) {
    const step = await overloaded(system, one.kind, capacity * times, work);
    steps.push({ kind: one.kind, times, ...step });
    console.log(`  ${one.kind} ${times}x: ${rounded(step.perSecond)}/s`);
  }
  const recoveredSeconds = await secondsToRecover(system, work.load);
  return steps.map((step) => (step.times === 10 ? { ...step, recoveredSeconds } : step));
}

/** @param {any} step */
function row({ kind, times, clients, seconds, perSecond, good, refused, statuses, health, ...rest }) {
  const surplus = Object.entries(statuses).filter(([status]) => !status.startsWith('2'));
  const { healthFailed, bytes, recoveredSeconds } = rest;
  return [
    `${kind}, ${times}x (${clients})`,
    rounded(perSecond),
    surplus
      .map(([status, count]) => `${rounded(/** @type {number} */ (count) / seconds)} × ${status}`)
      .join(', ') || 'none',
    `${rounded(good.p50)} / ${rounded(good.p99)}`,
    `${rounded(refused.p50)} / ${rounded(refused.p99)}`,
    `${rounded(health.p99)}${healthFailed > 0 ? `, ${healthFailed} failed` : ''}`,
    megabytes(bytes),
    recoveredSeconds === undefined ? '' : `${rounded(recoveredSeconds)} s`,
  ];
}

const HEAD = [
  'load (clients)',
  'good answers/s',
  'refused/s, by status',
  'admitted p50 / p99',
  'refused p50 / p99',
  'health p99',
  'RSS',
  'normal again after',
];

/** Latchkey alone, on SQLite. Prints its table. @param {import('../run.mjs').Work} work */
export async function measure(work) {
  const system = await start(latchkey, await prepare(latchkey, work.root));
  try {
    await populate(system, work.load);
    const chosen = KINDS.filter(({ kind }) => work.options.scenarios?.includes(kind) ?? true);
    const steps = [];
    for (const one of chosen) steps.push(...(await measureKind(system, one, work)));
    work.cases.overload = { latchkey: steps };
    console.log(`\n${markdown([HEAD, ...steps.map(row)])}\n`);
  } finally {
    await system.stop();
  }
}
