import { createServer } from 'node:net';
import { afterAll, test as base, beforeAll, expect } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import { keepAliveClient } from './support/client.ts';
import { only } from './support/database.ts';
import { openLine, type Told } from './support/line.ts';
import { startLoad } from './support/load.ts';
import { runLatchkey, type ServerProcess, startServer, workersOf } from './support/process.ts';
import {
  addAccount,
  countEvents,
  jtiOf,
  liveTokensOf,
  openSession,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { rawRequest } from './support/raw.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import {
  appOn,
  emptySharedDatabase,
  migratedSharedDatabase,
  type SharedDatabase,
} from './support/shared-database.ts';
import { until } from './support/until.ts';

/** How often all processes of a server are replaced under load. */
const HANG_UPS = rounds(1, 20);

const READYZ = rawRequest('GET /readyz');

const client = keepAliveClient();
const { refresh } = tokenRequests(client);
/** What mostly waits does so all at once. The long run takes one after the other. */
const test = base.concurrent;

/** The cheap hashes of the tests stay, so that logins cost little, and none waits for another. */
const KEPT = { PASSWORD_UPGRADE: 'off', HASH_CONCURRENCY: '16' };

let shared: SharedDatabase;
let database: Database;
let app: App;
const started: ServerProcess[] = [];

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
});

afterAll(async () => {
  client.close();
  await Promise.all(started.map((server) => server.kill9()));
  await shared?.remove();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = await startServer({
    databaseUrl: shared.url,
    settings: { WORKERS: '2', ...KEPT, ...settings },
  });
  started.push(server);
  return server;
}

/** Begins a request, and ends it once both processes have said that they stop. */
async function askSlowly(server: ServerProcess): Promise<{ asked: Promise<Told | undefined> }> {
  const line = await openLine(server);
  // Connections are handed out in turn: one to each process.
  const probes = [await openLine(server), await openLine(server)];
  for (const probe of probes) expect(await probe.ask([READYZ])).toMatchObject({ status: 200, isLast: false });
  const haveHeard = probes.map((probe) => until(async () => (await probe.ask([READYZ]))?.isLast !== false));
  const [head, body] = ['POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n', '{}'];
  return { asked: line.ask([head, body], Promise.all(haveHeard)) };
}

test(
  'both processes answer on the one port, and one token gives one next token [R-03]',
  PATIENTLY,
  async () => {
    const server = await start();
    expect(await workersOf(server)).toHaveLength(2);
    const account = await addAccount(app, 'shared-port');
    let token = (await openSession(app, account)).refresh;
    const outcomes = await tally(50, async () => {
      const replies = await together([server, server], 10, (one) => refresh(one, token));
      const next = new Set(replies.map(({ json }) => json.refresh as string));
      const live = await liveTokensOf(database, account);
      token = [...next][0] ?? token;
      return `${statusesOf(replies)}; next tokens: ${next.size}; live: ${live.length === 1 && live[0] === jtiOf(token)}`;
    });
    expect(outcomes).toEqual({ '10 x 200; next tokens: 1; live: true': 50 });
    expect(await countEvents(database, 'refresh_token_reused', account)).toBe(0);
    expect(await server.stop()).toBe(0);
  },
);

// Who starts, replaces and ends processes knows no database.
only('sqlite', () => {
  base.sequential(
    'SIGHUP replaces the processes one after the other, and no request fails',
    PATIENTLY,
    async () => {
      const server = await start();
      const load = await startLoad(app, server, { clients: 24, perSecond: 100, name: 'hang-up' });
      for (let i = 0; i < HANG_UPS; i += 1) {
        const old = await workersOf(server);
        process.kill(server.pid, 'SIGHUP');
        await until(async () => {
          const now = await workersOf(server);
          return now.length === 2 && now.every((pid) => !old.includes(pid));
        });
      }
      const { failed, answered } = await load.end();
      expect(failed).toEqual([]);
      expect(answered).toBeGreaterThan(100 * HANG_UPS);
      expect(await server.stop()).toBe(0);
    },
  );

  test('a process that dies is replaced, and the other one answers meanwhile', PATIENTLY, async () => {
    const server = await start();
    const [victim = 0] = await workersOf(server);
    process.kill(victim, 'SIGKILL');
    // Until the first process knows of it, it hands connections on to the dead one.
    await until(async () => !(await workersOf(server)).includes(victim));
    for (let i = 0; i < 20; i += 1) {
      const line = await openLine(server);
      expect(await line.ask([READYZ])).toMatchObject({ status: 200 });
      line.drop();
    }
    await until(async () => {
      const now = await workersOf(server);
      return now.length === 2 && !now.includes(victim);
    });
    expect(await server.stop()).toBe(0);
  });

  test('a signal to the whole group of processes stops them in order, too', PATIENTLY, async () => {
    const server = await start();
    const { asked } = await askSlowly(server);
    for (const pid of await workersOf(server)) for (const _ of [1, 2]) process.kill(pid, 'SIGINT');
    expect(await server.stop()).toBe(0);
    expect(await asked).toMatchObject({ status: 415, isLast: true });
  });

  test(
    'no process outlives the one that was started, and what was asked is answered',
    PATIENTLY,
    async () => {
      const server = await start();
      const workers = await workersOf(server);
      const { asked } = await askSlowly(server);
      // resolves when the last of them has closed its standard output
      await server.kill9();
      expect(await asked).toMatchObject({ status: 415, isLast: true });
      await until(async () => workers.every((pid) => !isThere(pid)));
    },
  );

  function isThere(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  test(
    'what cannot start says so in one line and ends, however many processes were wanted',
    PATIENTLY,
    async () => {
      const empty = await emptySharedDatabase();
      const other = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => other.once('listening', resolve));
      const { port } = other.address() as { port: number };
      const endings = await Promise.all([
        runLatchkey(['serve', '--workers', '3'], { databaseUrl: empty.url }),
        runLatchkey(['serve', '--workers', 'auto'], {
          databaseUrl: shared.url,
          settings: { PORT: String(port) },
        }),
        runLatchkey(['serve', '--workers', 'many'], { databaseUrl: shared.url }),
      ]);
      other.close();
      await empty.remove();
      expect(endings).toEqual([
        { code: 1, output: expect.stringMatching(/^latchkey: The database .* is empty\. Run: .*\n$/) },
        { code: 1, output: expect.stringMatching(/^latchkey: Port \d+ is taken\. .*\n$/) },
        { code: 1, output: 'latchkey: WORKERS must be a whole number from 1 to 64, not "many"\n' },
      ]);
    },
  );
});
