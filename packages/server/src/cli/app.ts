import { misfit } from '../adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../adapters/sql/open.ts';
import { assemble } from '../assemble.ts';
import type { App } from '../domain/app.ts';
import { CommandError } from './command-error.ts';
import { commandConfig } from './environment.ts';

/** Opens the database of the settings for as long as the work takes. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>, options = {}): Promise<T> {
  const database = openDatabase(commandConfig(), options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The application on a database whose schema fits, for as long as the work takes. */
export function withApp<T>(work: (app: App, databaseName: string) => Promise<T>, options = {}): Promise<T> {
  return withDatabase(async (database) => {
    const problem = await misfit(database);
    if (problem !== undefined) throw new CommandError(problem);
    return work(assemble(commandConfig(), database), database.name);
  }, options);
}
