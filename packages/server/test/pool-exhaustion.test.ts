import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { test as base, expect, vi } from 'vitest';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { readConfig } from '../src/config.ts';
import { keepAliveClient } from './support/client.ts';
import { DATABASE, lendDatabase, only } from './support/database.ts';
import { type ServerProcess, startServer } from './support/process.ts';
import { addAccount, openSession, statusesOf } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { appOn, migratedSharedDatabase } from './support/shared-database.ts';
import { SECRET_KEY } from './support/world.ts';

const POOL = 5;
const BURST = rounds(100, 500);
const ABORTED = rounds(300, 10_000);

interface Place {
  readonly server: ServerProcess;
  readonly database: Database;
  readonly access: string;
}

const client = keepAliveClient(BURST + 10);

const test = base.extend<{ place: Place }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  place: async ({}, use) => {
    const shared = await migratedSharedDatabase();
    const database = shared.open();
    const app = appOn(database);
    const { access } = await openSession(app, await addAccount(app, 'alice'));
    const settings = { DATABASE_POOL: String(POOL), DATABASE_WAIT_SECONDS: '2' };
    const server = await startServer({ databaseUrl: shared.url, settings });
    await use({ server, database, access });
    await server.stop();
    await shared.remove();
  },
});

const timed = async (asking: Promise<{ readonly status: number }>) => {
  const started = performance.now();
  const { status } = await asking;
  return { status, ms: performance.now() - started };
};

/** Connections to this database that are at work, as PostgreSQL sees them, but for the one that asks. */
async function busyConnections({ db }: Database): Promise<number> {
  const { rows } = await sql<{ busy: number }>`select count(*)::int as busy from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
      and backend_type = 'client backend'`.execute(db);
  return rows[0]?.busy ?? 0;
}

/** Sends a request, or half of it, and breaks the connection off. */
function abort({ url }: ServerProcess, access: string, i: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const request = `GET /api/dashboard/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${access}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(i % 4 === 0 ? request.slice(0, 60) : request);
      setTimeout(() => socket.resetAndDestroy(), i % 7);
    });
    socket.on('error', () => {}).on('close', () => resolve());
  });
}

only('postgres', () => {
  test('what was waited for a connection is taken off the time for a lock [T-07]', async () => {
    const lent = await lendDatabase();
    const config = readConfig('serve', { SECRET_KEY, PUBLIC_URL: 'http://x', DATABASE_URL: lent.url });
    const database = openDatabase({ ...config, databasePool: 1 });
    const lockTimeout = async () => {
      const { rows } = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(database.db);
      return rows[0]?.lock_timeout;
    };
    // Opens the connection, which is a wait too when it takes long.
    await lockTimeout();
    expect(await lockTimeout()).toBe('2s');
    const [, afterWaiting] = await Promise.all([
      sql`select pg_sleep(0.4)`.execute(database.db),
      lockTimeout(),
    ]);
    expect(afterWaiting).toMatch(/^(1750|1500|1250|1000)ms$|^1s$/);
    expect(await lockTimeout()).toBe('2s');
    await database.close();
    await lent.release();
  });

  test('the timeouts follow from the setting', async () => {
    const lent = await lendDatabase();
    const config = readConfig('serve', { SECRET_KEY, PUBLIC_URL: 'http://x', DATABASE_URL: lent.url });
    const timeouts = async (patient: boolean) => {
      const database = openDatabase({ ...config, databaseWaitSeconds: 30 }, { patient });
      const { rows } = await sql<{ name: string; setting: string }>`
        select name, setting from pg_settings where name in ('lock_timeout', 'statement_timeout') order by name`.execute(
        database.db,
      );
      await database.close();
      return rows.map(({ setting }) => Number(setting));
    };
    expect([await timeouts(false), await timeouts(true)]).toEqual([
      [30_000, 60_000],
      [0, 0],
    ]);
    await lent.release();
  });

  test(
    'when the database lets nobody on, who asks is told so in time, and all is well when it does [T-07]',
    PATIENTLY,
    async ({ place: { server, database, access } }) => {
      const ask = () => timed(client.get(server, '/api/dashboard/', access));
      const figures = await database.db.transaction().execute(async (transaction) => {
        await sql`lock table users in access exclusive mode`.execute(transaction);
        const burst = Promise.all(
          Array.from({ length: BURST }, async (_, i) => {
            await sleep((1_000 * i) / BURST);
            return ask();
          }),
        );
        // Both at once, in the middle of it: after the burst a connection may come free for the question.
        await sleep(250);
        const [health, ready] = await Promise.all(
          ['/healthz', '/readyz'].map((path) => timed(client.get(server, path, access))),
        );
        return { health, ready, refused: await burst };
      });
      const { health, ready, refused } = figures;
      const slowest = Math.max(...refused.map(({ ms }) => ms));
      expect([health?.status, ready?.status, statusesOf(refused)]).toEqual([200, 503, `${BURST} x 503`]);
      // Two seconds and a quarter, and what a busy machine adds. The long run is for one that does nothing else.
      expect(Math.max(slowest, ready?.ms ?? 0)).toBeLessThan(rounds(5_000, 3_000));
      expect(health?.ms).toBeLessThan(500);
      const again = await Promise.all([ask(), ask(), ask()]);
      expect(statusesOf(again)).toBe('3 x 200');
      await vi.waitUntil(async () => (await busyConnections(database)) === 0, 1_000);
      tell(
        `T-07: ${statusesOf(refused)}, slowest ${Math.round(slowest)} ms; /healthz ${Math.round(health?.ms ?? 0)} ms; ` +
          `afterwards ${statusesOf(again)}, slowest ${Math.round(Math.max(...again.map(({ ms }) => ms)))} ms`,
      );
    },
  );
});

test(
  'requests that are broken off leave no query waiting and no connection taken [T-07]',
  PATIENTLY,
  async ({ place }) => {
    const { server, database, access } = place;
    for (let done = 0; done < ABORTED; done += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => abort(server, access, i)));
    // The server itself looks for other keys once a second: what is left behind stays, that does not.
    if (DATABASE === 'postgres')
      await vi.waitUntil(async () => (await busyConnections(database)) === 0, 1_000);
    // More at once than the pool has connections: a lost one would show.
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => client.get(server, '/api/dashboard/', access)),
    );
    expect(statusesOf(replies)).toBe('20 x 200');
    tell(`T-07: ${ABORTED} requests broken off, then ${statusesOf(replies)}`);
  },
);
