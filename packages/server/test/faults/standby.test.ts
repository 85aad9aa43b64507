import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { openDatabase } from '../../src/adapters/sql/open.ts';
import { Secret } from '../../src/secret.ts';
import { type Family, lostFamilies, openFamilies, startRefreshing, timeToHeal } from '../support/families.ts';
import { halvesOfAccounts } from '../support/invariants.ts';
import { startServer } from '../support/process.ts';
import { restartablePostgres } from '../support/restartable-postgres.ts';
import { PATIENTLY, rounds, tell } from '../support/rounds.ts';
import { appOn } from '../support/shared-database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

/** As in database-away.test.ts. Milliseconds. */
const DEADLINE = 8_000;
const SETTINGS = { REFRESH_GRACE_SECONDS: '300', DATABASE_WAIT_SECONDS: '2' };
const LONGEST_HEALING = 5_000;

const databaseAt = (url: string) =>
  openDatabase({
    databaseUrl: new Secret(url),
    databasePool: 5,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'full',
  });

/** The primary is killed under way and the standby takes its place; what clients were told, and what is lost. */
async function failOver(name: string) {
  const primary = await restartablePostgres();
  const target = { host: '127.0.0.1', port: primary.port };
  const proxy = await startTcpProxy(target);
  const first = databaseAt(primary.url);
  await migrate(first);
  const app = appOn(first);
  const families = await openFamilies(app, 8, name);
  const [patient] = (await openFamilies(app, 1, `${name} healing`)) as [Family];
  const standby = await primary.standby();
  const through = primary.url.replace(`:${primary.port}/`, `:${proxy.port}/`);
  const server = await startServer({ databaseUrl: through, settings: SETTINGS });
  const second = databaseAt(standby.url);
  try {
    const refreshing = startRefreshing(server, families);
    await sleep(500);
    await primary.kill9();
    await standby.promote();
    proxy.cut();
    target.port = standby.port;
    proxy.heal();
    const healed = await timeToHeal(server, patient, 15_000);
    await sleep(300);
    const { counts, slowest } = await refreshing.end();
    const lost = await lostFamilies(server, second, [...families, patient]);
    return { counts, slowest, healed, lost, halves: await halvesOfAccounts(second) };
  } finally {
    await server.kill9();
    await first.close();
    await second.close();
    await proxy.close();
    await primary.remove();
  }
}

test(
  'a standby that is promoted goes on where the primary was killed, and loses no session [T-05]',
  PATIENTLY,
  async () => {
    for (let round = 0; round < rounds(1, 5); round++) {
      const { counts, slowest, healed, lost, halves } = await failOver(`moved-${round}`);
      tell(
        `T-05 standby: told ${JSON.stringify(counts)}; slowest answer ${Math.round(slowest)} ms; healed after ${healed} ms; lost ${lost.length}`,
      );
      expect({ lost, halves }).toEqual({ lost: [], halves: 0 });
      expect(Object.keys(counts).filter((status) => !['200', '503'].includes(status))).toEqual([]);
      expect(counts['200']).toBeGreaterThan(0);
      expect(slowest).toBeLessThan(DEADLINE);
      expect(healed).toBeLessThan(LONGEST_HEALING);
    }
  },
);
