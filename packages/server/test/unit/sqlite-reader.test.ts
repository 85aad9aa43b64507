import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFile, type SqliteDatabase } from '../../src/adapters/sql/sqlite-file.ts';
import { openReader } from '../../src/adapters/sql/sqlite-reader.ts';

let folder: string;
let another: SqliteDatabase;
let database: SqliteDatabase;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-reader-'));
  const path = join(folder, 'file.sqlite3');
  another = openFile(path);
  another.exec('CREATE TABLE t (n integer); INSERT INTO t VALUES (1)');
  database = openFile(path);
});

afterEach(() => {
  for (const one of [database, another]) if (one.isOpen) one.close();
  rmSync(folder, { recursive: true });
});

const newest = CompiledQuery.raw('SELECT max(n) AS n FROM t');

describe('reads that are asked for in one turn of the event loop', () => {
  test('see what another connection had committed when they were asked for', async () => {
    const read = openReader(database);
    for (const n of [2, 3, 4]) {
      const earlier = read(newest);
      another.exec(`INSERT INTO t VALUES (${n})`);
      const later = read(newest);
      expect((await later).rows).toEqual([{ n }]);
      await earlier;
    }
  });

  test('fail alone', async () => {
    const read = openReader(database);
    const asked = [read(newest), read(CompiledQuery.raw('SELECT abs(-9223372036854775808)')), read(newest)];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await read(newest)).rows).toEqual([{ n: 1 }]);
  });

  test('are all refused by a connection that was closed', async () => {
    const read = openReader(database);
    const asked = [read(newest), read(newest)];
    database.close();
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
