// Starting and stopping systems. None outlives the run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from './load/connection.mjs';
import { familyOf } from './load/processes.mjs';
import { encode, person } from './load/requests.mjs';

/**
 * @typedef {object} System a peer that runs
 * @property {import('./peers/wire.mjs').Peer} peer
 * @property {string} folder
 * @property {number} port
 * @property {string} url
 * @property {number[]} pids the process and all below it
 * @property {import('./load/requests.mjs').Session[]} sessions
 * @property {number} sessionsSince
 * @property {() => Promise<void>} stop
 */

/** So many accounts and sessions each system has. */
const PEOPLE = 16;
export const people = Array.from({ length: PEOPLE }, (_, number) => person('bench', number));

/** Who logs in again and again where logins are measured: an account has 50 sessions at the most, and those of `people` are to last. */
export const visitors = Array.from({ length: PEOPLE }, (_, number) => person('visitor', number));

/** Access tokens are good for 300 s; sessions are made anew in time. */
const SESSIONS_GOOD_FOR = 150_000;

const children = /** @type {Set<import('node:child_process').ChildProcess>} */ (new Set());
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => process.exit(130));
}

/** Of our environment a system gets what programs need to run. @param {import('./peers/wire.mjs').Program} program */
function launch({ command, parameters, environment, cwd }, /** @type {string} */ log) {
  const output = openSync(log, 'a');
  const child = spawn(command, parameters, {
    cwd,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** @param {import('./peers/wire.mjs').Program} program @param {string} log */
async function runToEnd(program, log) {
  const [code] = await once(launch(program, log), 'exit');
  if (code !== 0) throw new Error(`${program.command} ended with ${code}: ${readFileSync(log, 'utf8')}`);
}

/** @returns {Promise<number>} */
export async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address());
  listener.close();
  await once(listener, 'close');
  return port;
}

/** @param {number} port @param {import('./load/requests.mjs').Request} request @returns {Promise<import('./load/connection.mjs').Answer>} */
function askOnce(port, request) {
  const connection = openConnection(port);
  return new Promise((resolve) => {
    connection.send(encode(request, port), (answer) => {
      connection.close();
      resolve(answer);
    });
  });
}

/**
 * Asks until a good answer comes.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port @param {import('./load/requests.mjs').Request} request @param {string} log
 */
async function untilGood(child, port, request, log) {
  const giveUp = performance.now() + 60_000;
  for (;;) {
    const { status } = await askOnce(port, request);
    if (status >= 200 && status < 300) return;
    if (child.exitCode !== null || performance.now() > giveUp)
      throw new Error(`it did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
    await sleep(2);
  }
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(timer);
}

/**
 * Prepares a system in its own folder below `root`. Starting it is `start`.
 * @param {import('./peers/wire.mjs').Peer} peer @param {string} root @param {{ databaseUrl?: string, name?: string }} [options]
 */
export async function prepare(peer, root, { databaseUrl, name = peer.name } = {}) {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const place = { folder, port: await freePort(), ...(databaseUrl !== undefined && { databaseUrl }) };
  for (const program of peer.prepare(place)) await runToEnd(program, join(folder, 'log'));
  return place;
}

/**
 * Starts a prepared system and waits for its first good answer to `request` (default: its health page).
 * @param {import('./peers/wire.mjs').Peer} peer @param {import('./peers/wire.mjs').Place} place
 * @param {import('./load/requests.mjs').Request} [request]
 * @returns {Promise<System>}
 */
export async function start(peer, place, request = { method: 'GET', path: peer.wire.healthPath }) {
  const log = join(place.folder, 'log');
  const child = launch(peer.serve(place), log);
  await untilGood(child, place.port, request, log);
  return {
    peer,
    folder: place.folder,
    port: place.port,
    url: `http://127.0.0.1:${place.port}`,
    pids: child.pid === undefined ? [] : familyOf(child.pid),
    sessions: [{ access: 'none', refresh: 'none' }],
    sessionsSince: Number.NEGATIVE_INFINITY,
    stop: () => end(child),
  };
}

/** @param {System} system @param {import('./load/client.mjs').Load} load @param {import('./load/requests.mjs').Request} request */
async function mustAnswer(system, load, request) {
  const answer = await load.ask(system.port, request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(
    `${system.peer.name}: ${request.path} answered ${answer.status} ${answer.body.slice(0, 300)}`,
  );
}

const hasLogin = (/** @type {System} */ { peer }) => peer.can.includes('refresh');

/** Registers everybody. @param {System} system @param {import('./load/client.mjs').Load} load */
export async function populate(system, load) {
  if (!hasLogin(system)) return;
  for (const one of [...people, ...visitors]) await mustAnswer(system, load, system.peer.wire.register(one));
}

/** Logs everybody in, unless that was a short while ago. @param {System} system @param {import('./load/client.mjs').Load} load */
export async function freshenSessions(system, load) {
  if (!hasLogin(system) || performance.now() - system.sessionsSince < SESSIONS_GOOD_FOR) return;
  const { wire } = system.peer;
  const login = async (/** @type {import('./load/requests.mjs').Person} */ one) =>
    wire.session(await mustAnswer(system, load, wire.login(one)));
  const sessions = [];
  for (let at = 0; at < PEOPLE; at += 2)
    sessions.push(...(await Promise.all(people.slice(at, at + 2).map(login))));
  const known = await mustAnswer(system, load, wire.get(sessions[0] ?? {}));
  // A polite 200 for nobody in particular would measure something else.
  if (!known.body.includes(people[0]?.username ?? ''))
    throw new Error(`${system.peer.name} does not know its user: ${known.body.slice(0, 300)}`);
  system.sessions = sessions;
  system.sessionsSince = performance.now();
}
