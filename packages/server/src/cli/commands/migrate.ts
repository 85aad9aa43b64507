import { migrate, schemaState } from '../../adapters/sql/migrate.ts';
import { withDatabase } from '../app.ts';

/** `latchkey migrate`: brings the schema up to date; with `--plan` only says what would run. */
export async function migrateCommand({ plan }: { plan?: boolean }): Promise<void> {
  await withDatabase(
    async (database) => {
      const names = plan ? (await schemaState(database)).pending : await migrate(database);
      const lines = names.map((name) => `${plan ? 'would run' : 'ran'} ${name}`);
      console.log(
        [
          `${database.name}:`,
          ...(lines.length > 0 ? lines : ['nothing to do, the schema is up to date']),
        ].join('\n'),
      );
    },
    { patient: !plan },
  );
}
