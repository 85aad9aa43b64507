import { existsSync, statSync } from 'node:fs';
import type { Finding } from '../domain/settings/rules.ts';
import { sqlitePath } from './sql/open.ts';

/** May others than its owner read a file, or write to it? Windows has no such modes. */
function isForOthers(file: string): boolean {
  return process.platform !== 'win32' && existsSync(file) && (statSync(file).mode & 0o077) !== 0;
}

/** Files with secrets that others of the machine can read: `.env` of the working folder, and the database. */
export function exposedFiles(databaseUrl: string): Finding[] {
  const database = sqlitePath(databaseUrl);
  const todo = (file: string) => `chmod 600 ${file}`;
  const files: [string, string | undefined, string][] = [
    ['.env', '.env', 'ASVS 13.3.2'],
    ['DATABASE_URL', database === ':memory:' ? undefined : database, 'S-12'],
  ];
  return files.flatMap(([setting, file, breaks]) =>
    file !== undefined && isForOthers(file)
      ? [{ setting, breaks, what: 'others than its owner can read the file', todo: todo(file) }]
      : [],
  );
}
