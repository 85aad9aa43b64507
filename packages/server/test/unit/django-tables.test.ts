import { Client } from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { type DjangoOptions, openDjango } from '../../src/adapters/django/open.ts';
import { sqliteFile, take } from '../support/django-files.ts';
import { createDatabase } from '../support/postgres.ts';

const USER = `id integer primary key autoincrement, password varchar(128) not null, last_login datetime,
  email varchar(254), is_active bool not null default 1`;

/** A user table of that name, with accounts 1 and 2. */
const userTable = (name: string, more = '') => `create table ${name} (${USER}, username varchar(150) ${more});
  insert into ${name} (id, password, email, username) values (1, 'x', 'ada@example.org', 'ada'), (2, '', null, 'bob');`;

async function read(path: string, options?: DjangoOptions) {
  const source = await openDjango(path, options);
  onTestFinished(() => source.close());
  return { source, accounts: await take(source.accounts()) };
}

const refusal = async (sql: string, options?: DjangoOptions) => {
  const path = sqliteFile(sql);
  const answer = await openDjango(path, options).then(
    () => 'was opened',
    (error: Error) => error.message,
  );
  return answer.replaceAll(path, 'the file');
};

describe('the table of the accounts', () => {
  test('is found by its columns, whatever it is called', async () => {
    const { source, accounts } = await read(
      sqliteFile(`${userTable('crm_customer')} create table notes (id integer primary key, email text);`),
    );
    expect(source.found).toContain('accounts: crm_customer');
    expect(accounts.map(({ username }) => username)).toEqual(['ada', 'bob']);
  });

  test('may lack what a bare AbstractBaseUser lacks', async () => {
    const { accounts } = await read(
      sqliteFile(`create table people (id integer primary key, password text, last_login datetime, email text);
        insert into people values (7, null, '2024-01-02 03:04:05', 'ada@example.org')`),
    );
    expect(accounts).toEqual([
      {
        id: 7,
        username: 'ada@example.org',
        email: 'ada@example.org',
        password: '',
        isActive: true,
        isStaff: false,
        isSuperuser: false,
        createdAt: 0,
        lastLoginAt: Date.UTC(2024, 0, 2, 3, 4, 5),
        firstName: '',
        lastName: '',
        profile: { fullName: '', bio: '', image: 'default.jpg', verified: false },
        groups: [],
        permissions: [],
      },
    ]);
  });

  test('has to be named when there are several', async () => {
    const sql = userTable('auth_user') + userTable('shop_user');
    expect(await refusal(sql)).toBe(
      'the file has several tables that could hold the accounts: auth_user, shop_user. Name one with --user-table.',
    );
    const { source } = await read(sqliteFile(sql), { userTable: 'shop_user' });
    expect(source.found).toContain('accounts: shop_user');
  });

  test('is asked for when there is none', async () => {
    expect(await refusal('create table door (id integer primary key, password text)')).toBe(
      "the file has no table with the columns of Django's accounts (id, password, username or email, is_active or last_login). Tables with a password: door. If there is one, name it with --user-table.",
    );
  });

  test.each([
    ['nowhere', 'the file has no table nowhere.'],
    ['door', 'door has no column id, password, username or email.'],
    ['shown', 'shown is a view. The accounts have to be in a table.'],
  ])('that was named has to be one: %s', async (name, sentence) => {
    const sql = `create table door (key text); ${userTable('t')} create view shown as select * from t;`;
    expect(await refusal(sql, { userTable: name })).toBe(sentence);
  });

  test('is no view, even if one has its columns [I-03]', async () => {
    expect(await refusal(`${userTable('hidden')} create view auth_user as select * from hidden;`)).toBe(
      'was opened',
    );
    expect(
      await refusal(
        `create table a (b); create view auth_user as select 1 as id, 'x' as password, 'y' as email, 1 as is_active from a;`,
      ),
    ).toMatch(/^the file has no table .* Tables with a password: auth_user\./);
  });

  test('has ids that are whole numbers', async () => {
    expect(
      await refusal(
        'create table auth_user (id char(32) primary key, password text, username text, is_active bool)',
      ),
    ).toBe(
      "The ids of auth_user are of type char(32). Latchkey's are whole numbers; others cannot be taken over.",
    );
  });
});

