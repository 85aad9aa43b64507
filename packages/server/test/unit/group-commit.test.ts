import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { CompiledQuery, type QueryResult } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isSqliteUnavailable, openFile } from '../../src/adapters/sql/sqlite-file.ts';
import { openWriter, type Writer } from '../../src/adapters/sql/sqlite-writer.ts';

let folder: string;
let path: string;
let database: ReturnType<typeof openFile>;
let writer: Writer;
let flush: () => Promise<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-group-'));
  path = join(folder, 'group.sqlite3');
  database = openFile(path);
  database.exec(
    'create table counter (id integer primary key, value integer check (value < 100)); insert into counter values (1, 0)',
  );
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  flush = async () => {};
  writer = openWriter(database, { patience: undefined, flush: () => flush(), onFailed() {} });
});

afterEach(() => {
  if (database.isOpen) database.close();
  rmSync(folder, { recursive: true });
});

const query = (sql: string, ...parameters: unknown[]) => CompiledQuery.raw(sql, parameters);
const INCREMENT = query('update counter set value = value + 1');

/** What another process sees. */
function onDisk(): unknown[] {
  const other = new DatabaseSync(path);
  const rows = other.prepare('select value from counter order by id').all();
  other.close();
  return rows.map((row) => (row as { value: number }).value);
}

const framesInLog = () => {
  const [row] = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').all() as { log: number }[];
  return row?.log;
};

const outcomes = async (deeds: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(deeds)).map(({ status }) => status);

describe('writes to a SQLite file', () => {
  test('that arrive together share one transaction', async () => {
    await Promise.all(Array.from({ length: 20 }, () => writer.run(INCREMENT)));
    expect(onDisk()).toEqual([20]);
    expect(framesInLog()).toBe(1);
  });

  test('are answered when another process can see them', async () => {
    const seen: unknown[] = [];
    await Promise.all([1, 2, 3].map(() => writer.run(INCREMENT).then(() => seen.push(...onDisk()))));
    expect(seen).toEqual([3, 3, 3]);
  });

  test('fail by themselves: the others of the group are done', async () => {
    const deeds = [
      writer.run(INCREMENT),
      writer.run(query('insert into counter values (1, 5)')),
      writer.run(query('update counter set value = 100')),
      writer.run(INCREMENT),
    ];
    expect(await outcomes(deeds)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(onDisk()).toEqual([2]);
  });

  test('of a transaction that is rolled back are undone, and those around it are not', async () => {
    const rolledBack = writer.begin().then(async (transaction) => {
      transaction.run(query('insert into counter values (2, 2)'));
      await Promise.resolve();
      transaction.run(INCREMENT);
      await transaction.rollback();
    });
    const committed = writer.begin().then(async (transaction) => {
      transaction.run(query('insert into counter values (3, 3)'));
      await transaction.commit();
      return onDisk();
    });
    await Promise.all([writer.run(INCREMENT), rolledBack, writer.run(INCREMENT)]);
    // In the order of asking: the new row was there when the two came.
    expect(await committed).toEqual([2, 5]);
  });

  test('are all undone, and all told so, when the database cannot commit', async () => {
    const isRefused = (result: Promise<QueryResult<unknown>>) =>
      result.then(
        () => 'done',
        (error: Error) => error.message,
      );
    const deeds = [
      isRefused(writer.run(INCREMENT)),
      writer.begin().then(async (transaction) => {
        transaction.run(INCREMENT);
        // As a full disk does: the transaction of the whole group is gone.
        database.exec('ROLLBACK');
        return transaction.commit().catch((error: Error) => error.message);
      }),
      isRefused(writer.run(INCREMENT)),
    ];
    const gone = 'the transaction was given up';
    expect(await Promise.all(deeds)).toEqual([gone, gone, 'done']);
    expect(onDisk()).toEqual([1]);
  });

  test('are answered when the disk has them, not before', async () => {
    let arrive = () => {};
    flush = () => new Promise((resolve) => (arrive = resolve));
    let isAnswered = false;
    const deed = writer.run(INCREMENT).then(() => (isAnswered = true));
    await expect.poll(onDisk).toEqual([1]);
    await sleep(20);
    expect(isAnswered).toBe(false);
    arrive();
    await deed;
  });

  test('are refused when the disk does not take them, and so is every write from then on', async () => {
    flush = () => Promise.reject(new Error('EIO'));
    const refused = (await Promise.allSettled([INCREMENT, INCREMENT].map(writer.run))).map(
      (one) => one.status === 'rejected' && isSqliteUnavailable(one.reason),
    );
    expect(refused).toEqual([true, true]);
    flush = async () => {};
    await expect(writer.run(INCREMENT)).rejects.toThrow('disk I/O error');
    expect(onDisk()).toEqual([2]);
  });

  test('are refused together when the file is closed, and nobody waits for ever', async () => {
    const deeds = [writer.run(INCREMENT), writer.begin(), writer.run(INCREMENT)];
    database.close();
    expect(await outcomes(deeds)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});
