import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DjangoSource, openDjango } from '../../src/adapters/django/open.ts';
import { samplePath, sqliteFile, take, testFolder } from '../support/django-files.ts';

const SAMPLE = 'db-5.2.sqlite3';

/** Reads all there is, as an import does. */
async function readAll(source: DjangoSource): Promise<number> {
  await source.counts();
  await source.highestAccountId();
  const parts = [source.groups(), source.accounts(), source.tokens(), source.adminLog(0), source.dangling()];
  let rows = 0;
  for (const part of parts) rows += (await take<unknown>(part)).length;
  return rows;
}

/** What is said of a database: of the file in a short form, or that all of it was read. */
async function verdict(path: string): Promise<string> {
  let source: DjangoSource | undefined;
  try {
    source = await openDjango(path);
    return `${await readAll(source)} rows`;
  } catch (error) {
    return (error as Error).message.replaceAll(path, 'the file');
  } finally {
    await source?.close();
  }
}

const afterSql = (sql: string) => verdict(sqliteFile(sql, SAMPLE));

describe('a file that is no database [I-01]', () => {
  const file = (content: string | Buffer) => {
    const path = join(testFolder(), 'file');
    writeFileSync(path, content);
    return path;
  };

  test('is told of in a sentence', async () => {
    expect(await verdict('/no/such/file.sqlite3')).toBe('There is no file the file.');
    expect(await verdict(testFolder())).toBe('the file is no file.');
    expect(await verdict(file(''))).toBe('the file is empty.');
    expect(await verdict(file('name;email\n'.repeat(1_000)))).toBe('the file is no SQLite database.');
    expect(await verdict(file('SQLite format 3\0'))).toMatch(
      /^the file (is no SQLite database|is damaged: .*)\.$/,
    );
  });

  test('is not made when it is missing', async () => {
    const folder = testFolder();
    await verdict(join(folder, 'missing.sqlite3'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a damaged file [I-02]', () => {
  const copy = () => {
    const path = join(testFolder(), 'damaged.sqlite3');
    copyFileSync(samplePath(SAMPLE), path);
    return path;
  };

  test.each([1_000, 5_000, 60_000, 120_000, 170_000])('cut off after %i bytes is told of', async (size) => {
    const path = copy();
    truncateSync(path, size);
    expect(await verdict(path)).toMatch(/^the file (is no SQLite database|is damaged: .*)\.$/);
  });

  test('with pages overwritten is read, or refused in one sentence, and never crashes', {
    timeout: 60_000,
  }, async () => {
    const original = readFileSync(samplePath(SAMPLE));
    const pages = original.length / 4_096;
    const verdicts: string[] = [];
    for (let page = 0; page < pages; page++) {
      const path = join(testFolder(), 'page.sqlite3');
      const bytes = Buffer.from(original);
      bytes.fill(0xa5, page * 4_096 + 8, page * 4_096 + 40);
      writeFileSync(path, bytes);
      verdicts.push(await verdict(path));
    }
    // What is read is read whole: damage in pages that are not asked for is nobody's business.
    const refused = verdicts.filter((one) => one !== '65 rows');
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.filter((one) => !/^[^\n]{10,300}\.$/.test(one))).toEqual([]);
  });
});

describe('a value that cannot be meant [I-05]', () => {
  test('leaves the sample readable when there is none', async () => {
    expect(await afterSql('select 1')).toBe('65 rows');
  });

  test.each([
    [`update api_user set username = x'00ff' where id = 9`, 'Row 9 of api_user: username is no text.'],
    [
      `update api_user set username = 'a' || char(0) where id = 9`,
      'Row 9 of api_user: username has a NUL in it.',
    ],
    [
      `update api_user set username = cast(x'61ff62' as text) where id = 9`,
      'Row 9 of api_user: username is no UTF-8.',
    ],
    [
      `update api_user set username = printf('%.*c', 321, 'x') where id = 9`,
      'Row 9 of api_user: username is longer than 320 characters.',
    ],
    [
      `update api_user set email = printf('%.*c', 10000000, 'x') where id = 9`,
      'Row 9 of api_user: email is longer than 320 characters.',
    ],
    [
      `update api_user set password = printf('%.*c', 4097, 'x') where id = 9`,
      'Row 9 of api_user: password is longer than 4096 characters.',
    ],
    [`update api_user set password = x'00' where id = 9`, 'Row 9 of api_user: password is no text.'],
    [
      `update api_user set is_active = 'yes' where id = 9`,
      'Row 9 of api_user: is_active is neither true nor false.',
    ],
    [
      `update api_user set is_staff = 2 where id = 9`,
      'Row 9 of api_user: is_staff is neither true nor false.',
    ],
    [
      `update api_user set date_joined = 'yesterday' where id = 9`,
      'Row 9 of api_user: date_joined is no date and time.',
    ],
    [
      `update api_user set date_joined = '2023-02-30 00:00:00' where id = 9`,
      'Row 9 of api_user: date_joined is no date and time.',
    ],
    [
      `update api_user set last_login = 1714564800 where id = 9`,
      'Row 9 of api_user: last_login is no date and time.',
    ],
    [
      `update api_user set id = 9007199254740993 where id = 9`,
      'A row of api_user: id is too large a number.',
    ],
    [
      `update api_profile set bio = printf('%.*c', 10001, 'x') where users_id = 9`,
      'Row 9 of api_profile: bio is longer than 10000 characters.',
    ],
    [
      `update api_profile set verified = 'no' where users_id = 9`,
      'Row 9 of api_profile: verified is neither true nor false.',
    ],
    [`update auth_group set name = x'01' where id = 1`, 'Row 1 of auth_group: name is no text.'],
    [
      `update api_user_groups set group_id = 'first' where id = 1`,
      /^Row 1 of api_user_groups: group_id is no whole number\.$/,
    ],
    [
      `update token_blacklist_outstandingtoken set jti = x'01' where id = 1`,
      'Row 1 of token_blacklist_outstandingtoken: jti is no text.',
    ],
    [
      `update token_blacklist_outstandingtoken set expires_at = 'never' where id = 1`,
      'Row 1 of token_blacklist_outstandingtoken: expires_at is no date and time.',
    ],
    [
      `update token_blacklist_blacklistedtoken set blacklisted_at = '' where id = 1`,
      'Row 1 of token_blacklist_blacklistedtoken: blacklisted_at is no date and time.',
    ],
    [
      `update django_admin_log set action_flag = 9 where id = 1`,
      'Row 1 of django_admin_log: action_flag is none of 1, 2 and 3.',
    ],
  ])('names its row: %s', async (sql, sentence) => {
    expect(await afterSql(sql)).toEqual(
      typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
    );
  });

  test('is not what 320 characters are, however many bytes they take', async () => {
    const path = sqliteFile(
      `update api_user set username = replace(printf('%.*c', 320, 'x'), 'x', '😀') where id = 9`,
      SAMPLE,
    );
    const source = await openDjango(path);
    const account = (await take(source.accounts())).find(({ id }) => id === 9);
    await source.close();
    expect([...(account?.username ?? '')]).toHaveLength(320);
  });

  test('is not a token that is too long to be one, or no token at all: its jti is what counts [I-04]', async () => {
    expect(
      await afterSql(`update token_blacklist_outstandingtoken set token = printf('%.*c', 10000000, 'x') where id = 1;
        update token_blacklist_outstandingtoken set token = 'a.bm8.c' where id = 2;
        update token_blacklist_outstandingtoken set token = x'ff' where id = 3`),
    ).toBe('65 rows');
  });

  test('is nothing at all where Django lets nothing be nothing', async () => {
    const table = (columns: string, values: string) =>
      verdict(sqliteFile(`create table auth_user (${columns}); insert into auth_user values (${values})`));
    const columns = 'id integer, password, username, email, is_active bool, date_joined datetime';
    expect(await table(columns, `null, null, null, null, null, null`)).toBe(
      'A row of auth_user: id is empty.',
    );
    expect(await table(columns, `1, null, null, null, 1, null`)).toBe(
      'Row 1 of auth_user: username is empty.',
    );
    expect(await table(columns, `1, null, 'ada', null, null, null`)).toBe(
      'Row 1 of auth_user: is_active is empty.',
    );
    expect(await table(columns, `'one', null, 'ada', null, 1, null`)).toBe(
      'A row of auth_user: id is no whole number.',
    );
    expect(await table(columns, `1.5, null, 'ada', null, 1, null`)).toBe(
      'A row of auth_user: id is no whole number.',
    );
    expect(await table(columns, `1, null, 'ada', null, 1, null`)).toBe('1 rows');
    expect(await table(columns, `1, null, null, 'ada@example.org', 1, null`)).toBe('1 rows');
  });

  test('is not a second profile of one account', async () => {
    const sql = `create table auth_user (id integer primary key, password, username, is_active);
      insert into auth_user values (1, '', 'ada', 1);
      create table person (id integer primary key, user_id integer references auth_user (id), bio text);
      insert into person values (1, 1, 'a'), (2, 1, 'b');`;
    const source = await openDjango(sqliteFile(sql), { profileTable: 'person' });
    await expect(take(source.accounts())).rejects.toThrow(
      'Row 2 of person: user_id is 1, and so is that of another row.',
    );
    await source.close();
  });
});

describe('a file that is in use', () => {
  /** A sample that somebody has open, with one more change by him. */
  function inUse(setup: string) {
    const path = sqliteFile('select 1', SAMPLE);
    const database = new DatabaseSync(path);
    database.exec(setup);
    onTestFinished(() => {
      if (database.isOpen) database.close();
    });
    return { path, database };
  }

  const around = (path: string) => readdirSync(dirname(path)).sort();

  const nameOfFour = async (path: string) => {
    const source = await openDjango(path);
    const [first] = await take(source.accounts());
    await source.close();
    return first?.username;
  };

  test('with write-ahead logging is read as it was last committed, while its owner writes on', async () => {
    const { path, database } = inUse(
      `pragma journal_mode = wal; update api_user set username = 'new' where id = 4`,
    );
    const files = around(path);
    const source = await openDjango(path);
    database.exec(`update api_user set username = 'newer' where id = 4`);
    const [first] = await take(source.accounts());
    await source.close();
    expect(first?.username).toBe('new');
    expect(await nameOfFour(path)).toBe('newer');
    expect(around(path)).toEqual(files);
  });

  test('with an open transaction is read without what is not committed', async () => {
    const { path, database } = inUse(`begin immediate; update api_user set username = 'new' where id = 4`);
    expect(await nameOfFour(path)).toBe('amelia');
    database.exec('commit');
    expect(await nameOfFour(path)).toBe('new');
  });

  test('no more is read without a trace: no file is made beside it, nor changed', async () => {
    const { path, database } = inUse('pragma journal_mode = wal');
    database.close();
    const bytes = readFileSync(path);
    expect(around(path)).toEqual(['django.sqlite3']);
    expect(await nameOfFour(path)).toBe('amelia');
    expect(around(path)).toEqual(['django.sqlite3']);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('was copied with its log and nothing else is read with what the log holds', async () => {
    const { path } = inUse(`pragma journal_mode = wal; update api_user set username = 'new' where id = 4`);
    const copy = join(testFolder(), 'copy.sqlite3');
    for (const part of ['', '-wal']) copyFileSync(path + part, copy + part);
    const bytes = readFileSync(copy);
    expect(await nameOfFour(copy)).toBe('new');
    expect(around(copy)).toEqual(['copy.sqlite3', 'copy.sqlite3-wal']);
    expect(readFileSync(copy).equals(bytes)).toBe(true);
  });

  test('was left half written by a crash is read as it was before, and left as it is', async () => {
    const { path, database } = inUse(`pragma cache_size = 1; begin; update api_user set username = 'half';
      update token_blacklist_outstandingtoken set token = 'half'; update auth_permission set name = 'half'`);
    const crashed = join(testFolder(), 'crashed.sqlite3');
    for (const part of ['', '-journal']) copyFileSync(path + part, crashed + part);
    database.exec('rollback');
    const before = [crashed, `${crashed}-journal`].map((name) => readFileSync(name));
    expect(before[0]?.equals(readFileSync(path))).toBe(false);

    expect(await nameOfFour(crashed)).toBe('amelia');

    expect([crashed, `${crashed}-journal`].map((name) => readFileSync(name))).toEqual(before);
    expect(around(crashed)).toEqual(['crashed.sqlite3', 'crashed.sqlite3-journal']);
  });
});
