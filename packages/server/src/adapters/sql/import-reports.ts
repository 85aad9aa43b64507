import type { Kysely } from 'kysely';
import { cutPage } from '../../domain/admin/page.ts';
import type { ImportStore } from '../../domain/import/import-store.ts';
import type { Tables } from './tables.ts';

/** What imports said in the end, on either database. */
export function importReports(db: Kysely<Tables>): Pick<ImportStore, 'keepReport' | 'reports' | 'report'> {
  return {
    async keepReport(report, most) {
      const { id } = await db
        .insertInto('import_reports')
        .values(report)
        .returning('id')
        .executeTakeFirstOrThrow();
      await db
        .deleteFrom('import_reports')
        .where('id', '<=', id - most)
        .execute();
    },
    async reports(page) {
      const { size, after, before } = page;
      let query = db
        .selectFrom('import_reports')
        .select(['id', 'at', 'summary'])
        .limit(size + 1);
      if (after !== undefined) query = query.where('id', '<', after[0]);
      if (before !== undefined) query = query.where('id', '>', before[0]);
      return cutPage(await query.orderBy('id', before === undefined ? 'desc' : 'asc').execute(), page);
    },
    async report(id) {
      const query = db.selectFrom('import_reports').select(['id', 'at', 'summary', 'report']);
      const row = await query.where('id', '=', id).executeTakeFirst();
      return row && { ...row, report: JSON.parse(row.report) };
    },
  };
}
