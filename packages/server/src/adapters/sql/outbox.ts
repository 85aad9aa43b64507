import type { Kysely } from 'kysely';
import type { ClaimedMessage, Language, MessageKind, OutboxStore } from '../../domain/email/message.ts';
import type { Tables } from './tables.ts';

/** The one that is due first becomes ours until the lease ends. */
async function claim(
  db: Kysely<Tables>,
  at: number,
  leasedUntil: number,
): Promise<ClaimedMessage | undefined> {
  const due = db.selectFrom('outbox').select('id').where('due_at', '<=', at).orderBy('due_at').limit(1);
  // Asked first: a look at an empty outbox costs no write.
  const next = await due.executeTakeFirst();
  if (next === undefined) return undefined;
  const row = await db
    .updateTable('outbox')
    .set((eb) => ({ due_at: leasedUntil, attempts: eb('attempts', '+', 1) }))
    .where('id', '=', next.id)
    .where('due_at', '<=', at)
    .returning(['id', 'recipient', 'kind', 'language', 'details', 'created_at', 'attempts'])
    .executeTakeFirst();
  // Another process was quicker: there may be more.
  if (row === undefined) return claim(db, at, leasedUntil);
  const { id, recipient: to, created_at: createdAt, attempts } = row;
  const [kind, language] = [row.kind as MessageKind, row.language as Language];
  const message = { to, kind, language, values: JSON.parse(row.details) };
  return { id, message, createdAt, attempts, leasedUntil };
}

/** Mails that wait to be sent, on either database. */
export function outboxStore(db: Kysely<Tables>): OutboxStore {
  return {
    async add({ to, kind, language, values }, at) {
      const details = JSON.stringify(values);
      await db
        .insertInto('outbox')
        .values({ recipient: to, kind, language, details, created_at: at, due_at: at, attempts: 0 })
        .execute();
    },
    claim: (at, leasedUntil) => claim(db, at, leasedUntil),
    async remove({ id }) {
      await db.deleteFrom('outbox').where('id', '=', id).execute();
    },
    async keep({ id }, { to, subject, plain, html }, at) {
      const sent = { recipient: to, subject, plain, html };
      await db
        .updateTable('outbox')
        .set({ ...sent, due_at: null, delivered_at: at })
        .where('id', '=', id)
        .execute();
    },
    async postpone({ id, leasedUntil }, dueAt) {
      const ours = db.updateTable('outbox').set({ due_at: dueAt }).where('id', '=', id);
      await ours.where('due_at', '=', leasedUntil).execute();
    },
    async count() {
      const waiting = db.selectFrom('outbox').where('due_at', 'is not', null);
      const { count } = await waiting.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(count);
    },
    async delivered(limit) {
      const rows = await db
        .selectFrom('outbox')
        .selectAll()
        .where('delivered_at', 'is not', null)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind as MessageKind,
        language: row.language as Language,
        to: row.recipient,
        subject: row.subject ?? '',
        plain: row.plain ?? '',
        html: row.html ?? '',
        createdAt: row.created_at,
        deliveredAt: row.delivered_at ?? 0,
      }));
    },
  };
}
