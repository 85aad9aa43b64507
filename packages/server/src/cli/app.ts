import { misfit } from '../adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../adapters/sql/open.ts';
import { assemble } from '../assemble.ts';
import type { Config } from '../config.ts';
import type { App } from '../domain/app.ts';
import { CommandError } from './command-error.ts';
import { commandConfig } from './environment.ts';

interface Options {
  /** no statement timeout, for work that takes long */
  readonly patient?: boolean;
  /** in place of the one for commands that sign nothing */
  readonly config?: Config;
}

/** Opens the database of the settings for as long as the work takes. */
export async function withDatabase<T>(
  work: (database: Database) => Promise<T>,
  { config = commandConfig(), ...options }: Options = {},
): Promise<T> {
  const database = openDatabase(config, options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The application on a database whose schema fits, for as long as the work takes. */
export function withApp<T>(
  work: (app: App, databaseName: string) => Promise<T>,
  { config = commandConfig(), ...options }: Options = {},
): Promise<T> {
  return withDatabase(
    async (database) => {
      const problem = await misfit(database);
      if (problem !== undefined) throw new CommandError(problem);
      return work(assemble(config, database), database.name);
    },
    { config, ...options },
  );
}
