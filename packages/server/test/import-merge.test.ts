import { expect } from 'vitest';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import type { Source, SourceAccount } from '../src/domain/import/source.ts';
import { contentsOf, importSource, sourceAccount, sourceOf } from './support/import.ts';
import { test, type World } from './support/world.ts';

const NOW = Date.UTC(2026, 0, 5, 9);

/** What is here of an account, in one object. */
async function hereOf({ app }: World, id: number) {
  const [held] = await app.store.imports.accountsFrom([id]);
  return held?.now;
}

test('an account is merged field by field: theirs is brought, ours is kept, and where both changed ours stays', async ({
  world,
}) => {
  const { app } = world;
  const before = sourceAccount(1, { isStaff: true, groups: [1, 2], permissions: ['a.b'] });
  const groups: Source['groups'] = async function* () {
    yield [
      { id: 1, name: 'Editors', permissions: ['api.view', 'api.edit'] },
      { id: 2, name: 'Support', permissions: [] },
    ];
  };
  await importSource(app, sourceOf([before], { groups }));
  const profile = { fullName: 'Ours', bio: 'our words' };
  await app.store.transaction((store) =>
    store.accounts.change(1, { username: 'ours', isStaff: false, profile }),
  );
  const after: SourceAccount = {
    ...before,
    email: 'new@example.org',
    isSuperuser: true,
    lastLoginAt: NOW,
    firstName: 'First',
    username: 'theirs',
    profile: { fullName: 'Ours', bio: '', image: 'a.png', verified: true },
    groups: [2],
    permissions: ['a.b', 'c.d'],
  };
  const report = await importSource(app, sourceOf([after], { groups }));
  expect(report.conflicts).toEqual([{ id: 1, fields: ['username'] }]);
  expect(report.accounts).toMatchObject({ new: 0, changed: 1, same: 0 });
  expect(await hereOf(world, 1)).toMatchObject({
    username: 'ours',
    email: 'new@example.org',
    isStaff: false,
    isSuperuser: true,
    fullName: 'Ours',
    bio: 'our words',
    image: 'a.png',
    verified: true,
    groups: ['Support'],
    permissions: ['a.b', 'c.d'],
    firstName: 'First',
    lastLoginAt: NOW,
  });
  // the names went along
  const ids = async (login: string) => (await app.store.accounts.byLoginName(login))?.id;
  expect([
    await ids('ours'),
    await ids('theirs'),
    await ids('new@example.org'),
    await ids(before.email),
  ]).toEqual([1, undefined, 1, undefined]);
  const once = await contentsOf(world.lent.database);
  const again = await importSource(app, sourceOf([after], { groups }));
  expect(again.conflicts).toEqual([{ id: 1, fields: ['username'] }]);
  expect(await contentsOf(world.lent.database)).toEqual(once);
});

test('a permission that a group lost there it loses here, and one that it got here it keeps', async ({
  world,
}) => {
  const { app } = world;
  const withGroup = (permissions: readonly string[]): Source => {
    const groups: Source['groups'] = async function* () {
      yield [{ id: 7, name: 'Editors', permissions }];
    };
    return sourceOf([], { groups });
  };
  await importSource(app, withGroup(['api.view', 'api.edit']));
  await world.lent.database.db
    .insertInto('group_permissions')
    .values({ group_id: 1, permission: 'api.ours' })
    .execute();
  await importSource(app, withGroup(['api.view', 'api.new']));
  const [group] = await app.store.imports.groupsFrom(['Editors']);
  expect(group?.permissions).toEqual(['api.new', 'api.ours', 'api.view']);
});

test('who was removed here stays removed, who is gone there stays here, and both are told', async ({
  world,
}) => {
  const { app } = world;
  const [one, two, three] = [sourceAccount(1), sourceAccount(2), sourceAccount(3)];
  await importSource(app, sourceOf([one, two]));
  await removeAccount(app, 1, COMMAND_LINE);
  const report = await importSource(app, sourceOf([one, three]));
  expect(report.accounts).toEqual({ new: 1, changed: 0, same: 0, removedHere: [1], goneThere: [2] });
  const users = await world.lent.database.db.selectFrom('users').select('id').orderBy('id').execute();
  expect(users.map(({ id }) => id)).toEqual([2, 3]);
});

test('a password or a deactivation that comes from there ends the sessions here', async ({ world }) => {
  const { app } = world;
  const password = 'Sup3rSecret!x';
  const hashed = [await app.passwords.hash(password), await app.passwords.hash(password)];
  const [first = '', second = ''] = hashed.map((one) => (one.ok ? one.value : ''));
  const accounts = [1, 2, 3].map((id) => sourceAccount(id, { password: first }));
  await importSource(app, sourceOf(accounts));
  const tokens: string[] = [];
  for (const { username } of accounts)
    tokens.push((await world.post('/api/token/', { username, password })).json.access);
  const [one, two, three] = accounts as [SourceAccount, SourceAccount, SourceAccount];
  await importSource(app, sourceOf([{ ...one, password: second }, { ...two, isActive: false }, three]));
  const statuses: number[] = [];
  for (const token of tokens) statuses.push((await world.get('/api/dashboard/', { token })).status);
  expect(statuses).toEqual([401, 401, 200]);
  expect((await world.post('/api/token/', { username: one.username, password })).status).toBe(200);
});

