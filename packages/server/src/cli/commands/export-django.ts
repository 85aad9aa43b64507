import { openDjangoTarget } from '../../adapters/django/open.ts';
import { type Exported, exportTo, type OpenTarget } from '../../domain/export/export.ts';
import { exportText } from '../../domain/export/report.ts';
import { withApp } from '../app.ts';
import { claimMap } from '../claim-map.ts';
import { CommandError } from '../command-error.ts';
import { explain } from '../explain.ts';
import { progressLine } from '../progress-line.ts';

export interface ExportDjangoOptions {
  readonly to: string;
  readonly dryRun?: boolean;
  readonly userTable?: string;
  readonly profileTable?: string;
  readonly schema?: string;
  /** `claim=column` */
  readonly map?: readonly string[];
  readonly json?: boolean;
}

/** Opens the database to write to; its faults are the operator's to mend. */
function opener({ to, userTable, profileTable, schema, map = [] }: ExportDjangoOptions): OpenTarget {
  const options = { userTable, profileTable, schema, map: claimMap(map) };
  return async (mode) => {
    try {
      return await openDjangoTarget(to, mode, options);
    } catch (error) {
      throw new CommandError(`${explain(error)} Nothing was written.`);
    }
  };
}

function print(exported: Exported, json = false): void {
  if (json) console.log(JSON.stringify('refused' in exported ? exported : exported.report));
  if ('refused' in exported) throw new CommandError(exported.refused);
  if (!json) console.log(exportText(exported.report));
}

/** `latchkey export-django`: writes accounts that were changed or made here back into a Django database. */
export async function exportDjangoCommand(options: ExportDjangoOptions): Promise<void> {
  const { dryRun: isDryRun = false, json } = options;
  const open = opener(options);
  await withApp(
    async (app) => {
      const { progress, end } = progressLine(process.stderr);
      print(await exportTo(app, open, { isDryRun }, progress).finally(end), json);
    },
    // Imports and exports wait for one another.
    { patient: true },
  );
}
