import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import {
  hashOfToken,
  type LinkPurpose,
  type LinkStore,
  type LinkTarget,
  type PresentedLink,
} from '../../domain/email/link.ts';
import { lockAccount } from './lock-account.ts';
import type { Tables } from './tables.ts';

async function find(
  db: Kysely<Tables>,
  purpose: LinkPurpose,
  { token, userId }: PresentedLink,
  at: number,
): Promise<LinkTarget | undefined> {
  const link = db
    .selectFrom('mail_links')
    .select(['user_id as userId', 'email'])
    .where('token_hash', '=', hashOfToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', at);
  return (userId === undefined ? link : link.where('user_id', '=', userId)).executeTakeFirst();
}

/** Links in mails on either database. */
export function linkStore(db: Kysely<Tables>): LinkStore {
  return {
    async issue({ userId, purpose, email, tokenHash, expiresAt }) {
      const fresh = { token_hash: tokenHash, email, expires_at: expiresAt };
      await db
        .insertInto('mail_links')
        .values({ user_id: userId, purpose, ...fresh })
        .onConflict((conflict) => conflict.columns(['user_id', 'purpose']).doUpdateSet(fresh))
        .execute();
    },
    async renew({ userId, purpose, email, tokenHash, expiresAt }) {
      const fresh = { token_hash: tokenHash, expires_at: expiresAt };
      const link = db.updateTable('mail_links').set(fresh).where('user_id', '=', userId);
      const same = link.where('purpose', '=', purpose).where('email', '=', email);
      return (await same.executeTakeFirst()).numUpdatedRows > 0n;
    },
    find: (purpose, link, at) => find(db, purpose, link, at),
    async consume(purpose, link, at) {
      const shown = await find(db, purpose, link, at);
      if (shown === undefined) return undefined;
      await lockAccount(db, shown.userId);
      // This decides: another request may have been quicker while it waited.
      return db
        .deleteFrom('mail_links')
        .where('token_hash', '=', hashOfToken(link.token))
        .where('purpose', '=', purpose)
        .where('expires_at', '>', at)
        .returning(['user_id as userId', 'email'])
        .executeTakeFirst();
    },
    async drop(userId, purposes) {
      await lockAccount(db, userId);
      const links = db.deleteFrom('mail_links').where('user_id', '=', userId);
      await links.where('purpose', 'in', purposes).execute();
    },
    async addressOf(purpose, userId, at) {
      const link = db.selectFrom('mail_links').select('email').where('user_id', '=', userId);
      const live = link.where('purpose', '=', purpose).where('expires_at', '>', at);
      return (await live.executeTakeFirst())?.email;
    },
    async purge(before, limit) {
      const old = db
        .selectFrom('mail_links')
        .select('token_hash')
        .where('expires_at', '<', before)
        .limit(limit);
      // SQLite works on the event loop: between two batches it has to turn.
      await setImmediate();
      const purge = db
        .deleteFrom('mail_links')
        .where('token_hash', 'in', old)
        .where('expires_at', '<', before);
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
