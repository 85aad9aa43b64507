import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readExposition, sampleValue } from './support/exposition.ts';
import { fetchOnce, METRICS_TOKEN } from './support/metered.ts';
import { runLatchkey, type ServerProcess, startServer, workersOf } from './support/process.ts';
import { PATIENTLY } from './support/rounds.ts';
import { migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';
import { until } from './support/until.ts';

const METRICS_AT = /The metrics are at (http:[\w.:/]+)/;

let shared: SharedDatabase;
let server: ServerProcess;
let port: string;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  server = await startServer({
    databaseUrl: shared.url,
    settings: { WORKERS: '2', METRICS: '0', METRICS_TOKEN },
  });
  await until(() => METRICS_AT.test(server.output()));
  port = METRICS_AT.exec(server.output())?.[1] ?? '';
});

afterAll(async () => {
  expect(await server?.stop()).toBe(0);
  await shared?.remove();
});

async function scrape(url = port) {
  const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
  const reply = await fetchOnce(url, { headers });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return readExposition(await reply.text());
}

const healthy = { route: '/healthz', method: 'GET', status: '200' };
const healthChecks = async (url?: string) =>
  sampleValue(await scrape(url), 'latchkey_http_requests_total', healthy) ?? 0;

let asked = 0;

/** Connections are handed out in turn, so that every process answers some. */
async function askForHealth(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) expect((await fetchOnce(`${server.url}/healthz`)).status).toBe(200);
  asked += times;
}

/** A request is counted when its connection has ended, and on a busy machine a process may say so at the next scrape. */
const allAreCounted = (url?: string) => until(async () => (await healthChecks(url)) === asked);

test(
  'what is counted is the sum of all processes, on the port of its own and behind the token',
  PATIENTLY,
  async () => {
    await askForHealth(10);
    for (const url of [port, `${server.url}/metrics`, `${server.url}/metrics`]) await allAreCounted(url);
    for (const url of [port, `${server.url}/metrics`]) expect((await fetchOnce(url)).status).toBe(401);
  },
);

test('levels are what they are of the whole server', PATIENTLY, async () => {
  const families = await scrape();
  expect(families.get('latchkey_build_info')?.samples.map(({ value }) => value)).toEqual([1]);
  expect(sampleValue(families, 'latchkey_ready')).toBe(1);
  expect(sampleValue(families, 'latchkey_hashes_running')).toBe(0);
  expect(sampleValue(families, 'process_start_time_seconds')).toBeCloseTo(Date.now() / 1000, -3);
  // Of the whole there is one worst lag; of memory, what the first process and both workers have together.
  await until(async () => {
    const bytes = sampleValue(await scrape(), 'process_resident_memory_bytes') ?? 0;
    return bytes > 3 * 30 * 2 ** 20;
  });
});

test(
  'a process that does not answer holds nobody up, and what it said last still counts',
  PATIENTLY,
  async () => {
    await askForHealth(4);
    await allAreCounted();
    const [stopped = 0] = await workersOf(server);
    process.kill(stopped, 'SIGSTOP');
    try {
      const began = performance.now();
      expect(await healthChecks()).toBe(asked);
      expect(performance.now() - began).toBeLessThan(5_000);
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    await until(async () => (await healthChecks()) === asked);
  },
);

test('no count falls when processes are replaced: what they counted stays', PATIENTLY, async () => {
  await askForHealth(10);
  await allAreCounted();
  const old = await workersOf(server);
  process.kill(server.pid, 'SIGHUP');
  const seen: number[] = [];
  await until(async () => {
    seen.push(await healthChecks());
    const now = await workersOf(server);
    return now.length === 2 && now.every((pid) => !old.includes(pid));
  });
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(await healthChecks()).toBe(asked);
  // Asked of those that took over.
  await askForHealth(4);
  await allAreCounted(`${server.url}/metrics`);
});

test('a process that dies takes with it only what it counted since the last scrape', PATIENTLY, async () => {
  await askForHealth(4);
  await allAreCounted();
  const [victim = 0] = await workersOf(server);
  process.kill(victim, 'SIGKILL');
  await until(async () => {
    const now = await workersOf(server);
    return now.length === 2 && !now.includes(victim);
  });
  expect(await healthChecks()).toBe(asked);
});

test('a port that is taken stops the server before it answers anybody', PATIENTLY, async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  const settings = { WORKERS: '2', METRICS: String(taken) };
  expect(await runLatchkey(['serve'], { databaseUrl: shared.url, settings })).toEqual({
    code: 1,
    output: expect.stringMatching(/^latchkey: METRICS cannot be served: .*EADDRINUSE.*\n$/),
  });
  other.close();
});
