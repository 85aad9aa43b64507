import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { isLocked } from './sqlite-file.ts';

/** How long a copy waits for others that have the file locked. Milliseconds. */
const PATIENCE = 10_000;

/** What SQLite may leave beside a file. A log that is left there would be played into another file of that name. */
const BESIDE = ['-wal', '-shm', '-journal'] as const;

/** A name beside the file that nothing has. */
export const draftOf = (path: string) => `${path}.${randomBytes(6).toString('hex')}`;

/** Removes a file and what SQLite has left beside it. */
export function removeFile(path: string): void {
  for (const suffix of ['', ...BESIDE]) rmSync(path + suffix, { force: true });
}

/** It is on the disk, and so is its name. */
function flush(path: string): void {
  for (const [one, mode] of [
    [path, 'r+'],
    [dirname(path), 'r'],
  ] as const) {
    // Windows opens no folder.
    if (one !== path && process.platform === 'win32') continue;
    const handle = openSync(one, mode);
    fsyncSync(handle);
    closeSync(handle);
  }
}

/** What is wrong with a SQLite file as a file; undefined when it is whole. It is only read. */
export function damageOf(path: string): string | undefined {
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('PRAGMA integrity_check(1)').all() as { integrity_check: string }[];
    const [{ integrity_check: verdict } = { integrity_check: 'no answer' }] = rows;
    return verdict === 'ok' ? undefined : verdict;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database?.close();
  }
}

/**
 * Copies a SQLite file as it is at one moment, while others read and write it. The copy is one whole file of mode 0600,
 * checked and on the disk before it has its name; a name that is taken is refused with EEXIST.
 */
export function copySqliteFile(path: string, to: string): void {
  const draft = draftOf(to);
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE });
    try {
      database.exec(`VACUUM INTO '${draft.replaceAll("'", "''")}'`);
    } finally {
      database.close();
    }
    const damage = damageOf(draft);
    if (damage !== undefined) throw new Error(`The copy of ${path} is damaged: ${damage}`);
    // Takes the name, or finds it taken; then a file that is whole has it.
    closeSync(openSync(to, 'wx', 0o600));
    renameSync(draft, to);
    flush(to);
  } finally {
    removeFile(draft);
  }
}

/**
 * Puts a whole file in the place of a SQLite file, at once. What was there has the name `aside` then, with what lay
 * beside it. False, and nothing is done, while anybody has the file open; a damaged one can tell of nobody.
 */
export function replaceSqliteFile(whole: string, path: string, aside: string): boolean {
  if (!existsSync(path)) {
    for (const suffix of BESIDE) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    renameSync(whole, path);
    flush(path);
    return true;
  }
  const database = new DatabaseSync(path);
  try {
    // SQLite leaves WAL only when nobody else is there, and then nobody gets in.
    database.exec('PRAGMA journal_mode = DELETE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (isLocked(error)) {
      database.close();
      return false;
    }
  }
  for (const suffix of BESIDE) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  linkSync(path, aside);
  renameSync(whole, path);
  flush(path);
  database.close();
  return true;
}
