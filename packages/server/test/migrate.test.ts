import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { MIGRATIONS, migrate, misfit, schemaState } from '../src/adapters/sql/migrate.ts';
import type { Database } from '../src/adapters/sql/open.ts';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { keepAliveClient } from './support/client.ts';
import { runHere } from './support/command.ts';
import { DATABASE, only } from './support/database.ts';
import { DidNotStart, runAndKill, runLatchkey, type ServerProcess, startServer } from './support/process.ts';
import { addAccount, newAccount, tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import {
  appOn,
  emptySharedDatabase,
  migratedSharedDatabase,
  type SharedDatabase,
} from './support/shared-database.ts';

const FIVE = [1, 2, 3, 4, 5];
/** The servers are five in any case. */
const COMMANDS = FIVE.slice(0, rounds(3, 5));
const NAMES = Object.keys(MIGRATIONS);
const LONG = { timeout: 60_000 };

const toGiveBack: SharedDatabase[] = [];
const started: ServerProcess[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  for (const shared of toGiveBack.splice(0)) await shared.remove();
});

async function lend(make: () => Promise<SharedDatabase>): Promise<SharedDatabase> {
  const shared = await make();
  toGiveBack.push(shared);
  return shared;
}

async function recorded({ db }: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from latchkey_migrations order by name`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

async function tablesOf({ db }: Database): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  return tables.map(({ name }) => name).sort();
}

describe('many at once on an empty database', () => {
  test('of several that migrate each migration is run by one, and all are content', LONG, async () => {
    const shared = await lend(emptySharedDatabase);
    const endings = await Promise.all(
      COMMANDS.map(() => runLatchkey(['migrate'], { databaseUrl: shared.url })),
    );
    expect(endings.map(({ code }) => code)).toEqual(COMMANDS.map(() => 0));
    const ran = endings.flatMap(({ output }) => output.match(/^ran .+$/gm) ?? []);
    expect(ran.sort()).toEqual(NAMES.map((name) => `ran ${name}`));
    expect(await recorded(shared.open())).toEqual(NAMES);
  });

  test('five development servers that start cold all serve, and take each other’s tokens', LONG, async () => {
    const shared = await lend(emptySharedDatabase);
    // beside a SQLite file they make one key, whoever is first
    const settings: Record<string, string> = DATABASE === 'sqlite' ? { SECRET_KEY: '' } : {};
    const start = () => startServer({ databaseUrl: shared.url, settings, command: 'dev' });
    const servers = await Promise.all(FIVE.map(start));
    started.push(...servers);
    const client = keepAliveClient();
    const [first = await start()] = servers;
    const admin = { username: 'admin', password: 'admin' };
    expect(await client.post(first, '/api/register/', admin)).toMatchObject({ status: 201 });
    const { json } = await client.post(first, '/api/token/', admin);
    const { dashboard } = tokenRequests(client);
    const looks = await Promise.all(servers.map((server) => dashboard(server, json.access)));
    client.close();
    expect(looks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await recorded(shared.open())).toEqual(NAMES);
  });
});

test(
  'who comes while another migrates, a command or a server, waits for it, longer than a query would',
  LONG,
  async () => {
    const { open, url: databaseUrl } = await lend(emptySharedDatabase);
    const [last, { up }] = Object.entries(MIGRATIONS).at(-1) as [string, (typeof MIGRATIONS)[string]];
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const slow: typeof MIGRATIONS = {
      ...MIGRATIONS,
      [last]: {
        async up(...database) {
          begin();
          await sleep(7_500);
          await up(...database);
        },
      },
    };
    const first = migrate(open({ patient: true }), slow);
    await begun;
    const second = migrate(open({ patient: true }));
    started.push(await startServer({ databaseUrl, command: 'dev' }));
    expect([await first, await second]).toEqual([NAMES, []]);
  },
);

/** The migrations of a next version: one that works, and one that makes a table and then may break. */
function nextVersion(isBroken: boolean): typeof MIGRATIONS {
  return {
    ...MIGRATIONS,
    '9998-whole': { up: async (db) => void (await sql`create table whole (id integer)`.execute(db)) },
    '9999-half': {
      async up(db) {
        await sql`create table half (id integer)`.execute(db);
        await sql`insert into half (id) values (1)`.execute(db);
        if (isBroken) throw new Error('the second half of the migration is wrong');
      },
    },
  };
}

/** A database as the version before this one left it. */
async function previousVersion(): Promise<SharedDatabase> {
  const shared = await emptySharedDatabase();
  const database = shared.open();
  await migrate(database, Object.fromEntries(Object.entries(MIGRATIONS).slice(0, -1)));
  await database.close();
  return shared;
}

/** Milliseconds that a migration takes, with its process. */
let usual: Promise<number> | undefined;

async function usualTime(): Promise<number> {
  const { url: databaseUrl } = await lend(emptySharedDatabase);
  const began = Date.now();
  await runLatchkey(['migrate'], { databaseUrl });
  return Date.now() - began;
}

describe('latchkey migrate that is killed', () => {
  const [ROUNDS, KILLS] = [rounds(1, 20), rounds(2, 20)];

  test('among others costs those nothing: each migration is run once [T-18]', PATIENTLY, async () => {
    usual ??= usualTime();
    const time = await usual;
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const isEmpty = round % 2 === 0;
      const { url: databaseUrl, open } = await lend(isEmpty ? emptySharedDatabase : previousVersion);
      // several at once take longer, each of them
      const killAfter = time * (0.7 + (1.5 * round) / ROUNDS);
      const [victim, ...others] = await Promise.all([
        runAndKill(['migrate'], { databaseUrl }, killAfter),
        ...COMMANDS.slice(1).map(() => runLatchkey(['migrate'], { databaseUrl })),
      ]);
      if (victim.code === null) killed += 1;
      expect(others.map(({ code, output }) => (code === 0 ? 0 : output))).toEqual(others.map(() => 0));
      const ran = others.flatMap(({ output }) => output.match(/^ran .+$/gm) ?? []);
      // who was killed may have run them all just before
      expect([0, isEmpty ? NAMES.length : 1]).toContain(ran.length);
      expect(await recorded(open())).toEqual(NAMES);
    }
    tell(`T-18 on ${DATABASE}: ${killed} of ${ROUNDS} killed before the end`);
  });

  test('at any point has run all of them or none, and the next one runs them [T-19]', PATIENTLY, async () => {
    usual ??= usualTime();
    const time = await usual;
    const left = { nothing: 0, everything: 0 };
    for (let i = 0; i < KILLS; i++) {
      const shared = await lend(emptySharedDatabase);
      const { url: databaseUrl } = shared;
      await runAndKill(['migrate'], { databaseUrl }, time * (0.6 + (0.5 * i) / KILLS));
      const database = shared.open();
      const { pending } = await schemaState(database);
      if (pending.length > 0 && left.nothing === 0) {
        const sentence = await misfit(database);
        expect(await refusal(shared, 'serve')).toEqual({ code: 1, output: `latchkey: ${sentence}\n` });
      }
      expect([0, NAMES.length]).toContain(pending.length);
      left[pending.length === 0 ? 'everything' : 'nothing'] += 1;
      expect(await migrate(database)).toEqual(pending);
      expect(await recorded(database)).toEqual(NAMES);
      await database.close();
    }
    tell(`T-19 on ${DATABASE}: of ${KILLS} kills ${JSON.stringify(left)} was there`);
  });
});

describe('a migration that breaks half-way', () => {
  test('leaves nothing behind, nor do those that ran before it, and runs once it is repaired', async () => {
    const database = (await lend(emptySharedDatabase)).open();
    await expect(migrate(database, nextVersion(true))).rejects.toThrow('the second half');
    expect(await recorded(database)).toEqual([]);
    const names = [...NAMES, '9998-whole', '9999-half'];
    expect(await schemaState(database, nextVersion(true))).toEqual({ pending: names, unknown: [] });
    expect((await tablesOf(database)).filter((name) => !name.startsWith('latchkey_migrations'))).toEqual([]);

    expect(await migrate(database, nextVersion(false))).toEqual(names);
    expect(await recorded(database)).toEqual(names);
    expect(await tablesOf(database)).toEqual(expect.arrayContaining(['half', 'users', 'whole']));
  });

  test('does not touch the accounts that are there', async () => {
    const database = (await lend(migratedSharedDatabase)).open();
    const app = appOn(database);
    const account = await addAccount(app, 'alice');
    const before = await tablesOf(database);
    await expect(migrate(database, nextVersion(true))).rejects.toThrow('the second half');
    expect(await tablesOf(database)).toEqual(before);
    expect(await app.store.accounts.byLoginName('alice')).toEqual(account);
  });
});

/** How a server ended that did not want to serve. */
async function refusal(shared: SharedDatabase, command: 'serve' | 'dev'): Promise<unknown> {
  try {
    started.push(await startServer({ databaseUrl: shared.url, command }));
    return 'it serves';
  } catch (error) {
    if (!(error instanceof DidNotStart)) throw error;
    return error.ending;
  }
}

describe('a schema of another version', () => {
  test('an older one is refused by a server in production, with what to do', LONG, async () => {
    const shared = await lend(emptySharedDatabase);
    const sentence = await misfit(shared.open());
    expect(sentence).toContain('Run: npx latchkey migrate');
    expect(await refusal(shared, 'serve')).toEqual({ code: 1, output: `latchkey: ${sentence}\n` });
  });

  test('a newer one is refused by every server and by latchkey migrate', LONG, async () => {
    const shared = await lend(emptySharedDatabase);
    const database = shared.open();
    await migrate(database, nextVersion(false));
    const before = await tablesOf(database);
    const sentence = await misfit(database);
    const ending = { code: 1, output: `latchkey: ${sentence}\n` };
    expect(sentence).toContain('newer than this server');
    const endings = await Promise.all([
      refusal(shared, 'serve'),
      refusal(shared, 'dev'),
      runLatchkey(['migrate'], { databaseUrl: shared.url }),
    ]);
    expect(endings).toEqual([ending, ending, ending]);
    expect(await tablesOf(database)).toEqual(before);
  });
});

test('latchkey migrate --plan says what would run and writes nothing', LONG, async () => {
  const shared = await lend(emptySharedDatabase);
  const plan = await runHere(['migrate', '--plan'], { databaseUrl: shared.url });
  const database = shared.open();
  const lines = NAMES.map((name) => `would run ${name}\n`).join('');
  expect(plan).toMatchObject({ code: 0, output: `${database.name}:\n${lines}` });
  expect(await tablesOf(database)).toEqual([]);
});

only('sqlite', () => {
  test('latchkey migrate --plan on a file that is not there does not make it', LONG, async () => {
    const { url } = await lend(emptySharedDatabase);
    const plan = await runHere(['migrate', '--plan'], { databaseUrl: url });
    expect(plan.output).toContain(`would run ${NAMES[0]}`);
    expect(existsSync(url.slice('sqlite:'.length))).toBe(false);
  });
});

test('the id of a deleted account is never given out again, not even that of the newest [J-29]', async () => {
  const shared = await lend(migratedSharedDatabase);
  const database = shared.open();
  const app = appOn(database);
  await app.store.transaction((store) => store.accounts.add(newAccount('kept', '')));
  const newest = await addAccount(app, 'deleted');
  expect((await removeAccount(app, newest.id, COMMAND_LINE)).ok).toBe(true);
  await database.close();

  const next = await addAccount(appOn(shared.open()), 'deleted');
  expect(next.id).toBeGreaterThan(newest.id);
});
