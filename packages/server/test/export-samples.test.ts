import { describe, expect } from 'vitest';
import { parseInstant } from '../src/adapters/django/instant.ts';
import { DATABASE } from './support/database.ts';
import { type DjangoCopy, differences, djangoCopy, exportDjango } from './support/export.ts';
import { contentsOf, importDjango } from './support/import.ts';
import { test, type World } from './support/world.ts';

const PASSWORD = 'An0ther-Secret!y';

async function hashOf({ app }: World): Promise<string> {
  const hashed = await app.passwords.hash(PASSWORD);
  return hashed.ok ? hashed.value : '';
}

/** A password, a profile, a deactivation and a registration; accounts 4, 5 and 6 are ordinary ones of every sample. */
async function changeHere(world: World): Promise<{ readonly password: string; readonly newId: number }> {
  const { accounts } = world.app.store;
  const password = await hashOf(world);
  await accounts.setPassword(4, password);
  await world.app.store.transaction(async (store) => {
    await store.accounts.change(5, { profile: { fullName: 'Bruno Ours', bio: 'ünïcode', verified: true } });
    await store.accounts.change(6, { isActive: false, email: 'six@example.net' });
  });
  const person = { username: 'newcomer', email: 'newcomer@example.org', password: PASSWORD };
  const { status, json } = await world.post('/api/register/', person);
  expect(status).toBe(201);
  return { password, newId: json.id };
}

/** Columns in whatever order. */
const isOf = (wanted: readonly string[]) => (columns: string[]) =>
  [...columns].sort().join() === wanted.join();

const instantOf = (stored: unknown) => parseInstant(String(stored).replace('T', ' '));

const hasProfiles = ({ users }: DjangoCopy) => users === 'api_user';

/** What is written knows no database of ours: the older samples get it from one of them, the newest from both. */
const EXPORTED =
  DATABASE === 'sqlite' ? ['db-3.2', 'db-4.2', 'db-5.2', 'db-5.2-default', 'pg-5.2'] : ['db-5.2', 'pg-5.2'];

describe.each(EXPORTED)('exported into %s', (sample) => {
  test('what changed here is there and nothing else moved, a dry run says so and writes nothing, and twice is once', async ({
    world,
  }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    const { users } = django;
    await importDjango(app, django.url);
    const before = await django.dump();
    const { password, newId } = await changeHere(world);
    const hereBefore = await contentsOf(world.lent.database);

    const dry = await exportDjango(app, django.url, true);
    expect(await django.dump()).toEqual(before);
    expect(await contentsOf(world.lent.database)).toEqual(hereBefore);

    const report = await exportDjango(app, django.url);
    expect(report).toEqual({ ...dry, isDryRun: false });
    const after = await django.dump();
    const profiles = Object.entries(after.api_profile ?? {});
    const idOfProfile = (owner: number) =>
      profiles.find(([, row]) => row.users_id === owner || row.users_id === String(owner))?.[0];
    expect(differences(before, after)).toEqual({
      [`${users} 4`]: ['password'],
      [`${users} 6`]: expect.toSatisfy(isOf(['email', 'is_active'])),
      [`${users} ${newId}`]: 'added',
      ...(hasProfiles(django) && {
        [`api_profile ${idOfProfile(5)}`]: ['full_name', 'bio', 'verified'],
        [`api_profile ${idOfProfile(newId)}`]: 'added',
      }),
    });
    expect(after[users]?.['4']?.password).toBe(password);
    expect(after[users]?.['6']).toMatchObject({ email: 'six@example.net' });
    const added = after[users]?.[String(newId)] ?? {};
    expect(added).toMatchObject({
      username: 'newcomer',
      email: 'newcomer@example.org',
      password: expect.stringMatching(/^argon2\$argon2id\$/),
      first_name: '',
      last_name: '',
      last_login: null,
    });
    expect(instantOf(added.date_joined)).toBe(app.clock.now());
    if (sample.startsWith('db'))
      expect(added.date_joined).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3}000)?$/);
    if (hasProfiles(django)) {
      expect(after.api_profile?.[idOfProfile(5) ?? '']).toMatchObject({
        full_name: 'Bruno Ours',
        bio: 'ünïcode',
      });
      expect(after.api_profile?.[idOfProfile(newId) ?? '']).toMatchObject({ bio: '', image: 'default.jpg' });
    }
    expect(report.accounts).toMatchObject({ added: [newId], logins: 0, changedThere: [], removedHere: [] });
    expect(report.accounts.changed.map(({ id }) => id)).toEqual(hasProfiles(django) ? [4, 5, 6] : [4, 6]);
    expect(report.conflicts).toEqual(
      hasProfiles(django)
        ? []
        : ['fullName', 'bio', 'verified'].map((field) => ({
            id: 5,
            field,
            reason: 'there is no column for it',
          })),
    );
    expect(report.passwords).toEqual({ argon2: 2 });
    expect(report.notes).toEqual([
      'Groups and permissions are not written back.',
      expect.stringMatching(/^Sessions and tokens are not written back/),
      expect.stringMatching(/^Argon2 hashes are checked there only where argon2-cffi is installed/),
    ]);

    const hereAfter = await contentsOf(world.lent.database);
    const again = await exportDjango(app, django.url);
    expect(await django.dump()).toEqual(after);
    expect(await contentsOf(world.lent.database)).toEqual(hereAfter);
    expect(again.accounts).toMatchObject({ added: [], changed: [], logins: 0 });
    const imported = await importDjango(app, django.url);
    expect(imported.written).toEqual({ accountsAdded: 0, accountsChanged: 0, tokens: 0, adminLog: 0 });
    expect(imported.conflicts).toEqual([]);
  });
});

describe.each(DATABASE === 'sqlite' ? ['db-5.2'] : ['pg-5.2'])('exported into %s', (sample) => {
  test('who registers there afterwards gets an id of his own', async ({ world }) => {
    const django = await djangoCopy(sample);
    await importDjango(world.app, django.url);
    const { newId } = await changeHere(world);
    await exportDjango(world.app, django.url);
    await django.sql(`insert into api_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
      values ('!', '0', 'later', '', '', 'later@example.org', '0', '1', '2026-01-05 00:00:00')`);
    await django.sql(
      "insert into api_profile (full_name, bio, image, verified, users_id) select '', '', '', '0', max(id) from api_user",
    );
    const [row] = await django.sql("select id from api_user where username = 'later'");
    expect(Number(row?.id)).toBe(newId + 1);
  });

  test('a later login here is the last login there, and an earlier one is not', async ({ world }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    await app.store.accounts.setPassword(4, await hashOf(world));
    const [{ email } = {}] = await django.sql('select email from api_user where id = 4');
    expect((await world.post('/api/token/', { email, password: PASSWORD })).status).toBe(200);
    await django.sql("update api_user set last_login = '2031-05-06 07:08:09.123456' where id = 5");
    const before = await django.dump();
    const report = await exportDjango(app, django.url);
    expect(report.accounts.logins).toBe(1);
    const after = await django.dump();
    expect(differences(before, after)).toEqual({
      'api_user 4': expect.toSatisfy(isOf(['last_login', 'password'])),
    });
    const [row] = await django.sql('select cast(last_login as text) as at from api_user where id = 4');
    expect(instantOf(row?.at)).toBe(app.clock.now());
    expect((await exportDjango(app, django.url)).accounts.logins).toBe(0);
  });
});
