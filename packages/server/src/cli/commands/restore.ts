import { chmodSync, constants, copyFileSync, existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MIGRATIONS, migrate, schemaState } from '../../adapters/sql/migrate.ts';
import { databaseName, openDatabase, requireFolder, sqlitePath } from '../../adapters/sql/open.ts';
import {
  copySqliteFile,
  damageOf,
  draftOf,
  removeFile,
  replaceSqliteFile,
} from '../../adapters/sql/sqlite-copy.ts';
import { sqlStore } from '../../adapters/sql/store.ts';
import { systemClock } from '../../adapters/system.ts';
import type { Config } from '../../config.ts';
import { COMMAND_LINE } from '../../domain/audit/event.ts';
import { endAllAfterRestore } from '../../domain/sessions/restored.ts';
import { Secret } from '../../secret.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';
import { commandConfig } from '../environment.ts';

export interface RestoreOptions {
  readonly force?: boolean;
  readonly afterPgRestore?: boolean;
}

const ended = (sessions: number) =>
  `${sessions} sessions that lived in it are ended: everybody has to log in again. What was done after the backup is undone; see docs/backup.md.`;

/** Throws the sentence that says why this file cannot be restored to that place. */
function insistOnBackup(file: string, path: string, force: boolean): void {
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  const log = `${file}-wal`;
  if (existsSync(log) && statSync(log).size > 0)
    throw new CommandError(
      `${file} is a database in use, for ${log} is beside it. Make a backup of it first.`,
    );
  const damage = damageOf(file);
  if (damage !== undefined) throw new CommandError(`${file} cannot be restored: ${damage}.`);
  requireFolder(path);
  if (!existsSync(path)) return;
  if (realpathSync(path) === realpathSync(file))
    throw new CommandError(`${file} is the database itself, not a backup of it.`);
  if (!force)
    throw new CommandError(
      `${path} is there already. With --force it is kept under another name, and the backup takes its place.`,
    );
}

/** Brings the copy to this version and ends its sessions; how many. */
async function makeReady(config: Config, copy: string, file: string): Promise<number> {
  const database = openDatabase({ ...config, databaseUrl: new Secret(`sqlite:${copy}`) });
  try {
    const { pending, unknown } = await schemaState(database);
    if (unknown.length > 0)
      throw new CommandError(`${file} is of a newer Latchkey (it has ${unknown.join(', ')}). Use that one.`);
    if (pending.length === Object.keys(MIGRATIONS).length)
      throw new CommandError(`${file} is no database of Latchkey.`);
    for (const name of await migrate(database)) console.log(`ran ${name}`);
    return await endAllAfterRestore({ store: sqlStore(database), clock: systemClock }, COMMAND_LINE);
  } finally {
    await database.close();
  }
}

/** A name for what is replaced that says when. */
const asideOf = (path: string) => `${path}.replaced-${new Date().toISOString().replace(/[-:.]/g, '')}`;

async function restoreFile(config: Config, file: string, place: string): Promise<void> {
  // Beside the file itself, where the place is a link to it: the link stays.
  const path = existsSync(place) ? realpathSync(place) : place;
  const [copy, whole, aside] = [draftOf(path), draftOf(path), asideOf(path)];
  try {
    copyFileSync(file, copy, constants.COPYFILE_EXCL);
    chmodSync(copy, 0o600);
    const sessions = await makeReady(config, copy, file);
    copySqliteFile(copy, whole);
    const isKept = existsSync(path);
    if (!replaceSqliteFile(whole, path, aside))
      throw new CommandError(`A server is running on ${path}. Stop it first. Nothing was restored.`);
    console.log(`${file} is restored to ${path}.`);
    if (isKept) console.log(`What was there is kept as ${aside}.`);
    console.log(ended(sessions));
  } finally {
    removeFile(copy);
    removeFile(whole);
  }
}

/** After PostgreSQL's own restore, in place. */
async function endSessionsInPlace(): Promise<void> {
  const work = { patient: true };
  await withApp(
    async (app, name) => console.log(`${name}: ${ended(await endAllAfterRestore(app, COMMAND_LINE))}`),
    work,
  );
}

/**
 * `latchkey restore <file>`: puts a backup in the place of the SQLite file, in which no session lives any more. On
 * PostgreSQL `latchkey restore --after-pg-restore` ends the sessions of what `pg_restore` has put back.
 */
export async function restoreCommand(file: string | undefined, options: RestoreOptions): Promise<void> {
  const config = commandConfig();
  const url = config.databaseUrl.reveal();
  const path = sqlitePath(url);
  if (options.afterPgRestore) {
    if (path !== undefined)
      throw new CommandError(`${path} is SQLite: latchkey restore <file> does all there is to do.`);
    return endSessionsInPlace();
  }
  if (path === undefined)
    throw new CommandError(
      `${databaseName(url)} is restored by PostgreSQL. Stop the servers, run pg_restore, and then: npx latchkey restore --after-pg-restore`,
    );
  if (file === undefined) throw new CommandError('Say which file: latchkey restore <file>');
  insistOnBackup(resolve(file), path, options.force === true);
  await restoreFile(config, resolve(file), path);
}
