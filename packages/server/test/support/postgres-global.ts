/** Vitest's global setup: one PostgreSQL server for the whole run; tests read `inject('postgresAdminUrl')`. */
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** May create and drop databases; give it to `createDatabase`. */
    postgresAdminUrl: string;
  }
}

/** Starts the server; the function it answers with is the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('postgresAdminUrl', server.adminUrl);
  return server.stop;
}
