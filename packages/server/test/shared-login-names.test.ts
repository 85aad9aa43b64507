import { describe, expect } from 'vitest';
import { expectNothingHappened, test } from './support/oracles.ts';
import type { World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';

/** Accounts with one password, and the names that a Django system lets several of them have: the first is the owner. */
async function shareNames(
  { app, lent: { database } }: World,
  people: readonly { username: string; email: string }[],
  keys: Record<string, readonly number[]>,
): Promise<void> {
  const hashed = await app.passwords.hash(PASSWORD);
  const password = hashed.ok ? hashed.value : '';
  const plain = { password, is_active: 1, is_staff: 0, is_superuser: 0, created_at: 0 } as const;
  await database.db
    .insertInto('users')
    .values(people.map((person) => ({ ...person, ...plain })))
    .execute();
  for (const [name, ids] of Object.entries(keys))
    for (const [index, user_id] of ids.entries())
      await database.db
        .insertInto(index === 0 ? 'login_names' : 'contested_names')
        .values({ name, user_id })
        .execute();
}

/** The id of who is logged in, or the status. */
async function logIn(world: World, login: object): Promise<number> {
  const { status, json } = await world.post('/api/token/', { ...login, password: PASSWORD });
  if (status !== 200) return status;
  return JSON.parse(Buffer.from(json.access.split('.')[1], 'base64url').toString()).user_id;
}

describe('a login name that several accounts have [I-06]', () => {
  test('is theirs whose exact spelling it is, a user name before an e-mail', async ({ world }) => {
    await shareNames(
      world,
      [
        { username: 'Ingrid', email: '' },
        { username: 'ingrid', email: 'amelia@example.org' },
        { username: 'amelia@example.org', email: 'mona@example.org' },
        { username: 'sam', email: 'Lars@example.org' },
        { username: 'sam', email: 'lars@example.org' },
      ],
      {
        ingrid: [1, 2],
        'amelia@example.org': [2, 3],
        'mona@example.org': [3],
        sam: [4, 5],
        'lars@example.org': [5, 4],
      },
    );
    const logins = [
      { username: 'Ingrid' },
      { username: 'ingrid' },
      { username: 'INGRID' },
      { username: 'amelia@example.org' },
      { email: 'amelia@example.org' },
      { email: 'Amelia@EXAMPLE.org' },
      { username: 'sam' },
      { username: 'Lars@example.org' },
      { email: 'lars@example.org' },
      { email: 'LARS@example.org' },
      { username: 'MONA@example.org' },
    ];
    const found: number[] = [];
    for (const login of logins) found.push(await logIn(world, login));
    expect(found).toEqual([1, 2, 401, 3, 2, 2, 401, 4, 5, 401, 3]);
  });

  test('is taken for everybody new, until the last who has it lets it go', async ({ world }) => {
    await shareNames(
      world,
      [
        { username: 'sam', email: '' },
        { username: 'Sam', email: '' },
      ],
      { sam: [1, 2] },
    );
    const { accounts } = world.app.store;
    const register = async () =>
      (await world.post('/api/register/', { username: 'SAM', password: PASSWORD })).status;
    await expectNothingHappened(world, register);
    const change = (id: number, username: string) =>
      world.app.store.transaction((store) => store.accounts.change(id, { username }));
    expect(await change(1, 'samuel')).toBe('changed');
    expect(await logIn(world, { username: 'sAM' })).toBe(2);
    await expectNothingHappened(world, register);
    // whoever has let it go cannot have it back
    expect(await change(1, 'sam')).toEqual({ taken: ['username'] });
    expect(await accounts.loginNameIsTaken('sam')).toBe(true);
    expect(await change(2, 'samantha')).toBe('changed');
    expect(await accounts.loginNameIsTaken('sam')).toBe(false);
    expect(await register()).toBe(201);
  });

  test('is nobody’s among more accounts than are looked at, unless it is exactly his', async ({ world }) => {
    const people = Array.from({ length: 25 }, (_, i) => ({ username: `u${i}`, email: 'x@example.org' }));
    people[24] = { username: 'x@example.org', email: '' };
    const everybody = people.map((_, index) => index + 1);
    await shareNames(world, people, { 'x@example.org': everybody });
    expect(await logIn(world, { username: 'x@example.org' })).toBe(25);
    expect(await logIn(world, { username: 'X@example.org' })).toBe(401);
    expect(await logIn(world, { email: 'x@example.org' })).toBe(401);
  });

  test('an e-mail that is no address logs in as it is', async ({ world }) => {
    await shareNames(world, [{ username: 'bad', email: 'not an address' }], {
      bad: [1],
      'not an address': [1],
    });
    expect(await logIn(world, { email: 'not an address' })).toBe(1);
    expect(await logIn(world, { email: 'Not An Address' })).toBe(1);
    expect(await logIn(world, { email: 'bad' })).toBe(401);
  });
});
