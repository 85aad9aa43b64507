import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/sql/open.ts';
import { sqliteLog } from '../../src/adapters/sql/sqlite-log.ts';
import { Secret } from '../../src/secret.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How often this process has the file open. */
function timesOpen(path: string): number {
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  });
  return links.filter((target) => target === path).length;
}

/** How often the log of a database is open after its first write. */
async function opensOfLog(sqliteSynchronous: 'full' | 'normal'): Promise<number> {
  const path = join(folder, `${sqliteSynchronous}.sqlite3`);
  const databaseUrl = new Secret(`sqlite:${path}`);
  const database = openDatabase({ databaseUrl, databasePool: 1, databaseWaitSeconds: 2, sqliteSynchronous });
  await sql`create table counter (value integer)`.execute(database.db);
  const times = timesOpen(`${path}-wal`);
  await database.db.destroy();
  return times;
}

describe.runIf(process.platform === 'linux')('the log of SQLite', () => {
  test('is opened once more, to be flushed, with SQLITE_SYNCHRONOUS=full alone', async () => {
    expect((await opensOfLog('full')) - (await opensOfLog('normal'))).toBe(1);
  });

  test('is flushed beside the file itself, where DATABASE_URL names a link to it', async () => {
    mkdirSync(join(folder, 'disk'));
    const file = join(folder, 'disk', 'real.sqlite3');
    writeFileSync(file, '');
    symlinkSync(file, join(folder, 'link.sqlite3'));
    const databaseUrl = new Secret(`sqlite:${join(folder, 'link.sqlite3')}`);
    const database = openDatabase({
      databaseUrl,
      databasePool: 1,
      databaseWaitSeconds: 2,
      sqliteSynchronous: 'full',
    });
    await sql`create table counter (value integer)`.execute(database.db);
    expect(timesOpen(`${file}-wal`)).toBe(3);
    await database.db.destroy();
  });

  test('is opened by the first flush, and closed', async () => {
    const path = join(folder, 'any');
    writeFileSync(`${path}-wal`, '');
    const log = sqliteLog(path);
    await log.flush();
    await log.flush();
    expect(timesOpen(`${path}-wal`)).toBe(1);
    log.close();
    expect(timesOpen(`${path}-wal`)).toBe(0);
  });
});
