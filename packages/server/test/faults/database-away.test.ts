import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import { Secret } from '../../src/secret.ts';
import { keepAliveClient } from '../support/client.ts';
import { only } from '../support/database.ts';
import { type Family, lostFamilies, openFamilies, startRefreshing, timeToHeal } from '../support/families.ts';
import { halvesOfAccounts } from '../support/invariants.ts';
import { type ServerProcess, startServer } from '../support/process.ts';
import { addAccount, openSession, statusesOf, tokenRequests } from '../support/race.ts';
import { type RestartablePostgres, restartablePostgres } from '../support/restartable-postgres.ts';
import { PATIENTLY, rounds, tell } from '../support/rounds.ts';
import { appOn, migratedSharedDatabase, NOT_TOO_OFTEN } from '../support/shared-database.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** A statement or a connection is given up after so long, and what a busy machine adds. Milliseconds. */
const DEADLINE = 8_000;
const LONGEST_HEALING = 5_000;
const SETTINGS = { REFRESH_GRACE_SECONDS: '300', DATABASE_WAIT_SECONDS: '2' };

only('postgres', () => {
  let postgres: RestartablePostgres;
  let proxy: TcpProxy;
  let server: ServerProcess;
  let database: Database;
  let app: App;

  beforeAll(async () => {
    postgres = await restartablePostgres();
    proxy = await startTcpProxy({ host: '127.0.0.1', port: postgres.port });
    database = openDatabase({
      databaseUrl: new Secret(postgres.url),
      databasePool: 5,
      databaseWaitSeconds: 2,
      sqliteSynchronous: 'full',
    });
    await migrate(database);
    app = appOn(database);
    const through = postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
    server = await startServer({ databaseUrl: through, settings: SETTINGS });
  }, PATIENTLY.timeout);
  afterAll(async () => {
    await server?.kill9();
    await database?.close();
    await proxy?.close();
    await postgres?.remove();
  });

  /** What must be so however the database was away. */
  async function lookAround(families: readonly Family[]): Promise<string[]> {
    const lost = await lostFamilies(server, database, families);
    const halves = await halvesOfAccounts(database);
    if (halves !== 0) lost.push(`${halves} halves of accounts`);
    return lost;
  }

  /** Does something to the database so many times while families refresh; what they were told, and what was lost. */
  async function underFire(name: string, times: number, deed: (round: number) => Promise<void>) {
    const families = await openFamilies(app, 8, name);
    // He asks by himself: two who refresh at different times with one token would end its session.
    const [patient] = (await openFamilies(app, 1, `${name} healing`)) as [Family];
    const refreshing = startRefreshing(server, families);
    const healing: number[] = [];
    for (let round = 0; round < times; round++) {
      await sleep(randomInt(50, 200));
      await deed(round);
      healing.push(await timeToHeal(server, patient, 15_000).catch(() => Number.NaN));
    }
    const { counts, slowest } = await refreshing.end();
    const lost = await lookAround([...families, patient]);
    const longest = Math.max(...healing);
    tell(
      `${name}: ${times} times; told ${JSON.stringify(counts)}; slowest answer ${Math.round(slowest)} ms; healed after at most ${longest} ms; lost ${lost.length}`,
    );
    expect(lost).toEqual([]);
    expect(Object.keys(counts).filter((status) => !['200', '503'].includes(status))).toEqual([]);
    expect(slowest).toBeLessThan(DEADLINE);
    expect(longest).toBeLessThan(LONGEST_HEALING);
  }

  test('backends that are killed under way cost a 503 and no session [T-02]', PATIENTLY, async () => {
    await underFire('T-02 backends', rounds(3, 100), async () => {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'latchkey' and pid <> pg_backend_pid()`.execute(database.db);
    });
  });

  test(
    'a postmaster that is killed and started again costs 503s, and nothing that was told is lost [T-02]',
    PATIENTLY,
    async () => {
      await underFire('T-02 postmaster', rounds(1, 30), async () => {
        await postgres.kill9();
        await postgres.start();
      });
    },
  );

  test(
    'a restart of PostgreSQL, in order or at once, is over when it is over [T-05]',
    PATIENTLY,
    async () => {
      await underFire('T-05 restart', rounds(2, 20), async (round) => {
        await postgres.stop(round % 2 === 0 ? 'fast' : 'immediate');
        await sleep(200);
        await postgres.start();
      });
    },
  );

  test(
    'a network that breaks every connection is healed when it lets new ones through [T-05]',
    PATIENTLY,
    async () => {
      await underFire('T-05 cut', rounds(2, 50), async () => {
        proxy.cut();
        await sleep(300);
        proxy.heal();
      });
    },
  );

  test(
    'a network that swallows what is sent costs nobody more than the deadline, and new connections heal it [T-05]',
    PATIENTLY,
    async () => {
      await underFire('T-05 blackhole', rounds(1, 3), async () => {
        proxy.blackhole();
        await sleep(rounds(1_000, 8_000));
        proxy.heal();
      });
    },
  );

  test(
    'a postmaster that hangs stops nobody whose server has its connections [T-05]',
    PATIENTLY,
    async () => {
      await underFire('T-05 frozen postmaster', 1, async () => {
        postgres.freeze();
        await sleep(rounds(500, 20_000));
        postgres.thaw();
      });
    },
  );
});

test(
  'a restart forgets nothing: who is blocked stays blocked, and what was used up or ended stays so [T-14]',
  PATIENTLY,
  async () => {
    const shared = await migratedSharedDatabase();
    const app = appOn(shared.open());
    const options = {
      databaseUrl: shared.url,
      settings: { LIMITS: 'on', REFRESH_GRACE_SECONDS: '0', ...NOT_TOO_OFTEN },
    };
    const client = keepAliveClient();
    const { refresh, blacklist, login, dashboard } = tokenRequests(client);
    const alice = await addAccount(app, 'alice');
    const [used, left] = [await openSession(app, alice), await openSession(app, alice)];
    const before = await startServer(options);
    const wrong: { status: number }[] = [];
    // one after the other, so that none is told that the server is busy
    for (let i = 0; i < 11; i++) wrong.push(await login(before, 'bobby', 'wrong'));
    expect(statusesOf(wrong)).toBe('10 x 401, 1 x 429');
    expect((await refresh(before, used.refresh)).status).toBe(200);
    expect((await blacklist(before, left.refresh)).status).toBe(200);
    await before.kill9();
    const after = await startServer(options);
    expect((await login(after, 'bobby', 'wrong')).status).toBe(429);
    const dead = [
      await refresh(after, left.refresh),
      await dashboard(after, left.access),
      await refresh(after, used.refresh),
    ];
    expect(statusesOf(dead)).toBe('3 x 401');
    client.close();
    await after.stop();
    await shared.remove();
  },
);
