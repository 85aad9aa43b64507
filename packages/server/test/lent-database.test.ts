import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { stateStore } from '../src/adapters/sql/state.ts';
import { only } from './support/database.ts';
import { loggedIn, openWorld } from './support/world.ts';

test('a test finds nothing of another’s in its database, which may have been that one’s', async () => {
  const before = await openWorld();
  const { database } = before.lent;
  const asNew = await stateStore(database).read();
  await loggedIn(before);
  expect(await stateStore(database).read()).not.toEqual(asNew);
  await before.close();
  const after = await openWorld();
  expect(after.lent.database).toBe(database);
  expect(await stateStore(database).read()).toEqual(asNew);
  await after.close();
});

only('sqlite', () => {
  test('a database whose schema a test has changed is lent to no other', async () => {
    const before = await openWorld();
    const { database } = before.lent;
    await sql`drop index sessions_by_start`.execute(database.db);
    await before.close();
    const after = await openWorld();
    expect(after.lent.database).not.toBe(database);
    await after.close();
  });
});
