import type { KyselyPlugin } from 'kysely';
import { expect } from 'vitest';
import { userListStore } from '../src/adapters/sql/user-list.ts';
import {
  USER_COLUMNS,
  type UserColumn,
  type UserFilter,
  type UserKey,
  type UserListStore,
  type UserOrder,
} from '../src/domain/admin/users/user-list.ts';
import type { Account } from '../src/domain/store.ts';
import { newAccount } from './support/race.ts';
import { test, type World } from './support/world.ts';

const NAMES = ['ann', 'Bob', 'cleo', 'dirk', 'Emma', 'fred', 'gina', 'Hans', 'ida', 'jack', 'kate', 'lars'];
const PASSWORDS = ['argon2$x', 'md5$a$b', '!', '', 'pbkdf2_sha256$1$a$b', '0123456789abcdef'];
const GROUP = 7;

interface Person extends Account {
  readonly isInGroup: boolean;
}

/** A dozen accounts of which every filter finds some. */
async function people({ app, lent }: World): Promise<readonly Person[]> {
  const { db } = lent.database;
  await db.insertInto('groups').values({ id: GROUP, name: 'some', base: null }).execute();
  const made: Person[] = [];
  for (const [n, name] of NAMES.entries()) {
    const rights = { isActive: n % 4 !== 1, isStaff: n % 3 === 0, isSuperuser: n % 6 === 0 };
    const email = n % 5 === 0 ? '' : `${name}@${n % 2 === 0 ? 'even' : 'odd'}.example`;
    // Two and two at the same time.
    const createdAt = 1_000 * (1 + Math.floor(n / 2));
    const account = { ...newAccount(name, email, PASSWORDS[n % 6]), ...rights, createdAt };
    await app.store.transaction(async (store) => {
      const added = await store.accounts.add(account);
      if ('taken' in added) throw new Error(`${name} is taken`);
      await store.accounts.change(added.id, { profile: { verified: n % 3 === 1 } });
      const { id } = added;
      if (n % 3 > 0) await store.accounts.admit(id, account.password, 50_000 - 1_000 * (n % 5));
      const found = await store.accounts.byId(id);
      if (found !== undefined) made.push({ ...found, isInGroup: n % 4 > 1 });
    });
  }
  const members = made.filter(({ isInGroup }) => isInGroup);
  await db
    .insertInto('user_groups')
    .values(members.map(({ id }) => ({ user_id: id, group_id: GROUP })))
    .execute();
  return made;
}

type Fits = (person: Person) => boolean;

const isUnusable = ({ password }: Person) => password === '' || password.startsWith('!');
const login = ({ lastLoginAt = 0 }: Person) => lastLoginAt;
const isEven = ({ email }: Person) => email.endsWith('@even.example');

/** What can be asked, and who fits. */
const ASKED: readonly (readonly [filter: Partial<UserFilter>, fits: Fits])[] = [
  [{}, () => true],
  [{ isActive: true }, (one) => one.isActive],
  [{ isActive: false }, (one) => !one.isActive],
  [{ isStaff: true }, (one) => one.isStaff],
  [{ isStaff: false }, (one) => !one.isStaff],
  [{ isSuperuser: false, isActive: true }, (one) => !one.isSuperuser && one.isActive],
  [{ verified: true }, ({ profile }) => profile.verified],
  [{ verified: false, isStaff: false }, (one) => !one.profile.verified && !one.isStaff],
  [{ hash: 'argon2' }, ({ password }) => password.startsWith('argon2$')],
  [{ hash: 'unsalted_md5' }, ({ password }) => password === PASSWORDS[5]],
  [{ hash: 'scrypt' }, () => false],
  [{ hasUsablePassword: true }, (one) => !isUnusable(one)],
  [{ hasUsablePassword: false, isActive: true }, (one) => isUnusable(one) && one.isActive],
  [{ neverLoggedIn: true }, (one) => one.lastLoginAt === undefined],
  [{ lastLogin: { from: 47_000 } }, (one) => login(one) >= 47_000],
  [{ lastLogin: { until: 49_000 } }, (one) => login(one) > 0 && login(one) < 49_000],
  [{ joined: { from: 2_000, until: 5_000 } }, ({ createdAt: at }) => at >= 2_000 && at < 5_000],
  [{ joined: { from: 2_000 }, isActive: true }, (one) => one.createdAt >= 2_000 && one.isActive],
  [{ groupId: GROUP }, ({ isInGroup }) => isInGroup],
  [{ groupId: GROUP, terms: ['even'] }, (one) => one.isInGroup && isEven(one)],
  [{ terms: ['even.example'] }, isEven],
  [{ terms: ['even'], isActive: false }, (one) => isEven(one) && !one.isActive],
  [{ terms: ['nobody'], id: 2 }, ({ id }) => id === 2],
];

