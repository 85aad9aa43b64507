import { existsSync } from 'node:fs';
import { MIGRATIONS, migrate, schemaState } from '../../adapters/sql/migrate.ts';
import { sqlitePath } from '../../adapters/sql/open.ts';
import { withDatabase } from '../app.ts';
import { commandConfig } from '../environment.ts';

function say(name: string, verb: string, migrations: readonly string[]): void {
  const lines = migrations.map((migration) => `${verb} ${migration}`);
  console.log(
    [`${name}:`, ...(lines.length > 0 ? lines : ['nothing to do, the schema is up to date'])].join('\n'),
  );
}

/** A file that is not there yet; opening it would make it. */
function missingFile(): string | undefined {
  const path = sqlitePath(commandConfig().databaseUrl.reveal());
  return path === undefined || existsSync(path) ? undefined : path;
}

async function plan(): Promise<void> {
  const missing = missingFile();
  if (missing !== undefined) return say(missing, 'would run', Object.keys(MIGRATIONS));
  await withDatabase(async (database) =>
    say(database.name, 'would run', (await schemaState(database)).pending),
  );
}

/** `latchkey migrate`: brings the schema up to date; with `--plan` only says what would run. */
export async function migrateCommand(options: { plan?: boolean }): Promise<void> {
  if (options.plan) return plan();
  const work = { patient: true };
  await withDatabase(async (database) => say(database.name, 'ran', await migrate(database)), work);
}
