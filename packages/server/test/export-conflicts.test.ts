import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect } from 'vitest';
import { openDjango, openDjangoTarget } from '../src/adapters/django/open.ts';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { DATABASE } from './support/database.ts';
import { sqliteFile } from './support/django-files.ts';
import { differences, djangoCopy, exportDjango, opener, tryExport } from './support/export.ts';
import { contentsOf, importDjango, importSource } from './support/import.ts';
import { test, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
/** `export-samples.test.ts` has both kinds of Django database on both of ours. */
const SAMPLES = [DATABASE === 'postgres' ? 'pg-5.2' : 'db-5.2'];

/** A column that has to be filled. In SQLite the table has to be made anew for it. */
const TENANT_OF_POSTGRES = `alter table api_profile add column tenant integer not null default 1;
  alter table api_profile alter column tenant drop default`;
const TENANT_OF_SQLITE = `create table made_anew (id integer not null primary key autoincrement,
    full_name varchar(300) not null, bio varchar(300) not null, image varchar(100) not null, verified bool not null,
    users_id bigint not null unique references api_user (id), tenant integer not null);
  insert into made_anew select *, 1 from api_profile;
  drop table api_profile;
  alter table made_anew rename to api_profile`;

async function register(world: World, username: string, email = ''): Promise<number> {
  const { status, json } = await world.post('/api/register/', { username, email, password: PASSWORD });
  expect(status).toBe(201);
  return json.id;
}

const changeBio = ({ app }: World, id: number, bio: string) =>
  app.store.transaction((store) => store.accounts.change(id, { profile: { bio } }));

const passwordHere = async ({ app }: World, id: number) => (await app.store.accounts.byId(id))?.password;

describe.each(SAMPLES)('between here and %s', (sample) => {
  test('what changed there is left alone, what changed on both sides is a conflict, and an import brings the rest', async ({
    world,
  }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    await app.store.accounts.setPassword(4, 'argon2$ours');
    await app.store.accounts.setPassword(5, 'argon2$ours');
    await changeBio(world, 4, 'ours');
    await changeBio(world, 6, 'the same');
    await django.sql("update api_user set password = 'md5$theirs' where id in (4, 7)");
    await django.sql("update api_profile set bio = 'the same' where users_id = 6");
    const before = await django.dump();
    const report = await exportDjango(app, django.url);
    const after = await django.dump();
    expect(differences(before, after)).toEqual({ 'api_profile 4': ['bio'], 'api_user 5': ['password'] });
    expect(report.conflicts).toEqual([{ id: 4, field: 'password', reason: 'changed on both sides' }]);
    expect(report.accounts).toMatchObject({
      added: [],
      changed: [
        { id: 4, fields: ['bio'] },
        { id: 5, fields: ['password'] },
      ],
      changedThere: [7],
    });
    expect(report.notes).toContain('Run import-django to bring what was changed or made there.');
    const imported = await importDjango(app, django.url);
    expect(imported.conflicts).toEqual([{ id: 4, fields: ['password'] }]);
    expect([await passwordHere(world, 4), await passwordHere(world, 7)]).toEqual([
      'argon2$ours',
      'md5$theirs',
    ]);
    const again = await exportDjango(app, django.url);
    expect(again.conflicts).toEqual(report.conflicts);
    expect(await django.dump()).toEqual(after);
  });

  test('an id, a user name or an e-mail that somebody else has there is a conflict, and nobody is removed or comes back', async ({
    world,
  }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    const taken = await register(world, 'taken-id');
    const mail = await register(world, 'taken-mail', 'theirs@example.org');
    const fine = await register(world, 'fine', 'fine@example.org');
    await removeAccount(app, 5, COMMAND_LINE);
    await app.store.transaction((store) =>
      store.accounts.change(7, { email: 'other@example.org', isActive: false }),
    );
    const columns =
      'id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined';
    const row = (id: number, email: string) =>
      `(${id}, '!', '0', 'there${id}', '', '', '${email}', '0', '1', '2026-01-05 00:00:00')`;
    await django.sql(`insert into api_user (${columns}) values ${row(taken, 'x@example.org')},
      ${row(900, 'theirs@example.org')}, ${row(901, 'other@example.org')}`);
    await django.sql('delete from api_profile where users_id = 6');
    if (sample === 'pg-5.2')
      await django.sql(
        'truncate token_blacklist_blacklistedtoken, token_blacklist_outstandingtoken, api_user_groups, api_user_user_permissions, django_admin_log',
      );
    await django.sql('delete from api_user where id = 6');
    const before = await django.dump();
    const report = await exportDjango(app, django.url);
    expect(report.conflicts).toEqual([
      { id: taken, field: 'id', reason: 'it is the id of somebody else there' },
      { id: 7, field: 'email', reason: 'account 901 has it there' },
      { id: mail, field: 'email', reason: 'account 900 has it there' },
    ]);
    expect(report.accounts).toMatchObject({
      added: [fine],
      removedHere: [5],
      goneThere: [6],
      newThere: [900, 901],
    });
    expect(differences(before, await django.dump())).toEqual({
      'api_user 7': ['is_active'],
      [`api_user ${fine}`]: 'added',
      [`api_profile ${Math.max(...Object.keys((await django.dump()).api_profile ?? {}).map(Number))}`]:
        'added',
    });
  });

  test('an account that has no profile there gets one with what is here', async ({ world }) => {
    const django = await djangoCopy(sample);
    await django.sql('delete from api_profile where users_id = 4');
    await importDjango(world.app, django.url);
    await changeBio(world, 4, 'now there is one');
    await exportDjango(world.app, django.url);
    const rows = await django.sql('select full_name, bio, image from api_profile where users_id = 4');
    expect(rows).toMatchObject([{ full_name: '', bio: 'now there is one', image: 'default.jpg' }]);
    expect((await importDjango(world.app, django.url)).conflicts).toEqual([]);
    expect((await exportDjango(world.app, django.url)).accounts.changed).toEqual([]);
  });

  test('a database that breaks off before it is noted here is found equal by the next run', async ({
    world,
  }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    await app.store.accounts.setPassword(4, 'argon2$ours');
    const id = await register(world, 'newcomer', 'newcomer@example.org');
    const broken: App['store'] = {
      ...app.store,
      transaction: () => Promise.reject(new Error('the power went')),
    };
    await expect(tryExport({ ...app, store: broken }, opener(django.url))).rejects.toThrow(
      'It was written there, but not noted here: the power went. Run it again.',
    );
    const written = await django.dump();
    expect(written.api_user?.[id]).toMatchObject({ username: 'newcomer' });
    const again = await exportDjango(app, django.url);
    expect([again.conflicts, again.accounts.added, again.accounts.changed]).toEqual([[], [], []]);
    expect(await django.dump()).toEqual(written);
    await changeBio(world, id, 'later');
    await app.store.accounts.setPassword(4, 'argon2$later');
    const last = await exportDjango(app, django.url);
    expect([last.conflicts, last.accounts.changed.map((one) => one.id)]).toEqual([[], [4, id]]);
  });

  test('a statement that fails takes everything back, there and here', async ({ world }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    for (const id of [4, 5, 6]) await app.store.accounts.setPassword(id, `argon2$ours${id}`);
    await register(world, 'newcomer', 'newcomer@example.org');
    if (sample === 'pg-5.2') await django.sql("alter table api_user add check (password <> 'argon2$ours6')");
    else
      await django.sql(`create trigger refuse before update on api_user when new.id = 6
        begin select raise(abort, 'not this one'); end`);
    const [there, here] = [await django.dump(), await contentsOf(world.lent.database)];
    const exported = await tryExport(app, opener(django.url));
    expect(exported).toMatchObject({
      refused: expect.stringMatching(
        /^Account 6 could not be written: .*(not this one|violates check).* Nothing was written\.$/,
      ),
    });
    expect(await django.dump()).toEqual(there);
    expect(await contentsOf(world.lent.database)).toEqual(here);
  });

  test('a column that nobody knows what to write into keeps new accounts out, and a text that is too long stays here', async ({
    world,
  }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await django.sql('delete from api_profile where users_id = 5');
    await importDjango(app, django.url);
    const id = await register(world, 'newcomer', 'newcomer@example.org');
    await changeBio(world, 5, 'needs a profile');
    await changeBio(world, 4, 'x'.repeat(301));
    await app.store.accounts.setPassword(4, 'argon2$ours');
    await django.sql(sample === 'pg-5.2' ? TENANT_OF_POSTGRES : TENANT_OF_SQLITE);
    const report = await exportDjango(app, django.url);
    const reason =
      'api_profile has columns that may not be empty and have no default, and nothing here belongs into them: tenant';
    expect(report.conflicts).toEqual([
      { id, field: 'id', reason },
      { id: 4, field: 'bio', reason: 'longer than the 300 characters of its column' },
      { id: 5, field: 'bio', reason },
    ]);
    expect(report.accounts).toMatchObject({ added: [], changed: [{ id: 4, fields: ['password'] }] });
  });

  test('a column that is missing there is told, and the others are written', async ({ world }) => {
    const django = await djangoCopy(sample);
    const { app } = world;
    await importDjango(app, django.url);
    await app.store.transaction((store) =>
      store.accounts.change(4, { isStaff: true, isActive: false, profile: { bio: 'ours' } }),
    );
    for (const statement of [
      'alter table api_user drop column is_staff',
      'alter table api_profile drop column bio',
    ])
      await django.sql(statement);
    const report = await exportDjango(app, django.url);
    expect(report.conflicts.map(({ id, field }) => [id, field])).toEqual(
      expect.arrayContaining([
        [4, 'isStaff'],
        [4, 'bio'],
      ]),
    );
    expect(new Set(report.conflicts.map(({ reason }) => reason))).toContain('there is no column for it');
    expect(report.accounts.changed).toEqual([{ id: 4, fields: ['isActive'] }]);
  });
});

test('a change there between the two passes is seen: before the second it is a conflict', async ({
  world,
}) => {
  const django = await djangoCopy('db-5.2');
  const { app } = world;
  await importDjango(app, django.url);
  for (const id of [4, 5]) await app.store.accounts.setPassword(id, 'argon2$ours');
  const exported = await tryExport(app, async (mode) => {
    if (mode === 'write') await django.sql("update api_user set password = 'md5$theirs' where id = 4");
    return opener(django.url)(mode);
  });
  expect(exported).toMatchObject({
    report: { conflicts: [{ id: 4, field: 'password' }], accounts: { changed: [{ id: 5 }] } },
  });
  expect(await django.sql('select password from api_user where id in (4, 5) order by id')).toMatchObject([
    { password: 'md5$theirs' },
    { password: 'argon2$ours' },
  ]);
});

test('and in PostgreSQL during the second it takes everything back', async ({ world }) => {
  const django = await djangoCopy('pg-5.2');
  const { app } = world;
  await importDjango(app, django.url);
  for (const id of [4, 5]) await app.store.accounts.setPassword(id, 'argon2$ours');
  const here = await contentsOf(world.lent.database);
  const exported = await tryExport(app, async (mode) => {
    const target = await opener(django.url)(mode);
    if (mode === 'write') await django.sql("update api_user set password = 'md5$theirs' where id = 5");
    return target;
  });
  expect(exported).toMatchObject({
    refused: expect.stringMatching(
      /^Account 5 could not be written: .* was written to by somebody else in the meantime\. Run it again\. Nothing was written\.$/,
    ),
  });
  expect(await django.sql("select id from api_user where password = 'argon2$ours'")).toEqual([]);
  expect(await contentsOf(world.lent.database)).toEqual(here);
});

test('a SQLite file that may not be written to is told, and a dry run can do without', async ({ world }) => {
  const django = await djangoCopy('db-5.2');
  const { app } = world;
  await importDjango(app, django.url);
  await app.store.accounts.setPassword(4, 'argon2$ours');
  const path = django.url.replace('sqlite:', '');
  const bytes = readFileSync(path);
  // A format for writing that no SQLite knows yet: such a file is read only for everybody, root as well.
  bytes[18] = 3;
  writeFileSync(path, bytes);
  const report = await exportDjango(app, django.url, true);
  expect(report.accounts.changed).toEqual([{ id: 4, fields: ['password'] }]);
  await expect(exportDjango(app, django.url)).rejects.toThrow(
    /django\.sqlite3 may not be written to: check the rights of the file and of its folder\./,
  );
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test('a SQLite file with a write-ahead log is written to while Django has it open', async ({ world }) => {
  const django = await djangoCopy('db-5.2');
  const { app } = world;
  const other = new DatabaseSync(django.url.replace('sqlite:', ''));
  other.exec("pragma journal_mode = wal; update api_user set first_name = 'In the log' where id = 5");
  await importDjango(app, django.url);
  await app.store.accounts.setPassword(4, 'argon2$ours');
  await exportDjango(app, django.url);
  expect(
    other.prepare('select password, first_name from api_user where id in (4, 5) order by id').all(),
  ).toMatchObject([{ password: 'argon2$ours' }, { first_name: 'In the log' }]);
  other.close();
});

/** A user model made from `AbstractBaseUser`: an e-mail to log in by, and a claim under another name. */
const EMAIL_ONLY = `create table people_person (id integer not null primary key autoincrement,
    password varchar(128) not null, last_login datetime null, email varchar(254) null unique, about varchar(20) not null);
  insert into people_person (password, email, about) values ('md5$x', 'one@example.org', 'first')`;

test('into a user model without user name and without is_active go those that fit it, their bio into the column it is mapped to', async ({
  world,
}) => {
  const { app } = world;
  const path = sqliteFile(EMAIL_ONLY);
  const map = { map: { bio: 'about' } };
  const source = await openDjango(path, map);
  await importSource(app, source).finally(() => source.close());
  await changeBio(world, 1, 'ours');
  const fits = await register(world, 'fits@example.org', 'fits@example.org');
  const noMail = await register(world, 'no-mail');
  const inactive = await register(world, 'inactive', 'inactive@example.org');
  await app.store.transaction((store) => store.accounts.change(inactive, { isActive: false }));
  const exported = await tryExport(app, (mode) => openDjangoTarget(path, mode, map));
  expect(exported).toMatchObject({
    report: {
      accounts: { added: [fits], changed: [{ id: 1, fields: ['bio'] }] },
      conflicts: [
        { id: inactive, field: 'isActive', reason: 'there is no column for it' },
        { id: inactive, field: 'username', reason: 'there is no column for it' },
        { id: noMail, field: 'username', reason: 'there is no column for it' },
        { id: noMail, field: 'email', reason: 'an account cannot be without it there' },
      ],
    },
  });
  const database = new DatabaseSync(path);
  expect(database.prepare('select id, email, about from people_person order by id').all()).toMatchObject([
    { id: 1, email: 'one@example.org', about: 'ours' },
    { id: fits, email: 'fits@example.org', about: '' },
  ]);
  database.close();
});
