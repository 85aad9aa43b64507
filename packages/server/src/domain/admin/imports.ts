import type { App } from '../app.ts';
import type { KeptReport } from '../import/import-store.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Page, PageRequest } from './page.ts';
import type { Staff } from './staff.ts';

/** What imports from a Django database said in the end, the newest first. A dry run leaves nothing. */
export function listImports(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  page: PageRequest<readonly [id: number]>,
): Promise<Page<KeptReport>> {
  return store.imports.reports(page);
}

/** One of them with all it said; of long lists the first 1,000. Refuses `import_not_found`. */
export async function showImport(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  id: number,
): Promise<Outcome<KeptReport & { readonly report: unknown }, 'import_not_found'>> {
  const found = await store.imports.report(id);
  return found === undefined ? refuse('import_not_found') : done(found);
}
