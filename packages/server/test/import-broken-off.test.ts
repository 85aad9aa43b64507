import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import type { App } from '../src/domain/app.ts';
import type { Source, SourceAdminEntry, SourceToken } from '../src/domain/import/source.ts';
import { DATABASE, lendDatabase } from './support/database.ts';
import { contentsOf, importSource, sourceAccount, sourceOf } from './support/import.ts';
import { rounds } from './support/rounds.ts';
import { appOn } from './support/shared-database.ts';

const LATER = Date.UTC(2066, 0, 1);

const accountIn = (id: number) => sourceAccount(id, { groups: [1], permissions: ['api.view'] });
const tokenOf = (userId: number, blacklistedAt?: number): SourceToken => ({
  jti: `jti-${userId}`,
  userId,
  expiresAt: LATER,
  blacklistedAt,
});
const entry = (id: number): SourceAdminEntry => ({
  id,
  at: 1_700_000_000_000 + id,
  actorId: 1,
  action: 'change',
  objectType: 'api.user',
  objectId: '2',
  object: 'user2',
  message: '[]',
  userId: 2,
});

/** Something of everything, in two batches each. `beforeBatch` is waited for. */
function sourceInBatches(beforeBatch: () => Promise<unknown> = async () => {}): Source {
  async function* inTwo<T>(first: readonly T[], second: readonly T[]) {
    for (const batch of [first, second]) {
      await beforeBatch();
      yield batch;
    }
  }
  const accounts = [1, 2, 3, 4].map(accountIn);
  return sourceOf(accounts, {
    counts: async () => ({ auth_user: 4, tokens: 3, log: 4 }),
    groups: () => inTwo([{ id: 1, name: 'Editors', permissions: ['api.edit'] }], []),
    accounts: () => inTwo(accounts.slice(0, 2), accounts.slice(2)),
    tokens: () => inTwo([tokenOf(1), tokenOf(2, 1_700_000_000_000)], [tokenOf(3)]),
    adminLog: (after) =>
      inTwo(
        [entry(1), entry(2)].filter(({ id }) => id > after),
        [entry(3), entry(4)].filter(({ id }) => id > after),
      ),
  });
}

/** An application on a database that is empty until the work has ended. */
async function onEmptyDatabase(work: (app: App, database: Database) => Promise<void>): Promise<void> {
  const lent = await lendDatabase();
  try {
    await work(appOn(lent.database), lent.database);
  } finally {
    await lent.release();
  }
}

class BrokenOff extends Error {}

/** The database until its n-th statement; then it is gone. */
function brokenOffAt(database: Database, statement: number): Database {
  let asked = 0;
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      asked += 1;
      if (asked >= statement) throw new BrokenOff();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { ...database, db: database.db.withPlugin(plugin) };
}

/** True when it came to its end before it could be broken off. */
async function importUntil(database: Database, statement: number, source: Source): Promise<boolean> {
  try {
    await importSource(appOn(brokenOffAt(database, statement)), source);
    return true;
  } catch (error) {
    if (error instanceof BrokenOff) return false;
    throw error;
  }
}

async function contentsAfter(source: Source): Promise<Record<string, string[]>> {
  let contents = {};
  await onEmptyDatabase(async (app, database) => {
    await importSource(app, source);
    contents = await contentsOf(database);
  });
  return contents;
}

/** On PostgreSQL each try costs more. */
const STEP = DATABASE === 'sqlite' ? 1 : rounds(7, 1);

// With one batch there is nothing left for the second run to write.
test.each([
  ['everything', 4, 4, sourceInBatches],
  ['one account', 1, 0, () => sourceOf([sourceAccount(1)])],
])(
  'an import of %s that is broken off at any statement and run again comes to the same as one that was not',
  async (_, users, events, source) => {
    const expected = await contentsAfter(source());
    expect([expected.users?.length, expected.audit_events?.length]).toEqual([users, events]);
    let isWhole = false;
    for (let statement = 1; !isWhole; statement += STEP)
      await onEmptyDatabase(async (app, database) => {
        isWhole = await importUntil(database, statement, source());
        await importSource(app, source());
        expect([statement, await contentsOf(database)]).toEqual([statement, expected]);
        const all = await app.store.audit.list(100);
        const ends = all.filter(({ event }) => event.event === 'import_finished').length;
        expect([statement, ends]).toEqual([statement, 1]);
      });
  },
);

/** Waits until two have come, again and again; not for ever, for one of them may have failed. */
function meetingOfTwo(): () => Promise<void> {
  let waiting: (() => void) | undefined;
  return () =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      const go = () => {
        clearTimeout(timer);
        resolve();
      };
      if (waiting === undefined) waiting = go;
      else {
        waiting();
        waiting = undefined;
        go();
      }
    });
}

test('two imports that come to every batch at the same moment come to the same as one', () =>
  onEmptyDatabase(async (app, database) => {
    const meet = meetingOfTwo();
    const both = [1, 2].map(() => importSource(app, sourceInBatches(meet)));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await contentsOf(database)).toEqual(await contentsAfter(sourceInBatches()));
  }));
