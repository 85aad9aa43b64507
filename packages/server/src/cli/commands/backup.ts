import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { databaseName, sqlitePath } from '../../adapters/sql/open.ts';
import { copySqliteFile } from '../../adapters/sql/sqlite-copy.ts';
import { CommandError } from '../command-error.ts';
import { commandConfig } from '../environment.ts';

/** As a word of a shell. */
const quoted = (word: string) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** `latchkey backup <file>`: copies the SQLite file while servers use it. PostgreSQL has a program of its own for this. */
export function backupCommand(file: string): void {
  const url = commandConfig().databaseUrl.reveal();
  const path = sqlitePath(url);
  const to = resolve(file);
  if (path === undefined)
    throw new CommandError(
      `${databaseName(url)} is backed up by PostgreSQL. Run: pg_dump --format=custom --file=${quoted(file)} "$DATABASE_URL"`,
    );
  if (!existsSync(path)) throw new CommandError(`There is no database ${path}.`);
  if (!existsSync(dirname(to))) throw new CommandError(`There is no folder ${dirname(to)}.`);
  if (existsSync(to)) throw new CommandError(`${to} is there already. Backups overwrite nothing.`);
  const started = performance.now();
  copySqliteFile(path, to);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${path} is copied to ${to}: ${statSync(to).size} bytes, ${seconds} s.`);
}
