import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/sql/open.ts';
import { Secret } from '../../src/secret.ts';

let path: string;
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'latchkey-locks-')), 'any.sqlite3');
});
afterAll(() => rmSync(join(path, '..'), { recursive: true }));

function open() {
  const databaseUrl = new Secret(`sqlite:${path}`);
  return openDatabase({ databaseUrl, databasePool: 1, databaseWaitSeconds: 2, sqliteSynchronous: 'full' });
}

/** How many locks this process has on the file. */
function locks(): number {
  const ours = new RegExp(` ${process.pid} \\S+:${statSync(path).ino} `);
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .filter((line) => ours.test(line)).length;
}

describe.runIf(process.platform === 'linux')('the file of SQLite', () => {
  // Without it the sqlite3 of a distribution that looks into the file deletes the log, and with it every later write.
  test('is locked against other programs for as long as it is open', async () => {
    const made = new DatabaseSync(path);
    made.exec('PRAGMA journal_mode = WAL; create table counter (value integer)');
    made.close();
    expect(locks()).toBe(0);
    const database = open();
    expect(locks()).toBe(1);
    await open().close();
    expect(locks()).toBe(1);
    await database.close();
  });
});
