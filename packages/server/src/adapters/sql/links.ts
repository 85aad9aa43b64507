import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { hashOfToken, type LinkStore } from '../../domain/email/link.ts';
import type { Tables } from './tables.ts';

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
    async find(purpose, { token, userId }, at) {
      let link = db
        .selectFrom('mail_links')
        .select(['user_id as userId', 'email'])
        .where('token_hash', '=', hashOfToken(token))
        .where('purpose', '=', purpose)
        .where('expires_at', '>', at);
      if (userId !== undefined) link = link.where('user_id', '=', userId);
      return link.executeTakeFirst();
    },
    async consume(purpose, { token, userId }, at) {
      let link = db
        .deleteFrom('mail_links')
        .where('token_hash', '=', hashOfToken(token))
        .where('purpose', '=', purpose)
        .where('expires_at', '>', at);
      if (userId !== undefined) link = link.where('user_id', '=', userId);
      return link.returning(['user_id as userId', 'email']).executeTakeFirst();
    },
    async drop(userId, purposes) {
      const links = db.deleteFrom('mail_links').where('user_id', '=', userId);
      await links.where('purpose', 'in', purposes).execute();
    },
    async dropAll(userId) {
      await db.deleteFrom('mail_links').where('user_id', '=', userId).execute();
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
