import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, test as base, beforeAll, describe, expect } from 'vitest';
import type { App } from '../src/domain/app.ts';
import { DATABASE, only } from './support/database.ts';
import { type Line, openLine, type Told } from './support/line.ts';
import { startLoad } from './support/load.ts';
import { type ServerProcess, startServer } from './support/process.ts';
import { rawRequest } from './support/raw.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

/** How often a server is stopped under load (T-12). */
const ROUNDS = rounds(2, 100);

/** What only waits does so all at once, beside one load. The long run takes one after the other. */
const test = base.concurrent;

/** The cheap hashes of the tests stay, so that logins cost little, and none waits for another. */
const KEPT = { PASSWORD_UPGRADE: 'off', HASH_CONCURRENCY: '16' };

let shared: SharedDatabase;
let app: App;
const started: ServerProcess[] = [];

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  app = appOn(shared.open());
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.kill9()));
  await shared?.remove();
});

async function start(workers = 1): Promise<ServerProcess> {
  const server = await startServer({
    databaseUrl: shared.url,
    settings: { WORKERS: String(workers), ...KEPT },
  });
  started.push(server);
  return server;
}

const READYZ = rawRequest('GET /readyz');

interface Round {
  readonly failed: readonly string[];
  readonly answered: number;
  readonly busy: number;
  readonly turnedAway: number;
  readonly milliseconds: number;
  readonly code: number | null;
  /** what a connection that was open before the stop heard of readiness after it */
  readonly readiness: unknown;
}

/** What a line is told of readiness at last: the server may not have heard the signal when it is asked first. */
async function lastAnswer(probe: Line): Promise<Told | undefined> {
  for (;;) {
    const told = await probe.ask([READYZ]);
    if (told?.status !== 200 || told.isLast) return told;
    await sleep(20);
  }
}

/** Stops a server while 24 clients ask it 200 times a second. */
async function stopUnderLoad(workers: number, name: string): Promise<Round> {
  const server = await start(workers);
  const load = await startLoad(app, server, { clients: 24, perSecond: 200, name });
  const probe = await openLine(server);
  await probe.ask([READYZ]);
  await load.underWay;
  await sleep(Math.random() * 400);
  load.expectStop();
  const began = performance.now();
  const stopped = server.stop();
  const readiness = await lastAnswer(probe);
  const code = await stopped;
  const milliseconds = Math.round(performance.now() - began);
  const { failed, answered, busy, turnedAway } = await load.end();
  return { failed, answered, busy, turnedAway, milliseconds, code, readiness };
}

const SHUTTING_DOWN = { status: 503, body: '{"status":"not ready","reason":"shutting down"}', isLast: true };

describe.concurrent('a server that is told to stop', () => {
  const processes = DATABASE === 'sqlite' ? [1, 2] : [1];
  base.sequential.each(processes)(
    'answers all it was asked, and says no to readiness probes meanwhile: %i process(es)',
    PATIENTLY,
    async (workers) => {
      const stops: Round[] = [];
      for (let i = 0; i < ROUNDS; i += 1) stops.push(await stopUnderLoad(workers, `w${workers}-r${i}`));
      tell(figuresOf(stops, workers));
      expect(stops.flatMap(({ failed }) => failed)).toEqual([]);
      for (const { code, readiness, milliseconds, answered } of stops) {
        expect({ code, readiness }).toEqual({ code: 0, readiness: SHUTTING_DOWN });
        expect(milliseconds).toBeLessThan(10_000);
        expect(answered).toBeGreaterThan(30);
      }
    },
  );
});

function figuresOf(stops: readonly Round[], workers: number): string {
  const times = stops.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)];
  const sum = (key: 'answered' | 'busy' | 'turnedAway') =>
    stops.reduce((total, round) => total + round[key], 0);
  const failed = stops.flatMap((round) => round.failed).length;
  return (
    `${workers} process(es) on ${DATABASE}, ${stops.length} stops: ${sum('answered')} answered, ${sum('busy')} told to come again, ${failed} failed, ` +
    `${sum('turnedAway')} newcomers turned away; drain p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} ms`
  );
}

// How a process takes leave of its clients is the same on any database.
only('sqlite', () => {
  test.each([1, 2])(
    'a server of %i process(es) ends at once at the second signal',
    PATIENTLY,
    async (workers) => {
      const server = await start(workers);
      const line = await openLine(server);
      const halfAsked = line.ask([
        'POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{',
      ]);
      await sleep(100);
      const stopped = server.stop();
      await sleep(200);
      const began = performance.now();
      process.kill(server.pid, 'SIGTERM');
      expect(await stopped).toBe(1);
      // With one signal it would wait for that request for eight seconds.
      expect(performance.now() - began).toBeLessThan(4_000);
      expect(await halfAsked).toBeUndefined();
      await expect(openLine(server)).rejects.toThrow('ECONNREFUSED');
    },
  );

  test('connections that nobody uses do not keep a server from stopping', async () => {
    const server = await start();
    const [used, unused] = [await openLine(server), await openLine(server)];
    await used.ask([READYZ]);
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(7_000);
    expect([used.isOpen(), unused.isOpen()]).toEqual([false, false]);
  });

  test('who never ends his request is told to come again, and holds up a stop for less than ten seconds', async () => {
    const server = await start();
    const line = await openLine(server);
    const asked = line.ask(['POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{']);
    await sleep(100);
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await asked).toMatchObject({ status: 503, isLast: true });
  });
});
