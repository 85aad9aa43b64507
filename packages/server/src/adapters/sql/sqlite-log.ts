import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** The write-ahead log beside a file of SQLite. */
export interface SqliteLog {
  /** Resolves when everything in it is on the disk. Waits off the event loop. */
  flush(): Promise<void>;
  close(): void;
}

const flushFile = promisify(fdatasync);

/**
 * The log of an open file. It is the same file until the last connection of any process is closed. SQLite has no lock on
 * it, so that opening and closing it here takes none away.
 */
export function sqliteLog(path: string): SqliteLog {
  let file: number | undefined;
  return {
    async flush() {
      // SQLite makes it with the first write.
      file ??= openSync(`${path}-wal`, 'r+');
      await flushFile(file);
    },
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}