test('an account here with an id of one there, that did not come from there, stops all of it', async ({
  world,
}) => {
  await world.post('/api/register/', { username: 'local', password: 'Sup3rSecret!x' });
  const before = await contentsOf(world.lent.database);
  const accounts = [sourceAccount(1, { username: 'amelia' }), sourceAccount(2)];
  await expect(importSource(world.app, sourceOf(accounts))).rejects.toThrow(
    'Account 1 is "local" here and "amelia" there, and did not come from there. Import into a database without such accounts. Nothing was written.',
  );
  expect(await contentsOf(world.lent.database)).toEqual(before);
});

test('an account here may have the name of one that comes: both keep it, and the report says how each logs in [I-06]', async ({
  world,
}) => {
  const { app } = world;
  for (const username of ['someone', 'Amelia'])
    await world.post('/api/register/', { username, password: 'Sup3rSecret!x' });
  const report = await importSource(app, sourceOf([sourceAccount(7, { username: 'amelia', email: '' })]));
  expect(report.sharedNames).toEqual([
    {
      name: 'amelia',
      accounts: [
        { id: 2, username: 'Amelia', email: '', isHereAlready: true, logsInBy: ['user name "Amelia"'] },
        { id: 7, username: 'amelia', email: '', isHereAlready: false, logsInBy: ['user name "amelia"'] },
      ],
    },
  ]);
  expect((await app.store.accounts.byLoginName('amelia'))?.id).toBe(7);
  expect((await app.store.accounts.byLoginName('Amelia'))?.id).toBe(2);
});

test('what cannot be stored stops all of it, however late it comes', async ({ world }) => {
  const before = await contentsOf(world.lent.database);
  const profile = { fullName: 'a\u0000b', bio: '', image: 'default.jpg', verified: false };
  const source = sourceOf([sourceAccount(1), sourceAccount(2, { profile })]);
  await expect(importSource(world.app, source)).rejects.toThrow(
    'Row 2 of auth_user: full_name has a character that cannot be stored. Nothing was written.',
  );
  expect(await contentsOf(world.lent.database)).toEqual(before);
});

test('tokens come by jti: the expired stay behind, a later blacklisting is brought and ends the session [I-10]', async ({
  world,
}) => {
  const { app } = world;
  const { db } = world.lent.database;
  const token = (jti: string, blacklistedAt?: number, expiresAt = NOW + 1_000) => ({
    jti,
    userId: 1,
    expiresAt,
    blacklistedAt,
  });
  const withTokens = (...list: ReturnType<typeof token>[]): Source => {
    const tokens: Source['tokens'] = async function* () {
      yield list;
    };
    return sourceOf([sourceAccount(1)], { tokens });
  };
  const first = withTokens(
    token('live'),
    token('dead', 5),
    token('late', undefined, NOW),
    token('twice'),
    token('twice', 6),
  );
  const report = await importSource(app, first);
  expect(report.tokens).toEqual({ live: 2, blacklisted: 2, ofNobody: 0, expired: 1 });
  const origin = { ip: '', userAgent: '', requestId: '' };
  const current = { jti: 'next', issuedAt: NOW, expiresAt: NOW + 1_000 };
  await app.store.sessions.open({ id: 'adopted', userId: 1, current, createdAt: NOW, origin });
  await db.updateTable('django_tokens').set({ session_id: 'adopted' }).where('jti', '=', 'live').execute();
  const again = await importSource(app, withTokens(token('live', 9), token('dead', 7), token('twice')));
  expect(again.written.tokens).toBe(1);
  const rows = await db
    .selectFrom('django_tokens')
    .select(['jti', 'blacklisted_at'])
    .orderBy('jti')
    .execute();
  expect(rows.map((row) => [row.jti, row.blacklisted_at])).toEqual([
    ['dead', 5],
    ['live', 9],
    ['twice', 6],
  ]);
  expect((await app.store.sessions.byId('adopted'))?.endedAt).toBe(NOW);
});

test('two imports at once come to the same as one', async ({ world, open }) => {
  const accounts = Array.from({ length: 200 }, (_, i) => sourceAccount(i + 1, { username: `user${i % 50}` }));
  const inBatches = () =>
    sourceOf(accounts, {
      async *accounts() {
        for (let start = 0; start < accounts.length; start += 20) yield accounts.slice(start, start + 20);
      },
    });
  await importSource(world.app, inBatches());
  const other = await open();
  const reports = await Promise.all([
    importSource(other.app, inBatches()),
    importSource(other.app, inBatches()),
  ]);
  expect(reports[0].written.accountsAdded + reports[1].written.accountsAdded).toBe(200);
  expect(await contentsOf(other.lent.database)).toEqual(await contentsOf(world.lent.database));
});
