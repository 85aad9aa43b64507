import type { Kysely } from 'kysely';
import type { RefusalStore } from '../../domain/store.ts';
import { parts } from './bulk.ts';
import type { Tables } from './tables.ts';

/** What was refused lately, on either database. */
export function refusalStore(db: Kysely<Tables>): RefusalStore {
  return {
    async add(notes, most) {
      const rows = notes.map(({ requestId, detail, ...note }) => ({
        ...note,
        request_id: requestId,
        detail: JSON.stringify(detail),
      }));
      for (const part of parts(rows, 7)) await db.insertInto('refusals').values(part).execute();
      const newest = db.selectFrom('refusals').select((eb) => eb.fn.max('id').as('id'));
      const { id } = await newest.executeTakeFirstOrThrow();
      await db
        .deleteFrom('refusals')
        .where('id', '<=', Number(id) - most)
        .execute();
    },
    async byRequest(requestId) {
      const rows = await db
        .selectFrom('refusals')
        .select(['at', 'request_id', 'method', 'route', 'reason', 'ip', 'detail'])
        .where('request_id', '=', requestId)
        .orderBy('id', 'desc')
        .limit(20)
        .execute();
      return rows.map(({ request_id, detail, ...row }) => ({
        ...row,
        requestId: request_id,
        detail: JSON.parse(detail),
      }));
    },
    async purge(before, most) {
      const old = db.selectFrom('refusals').select('id').where('at', '<', before).limit(most);
      const purge = db.deleteFrom('refusals').where('id', 'in', old);
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