describe('the profiles', () => {
  const profile = (name: string, columns: string) =>
    `create table ${name} (id integer primary key, owner_id integer not null unique references auth_user (id), ${columns});`;

  test('are in the table that refers one to one to the accounts and has a claim', async () => {
    const { source, accounts } = await read(
      sqliteFile(`${userTable('auth_user')} ${profile('settings', 'colour text')} ${profile('person', 'bio text')}
        create table orders (id integer primary key, owner_id integer references auth_user (id), image text);
        insert into person values (5, 2, 'Reads.');`),
    );
    expect(source.found).toContain('profiles: person, by owner_id');
    expect(accounts.map((account) => account.profile)).toEqual([
      undefined,
      { fullName: '', bio: 'Reads.', image: 'default.jpg', verified: false },
    ]);
  });

  test('may have the reference for their primary key', async () => {
    const { accounts } = await read(
      sqliteFile(`${userTable('auth_user')}
        create table person (user_ptr_id bigint not null primary key references auth_user (id), full_name text);
        insert into person values (1, 'Ada L.'), (9, 'Nobody');`),
    );
    expect(accounts[0]?.profile?.fullName).toBe('Ada L.');
  });

  test('have to be named when there are several', async () => {
    const sql = `${userTable('auth_user')} ${profile('a', 'bio text')} ${profile('b', 'image text')}`;
    expect(await refusal(sql)).toBe(
      'Several tables could hold the profiles: a, b. Name one with --profile-table.',
    );
    const { source } = await read(sqliteFile(sql), { profileTable: 'b' });
    expect(source.found).toContain('image: b.image');
  });

  test.each([
    ['nowhere', 'There is no table nowhere for --profile-table.'],
    ['loose', 'loose has no foreign key to auth_user.'],
  ])('that were named have to refer to the accounts: %s', async (profileTable, sentence) => {
    expect(
      await refusal(`${userTable('auth_user')} create table loose (id integer, bio text);`, { profileTable }),
    ).toBe(sentence);
  });

  test('may call their columns otherwise, or leave them to the accounts', async () => {
    const { source, accounts } = await read(
      sqliteFile(`${userTable('auth_user', ', is_verified bool default 1')} ${profile('person', 'display_name text')}
        insert into person values (3, 1, 'Ada L.');`),
      { map: { full_name: 'person.display_name', verified: 'is_verified' } },
    );
    expect(source.found).toEqual(
      expect.arrayContaining([
        'full_name: person.display_name',
        'verified: auth_user.is_verified',
        'bio: none',
      ]),
    );
    expect(accounts.map((account) => account.profile)).toEqual([
      { fullName: 'Ada L.', bio: '', image: 'default.jpg', verified: true },
      { fullName: '', bio: '', image: 'default.jpg', verified: true },
    ]);
  });

  test('are told of a column that is nowhere, and of a claim that nobody knows', async () => {
    const sql = userTable('auth_user');
    expect(await refusal(sql, { map: { bio: 'about' } })).toBe(
      '--map bio=about: there is no such column in auth_user.',
    );
    expect(await refusal(sql, { map: { shoe: 'about' } as DjangoOptions['map'] })).toBe(
      '--map shoe: there is no such claim. There are full_name, bio, image, verified.',
    );
  });

  test('are made of first and last name where no table has a full name', async () => {
    const { accounts } = await read(
      sqliteFile(`${userTable('auth_user', ', first_name text, last_name text')}
        update auth_user set first_name = 'Ada', last_name = null where id = 1;`),
    );
    expect(accounts[0]).toMatchObject({ firstName: 'Ada', lastName: '', profile: { fullName: 'Ada' } });
  });
});