const VALUE: Readonly<Record<UserColumn, (person: Person) => string | number>> = {
  id: ({ id }) => id,
  username: ({ username }) => username.toLowerCase(),
  email: ({ email }) => email.toLowerCase(),
  date_joined: ({ createdAt }) => createdAt,
  last_login: login,
};

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

function inOrder(all: readonly Person[], { column, descending }: UserOrder): string[] {
  const value = VALUE[column];
  const sorted = [...all].sort((a, b) => compare(value(a), value(b)) || a.id - b.id);
  return (descending ? sorted.reverse() : sorted).map(({ username }) => username);
}

/** So few that a dozen accounts take every way in which a list can be read. */
const FEW = { mostSorted: 2, firstSteps: 5 };

/** The names on the pages of a list, from its first to its last, and then back to its first. */
async function turned(list: UserListStore, filter: UserFilter, order: UserOrder) {
  const next = (key: Partial<Record<'after' | 'before', UserKey>>) =>
    list.page(filter, order, { size: 3, ...key });
  const namesOn = ({ results }: Awaited<ReturnType<typeof next>>) =>
    results.map(({ account }) => account.username);
  let page = await next({});
  const there = namesOn(page);
  for (let last = page.results.at(-1); page.hasNext && last !== undefined; last = page.results.at(-1)) {
    page = await next({ after: last.key });
    there.push(...namesOn(page));
  }
  const back = namesOn(page);
  for (let [first] = page.results; page.hasPrevious && first !== undefined; [first] = page.results) {
    page = await next({ before: first.key });
    back.unshift(...namesOn(page));
  }
  return { there, back };
}

test('a list of accounts has those that fit, in its order, by whichever way they are found [A-10, A-11]', async ({
  world,
}) => {
  const everybody = await people(world);
  const list = userListStore(world.lent.database.db, FEW);
  for (const [n, [asked, fits]] of ASKED.entries()) {
    const filter = { terms: [], ...asked };
    const those = everybody.filter(fits);
    expect([asked, await list.count(filter)]).toEqual([asked, those.length]);
    for (const [i, column] of USER_COLUMNS.entries()) {
      const order = { column, descending: (n + i) % 2 === 0 };
      const names = inOrder(those, order);
      expect([asked, order, await turned(list, filter, order)]).toEqual([
        asked,
        order,
        { there: names, back: names },
      ]);
    }
  }
});

/** Deletes accounts as soon as a statement has found them, and before the next one reads them. */
function deleting({ lent }: World, ids: readonly number[]): KyselyPlugin {
  const gone = new Set<unknown>();
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      for (const { id, username } of result.rows) {
        if (!ids.includes(id as number) || username !== undefined || gone.has(id)) continue;
        gone.add(id);
        await lent.database.db
          .deleteFrom('users')
          .where('id', '=', id as number)
          .execute();
      }
      return result;
    },
  };
}

test('a list of accounts goes on when some, or all, of a page are deleted while it is read', async ({
  world,
}) => {
  const { db } = world.lent.database;
  const ids = (await people(world)).map(({ id }) => id);
  const byId = { column: 'id', descending: false } as const;
  for (const doomed of [ids.slice(1, 3), ids.slice(3, 6)]) {
    const list = userListStore(db.withPlugin(deleting(world, doomed)), { mostSorted: 2, firstSteps: 100 });
    const { there } = await turned(list, { terms: [], isSuperuser: false }, byId);
    const left = db.selectFrom('users').select('username').where('is_superuser', '=', 0).orderBy('id');
    expect(there).toEqual((await left.execute()).map(({ username }) => username));
    expect(there).toHaveLength(doomed.length === 2 ? 8 : 5);
  }
});
