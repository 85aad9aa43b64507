// Latchkey on PostgreSQL: one instance and two, on one database.
import { join } from 'node:path';
import { latchkey } from '../peers/latchkey.mjs';
import { startPostgres } from '../postgres-cluster.mjs';
import { freshenSessions, populate, prepare, start, visitors } from '../systems.mjs';

/** @typedef {import('../systems.mjs').System} System */

/** What is measured: kind and connections. */
const CASES = /** @type {const} */ ([
  ['get', 16],
  ['get', 64],
  ['refresh', 16],
  ['login', 4],
]);

/**
 * The connections are shared by the instances. CPU time is that of the instances and of PostgreSQL.
 * @param {System[]} instances @param {number[]} others @param {string} kind @param {number} connections
 * @param {import('../run.mjs').Work} work
 */
async function measureOn(instances, others, kind, connections, { load, options }) {
  const [first] = instances;
  if (first === undefined) throw new Error('no instance');
  await freshenSessions(first, load);
  const [figures] = await load.run([
    {
      peer: 'latchkey',
      kind,
      connections,
      ports: instances.map(({ port }) => port),
      pids: [...instances.flatMap(({ pids }) => pids), ...others],
      seconds: options.seconds,
      warmup: options.warmup,
      sessions: first.sessions,
      people: visitors,
    },
  ]);
  const { sessions, ...rest } = /** @type {import('../load/loops.mjs').Figures} */ (figures);
  first.sessions = sessions;
  return rest;
}

/** @param {System[]} both @param {() => number[]} others @param {import('../run.mjs').Work} work */
async function playRounds(both, others, work) {
  const { cases } = work;
  for (let round = 0; round < work.options.rounds; round++) {
    for (const [kind, connections] of CASES) {
      const id = `postgres-${kind}-c${connections}`;
      const rounds = cases[id] ?? { one: [], two: [] };
      cases[id] = rounds;
      rounds.one?.push(await measureOn(both.slice(0, 1), others(), kind, connections, work));
      rounds.two?.push(await measureOn(both, others(), kind, connections, work));
      console.log(`  ${id}: round ${round + 1} of ${work.options.rounds}`);
    }
  }
}

/** @param {import('../run.mjs').Work} work */
export async function measure(work) {
  const { root, load } = work;
  const cluster = await startPostgres(join(root, 'postgres'));
  const systems = /** @type {System[]} */ ([]);
  try {
    for (const name of ['one', 'two']) {
      const place = await prepare(latchkey, root, { databaseUrl: cluster.url, name });
      systems.push(await start(latchkey, place));
    }
    if (systems[0] !== undefined) await populate(systems[0], load);
    await playRounds(systems, cluster.pids, work);
  } finally {
    for (const system of systems) await system.stop();
    await cluster.stop();
  }
}