describe('groups and permissions', () => {
  const GROUPS = `create table auth_group (id integer primary key, name text); insert into auth_group values (4, 'Staff');`;

  test('are found behind a user model of another name', async () => {
    const { accounts } = await read(
      sqliteFile(`${userTable('crm_customer')} ${GROUPS}
        create table crm_customer_groups (id integer primary key, customer_id integer, group_id integer);
        insert into crm_customer_groups values (1, 2, 4), (2, 2, 4), (3, 1, 5);`),
    );
    expect(accounts.map(({ groups }) => groups)).toEqual([[], [4]]);
  });

  test.each([
    ['create table auth_group (id integer primary key)', 'auth_group has no column name.'],
    [
      'create view auth_group as select 1 as id, 2 as name',
      'auth_group is a view. In a database of Django it is a table.',
    ],
    [
      'create table auth_user_groups (id integer primary key, user_id integer, group_id integer)',
      'auth_user_groups is there, but not the table of the groups that it names.',
    ],
    [
      `${GROUPS} create table auth_user_groups (id integer primary key, a_id integer, b_id integer, group_id integer)`,
      'It cannot be told which column of auth_user_groups refers to auth_user.',
    ],
    [
      'create table token_blacklist_blacklistedtoken (id integer primary key, token_id integer, blacklisted_at datetime)',
      'token_blacklist_blacklistedtoken is there, but not token_blacklist_outstandingtoken that it refers to.',
    ],
  ])('are not read from half of the tables: %s', async (sql, sentence) => {
    expect(await refusal(`${userTable('auth_user')} ${sql}`)).toBe(sentence);
  });
});

describe('in PostgreSQL', () => {
  async function database(sql: string) {
    const { url, drop } = await createDatabase(inject('postgresAdminUrl'));
    onTestFinished(drop);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
    return url;
  }

  const ADA = `create table auth_user (id serial primary key, password text, username text, is_active boolean, date_joined timestamptz);
    insert into auth_user (password, username, is_active, date_joined) values ('x', 'ada', true, '2024-05-01 14:00:00.9999+02');
    create table person (user_id int primary key references auth_user, bio text); insert into person values (1, 'Reads.');`;

  test('tables, one-to-one references and instants are found the same', async () => {
    const url = await database(ADA);
    const { source, accounts } = await read(url);
    expect(source.found).toContain('profiles: person, by user_id');
    expect(accounts).toMatchObject([
      { id: 1, createdAt: Date.UTC(2024, 4, 1, 12, 0, 0, 999), profile: { bio: 'Reads.' } },
    ]);
  });

  test('the schema that is named is the one that is read', async () => {
    const url = await database(`create schema shop; set search_path = shop; ${ADA}`);
    const { accounts } = await read(`${url}?schema=shop`);
    expect(accounts).toHaveLength(1);
    await expect(openDjango(url)).rejects.toThrow(/has no table with the columns/);
  });

  test('UUIDs are not taken for numbers', async () => {
    const url = await database(
      'create table auth_user (id uuid primary key, password text, username text, is_active boolean)',
    );
    await expect(openDjango(url)).rejects.toThrow('The ids of auth_user are of type uuid.');
  });

  test('rows that a policy hides are missed, not left out', async () => {
    const url = await database(`${ADA} alter table auth_user enable row level security;
      alter table auth_user force row level security; create role seer_${process.pid} login password 'x';
      grant select on all tables in schema public to seer_${process.pid}`);
    const seer = new URL(url);
    seer.username = `seer_${process.pid}`;
    seer.password = 'x';
    const source = await openDjango(seer.href);
    await expect(take(source.accounts())).rejects.toThrow(/row-level security policy/);
    await source.close();
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`drop owned by seer_${process.pid}; drop role seer_${process.pid}`);
    await client.end();
  });

  test('a server that is not there, or refuses, is told of in a sentence without the password', async () => {
    const url = new URL(inject('postgresAdminUrl'));
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(openDjango(wrong.href)).rejects.toThrow(/^PostgreSQL \S+ refuses the login: .*\.$/);
    const missing = new URL(url);
    missing.pathname = '/no_such_database';
    await expect(openDjango(missing.href)).rejects.toThrow(
      /^PostgreSQL \S+: database "no_such_database" does not exist\.$/,
    );
    await expect(openDjango('postgres://ada:secret@127.0.0.1:1/db')).rejects.toThrow(
      /^PostgreSQL 127\.0\.0\.1:1\/db: nobody answers there \(ECONNREFUSED\)\.$/,
    );
    await expect(openDjango('mysql://ada@127.0.0.1/db')).rejects.toThrow(
      'A Django database at mysql: cannot be read. SQLite files and postgres: addresses can.',
    );
  });
});
