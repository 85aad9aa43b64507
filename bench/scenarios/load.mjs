// The plain ones: one kind of request, a number of connections that ask without pause.
import { freshenSessions, visitors } from '../systems.mjs';

/**
 * @typedef {object} Context
 * @property {import('../load/client.mjs').Load} load
 * @property {{ seconds: number, warmup: number, rounds: number }} options
 *
 * @typedef {object} Case
 * @property {string} id
 * @property {string} scenario what `--scenarios` and a peer's `can` call it
 * @property {string} title
 * @property {(system: import('../systems.mjs').System, context: Context, round: number) => Promise<any>} measure
 */

/** @param {string} scenario @param {number} connections @param {string} title @returns {Case} */
function loadCase(scenario, connections, title) {
  return {
    id: `${scenario}-c${connections}`,
    scenario,
    title: `${title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    async measure(system, { load, options }, round) {
      await freshenSessions(system, load);
      const [figures] = await load.run([
        {
          peer: system.peer.name,
          kind: scenario,
          ports: [system.port],
          connections,
          seconds: options.seconds,
          warmup: options.warmup,
          pids: system.pids,
          sessions: system.sessions,
          people: visitors,
          prefix: `r${round}`,
        },
      ]);
      const { sessions, ...rest } = figures;
      system.sessions = sessions;
      // A chain that was cut is begun anew.
      if (scenario === 'refresh' && rest.refused.count > 0) system.sessionsSince = Number.NEGATIVE_INFINITY;
      return rest;
    },
  };
}

export const LOAD_CASES = [
  ...[1, 16, 64].map((connections) => loadCase('get', connections, 'Protected GET')),
  ...[1, 16].map((connections) => loadCase('refresh', connections, 'Refresh with rotation')),
  ...[1, 4].map((connections) => loadCase('login', connections, 'Login')),
  loadCase('register', 4, 'Register'),
];
