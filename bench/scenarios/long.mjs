// A million sessions, five million rotations: does refresh get slower, does the file grow?
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { latchkey } from '../peers/latchkey.mjs';
import { SECRET_KEY } from '../peers/wire.mjs';
import { freshenSessions, populate, prepare, start } from '../systems.mjs';

const SESSIONS = 1_000_000;
const ROTATIONS = 5_000_000;
/** So many of the million take part over HTTP. */
const SAMPLE = 4000;
const TOOL = fileURLToPath(new URL('../servers/million-sessions.mjs', import.meta.url));

const databaseOf = (/** @type {{ folder: string }} */ { folder }) => join(folder, 'latchkey.sqlite3');

/** The file and what lies beside it. @param {string} path */
function bytesOf(path) {
  const files = [path, `${path}-wal`].filter(existsSync);
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** @param {string} command @param {string} path @param {number} count */
async function onFile(command, path, count) {
  const words = [TOOL, command, path, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 28 });
  return stdout;
}

const base64 = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The refresh token of a session as Latchkey would sign it, without the claims about the person. @param {any} row */
function refreshTokenOf({ id, user_id, jti, issued_at, expires_at }) {
  const times = { exp: expires_at / 1000, iat: issued_at / 1000 };
  const claims = { token_type: 'refresh', exp: Math.floor(times.exp), iat: Math.floor(times.iat), jti };
  const signed = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ ...claims, user_id, sid: id })}`;
  return `${signed}.${createHmac('sha256', SECRET_KEY).update(signed).digest('base64url')}`;
}

/** @param {string} path */
async function sampledSessions(path) {
  const rows = JSON.parse(await onFile('sample', path, SAMPLE));
  return rows.map((/** @type {any} */ row) => ({ access: '', refresh: refreshTokenOf(row) }));
}

/** @param {import('../systems.mjs').System} system @param {import('../run.mjs').Work} work @param {object} [more] */
async function refreshing(system, { load, options }, more) {
  const job = { peer: 'latchkey', kind: 'refresh-many', ports: [system.port], sessions: system.sessions };
  const { seconds, warmup } = options;
  const [figures] = await load.run([{ ...job, connections: 1, seconds, warmup, ...more }]);
  if (figures === undefined || figures.refused.count > 0)
    throw new Error(`a refresh was refused: ${JSON.stringify(figures?.statuses)}`);
  system.sessions = figures.sessions;
  return figures;
}

/** Many refreshes, so that a server that has just started is compiled and has read what it reads. @param {import('../systems.mjs').System} system @param {import('../run.mjs').Work} work */
const warm = (system, work) =>
  refreshing(system, work, { connections: 16, seconds: work.options.seconds * 5, warmup: 0 });

/** Round by round the p50 of both. @param {import('../systems.mjs').System} empty @param {import('../systems.mjs').System} full @param {import('../run.mjs').Work} work */
async function compared(empty, full, work) {
  const rounds = [];
  for (let round = 0; round < work.options.rounds; round++) {
    const one = (await refreshing(empty, work)).good;
    const other = (await refreshing(full, work)).good;
    rounds.push({ empty: one, full: other, slower: other.p50 / one.p50 });
  }
  return rounds;
}

/** Both have just been started: a server that has run for a while answers quicker. @param {import('../systems.mjs').System} empty @param {import('../systems.mjs').System} full @param {import('../run.mjs').Work} work */
async function warmedAndCompared(empty, full, work) {
  await warm(empty, work);
  const many = await warm(full, work);
  return { rounds: await compared(empty, full, work), overHttp: many.good.count };
}

/** @param {import('../run.mjs').Work} work */
export async function measure(work) {
  const { root, load, options } = work;
  const [sessions, rotations] = options.quick ? [SESSIONS / 100, ROTATIONS / 100] : [SESSIONS, ROTATIONS];
  const places = {
    full: await prepare(latchkey, root, { name: 'full' }),
    empty: await prepare(latchkey, root, { name: 'empty' }),
  };
  const path = databaseOf(places.full);
  let empty = await start(latchkey, places.empty);
  /** @type {import('../systems.mjs').System | undefined} */
  let full;
  const startBoth = async () => {
    const { sessions: those } = empty;
    await empty.stop();
    const tokens = await sampledSessions(path);
    empty = Object.assign(await start(latchkey, places.empty), { sessions: those });
    full = Object.assign(await start(latchkey, places.full), { sessions: tokens });
    return warmedAndCompared(empty, full, work);
  };
  try {
    await populate(empty, load);
    await freshenSessions(empty, load);
    console.log(`making ${sessions} sessions`);
    await onFile('fill', path, sessions);
    const bytesBefore = bytesOf(path);
    const before = await startBoth();
    await full?.stop();
    console.log('rotating in the file');
    await onFile('rotate', path, Math.max(0, rotations - before.overHttp));
    const bytesAfter = bytesOf(path);
    const after = await startBoth();
    const facts = { sessions, rotations, overHttp: before.overHttp, bytesBefore, bytesAfter };
    work.cases.long = {
      latchkey: after.rounds.map((round, at) => ({
        ...round,
        before: before.rounds[at],
        ...facts,
        growth: bytesAfter / bytesBefore,
      })),
    };
  } finally {
    await full?.stop();
    await empty.stop();
  }
}
