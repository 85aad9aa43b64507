import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runLatchkey, type ServerProcess, startServer, workersOf } from '../support/process.ts';
import { PATIENTLY } from '../support/rounds.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-flush-'));
const started: ServerProcess[] = [];
let accounts = 0;

afterAll(async () => {
  await Promise.all(started.map((server) => server.kill9()));
  rmSync(folder, { recursive: true });
});

/** While this file is there the next flush takes it away, and fails as on a disk that is broken. */
const fault = join(folder, 'fault');
const BREAKABLE = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { fdatasync } = fs;
fs.fdatasync = (file, done) => {
  try { fs.unlinkSync(${JSON.stringify(fault)}); } catch { return fdatasync(file, done); }
  done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
};
syncBuiltinESMExports();`;

async function start(name: string, workers: string): Promise<ServerProcess> {
  const databaseUrl = `sqlite:${join(folder, name)}`;
  expect((await runLatchkey(['migrate'], { databaseUrl })).code).toBe(0);
  const settings = {
    WORKERS: workers,
    SQLITE_SYNCHRONOUS: 'full',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BREAKABLE)}`,
  };
  const server = await startServer({ databaseUrl, settings });
  started.push(server);
  return server;
}

/** Over a connection of its own: it goes to the next worker. */
async function ask({ url }: ServerProcess, path: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

const person = (number: number) => ({ username: `person${number}`, password: 'Sup3rSecret!x' });

function register(server: ServerProcess): Promise<number> {
  accounts += 1;
  return ask(server, '/api/register/', person(accounts));
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test(
  'a server that cannot flush its log answers 503, ends with code 1, and a new one goes on',
  PATIENTLY,
  async () => {
    const server = await start('one.sqlite3', '1');
    const first = accounts + 1;
    expect(await register(server)).toBe(201);
    writeFileSync(fault, '');
    expect(await register(server)).toBe(503);
    await until(() => !isThere(server.pid));
    expect(server.output()).toContain('nothing can be written any more until this process starts anew');
    expect(await server.stop()).toBe(1);

    const next = await start('one.sqlite3', '1');
    expect(await register(next)).toBe(201);
    expect(await ask(next, '/api/token/', person(first))).toBe(200);
  },
);

test('a worker that cannot flush its log is replaced by one that writes', PATIENTLY, async () => {
  const server = await start('two.sqlite3', '2');
  const before = await workersOf(server);
  writeFileSync(fault, '');
  // Of a registration, or of something that a worker writes by itself.
  await until(async () => (await register(server)) === 503 || !existsSync(fault));
  await until(async () => {
    const now = await workersOf(server);
    return now.length === 2 && now.filter((pid) => before.includes(pid)).length === 1;
  });
  for (let time = 0; time < 8; time += 1) expect(await register(server)).toBe(201);
});
