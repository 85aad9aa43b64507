import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What belongs to a SQLite file: itself, its write-ahead log, its rollback journal. */
const PARTS = ['', '-wal', '-journal'];

export interface PrivateCopy {
  readonly path: string;
  remove(): void;
}

const stampOf = (path: string) =>
  PARTS.map((part) => statSync(path + part, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? '' : `${found.size} ${found.mtimeMs}`))
    .join();

/**
 * A copy of a database that nobody has open, for this user alone: SQLite may do to it what it must before it can be
 * read, such as rolling back what a crash left half done. Throws a sentence when the file changes meanwhile.
 */
export function copyPrivately(path: string): PrivateCopy {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-django-'));
  const copy = join(folder, 'copy.sqlite3');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const before = stampOf(path);
    for (const part of PARTS) {
      if (existsSync(path + part)) copyFileSync(path + part, copy + part, constants.COPYFILE_FICLONE);
    }
    if (stampOf(path) !== before)
      throw new Error(`${path} was written to while it was copied. Run it again.`);
    return { path: copy, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
