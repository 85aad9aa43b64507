import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type {
  Adopted,
  Adoption,
  DjangoTokenState,
  DjangoTokenStore,
  TokenOwner,
} from '../../domain/store.ts';
import { tokensFloor } from './django-tokens-floor.ts';
import { sessionStore } from './sessions.ts';
import type { Tables } from './tables.ts';

async function owner(db: Kysely<Tables>, userId: number): Promise<TokenOwner | undefined> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'username', 'is_active', 'is_staff', 'is_superuser', 'tokens_valid_from'])
    .select(tokensFloor.as('floor'))
    .where('id', '=', userId)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      username: row.username,
      isActive: row.is_active === 1,
      isStaff: row.is_staff === 1,
      isSuperuser: row.is_superuser === 1,
      tokensValidFrom: Math.max(row.tokens_valid_from, row.floor),
    }
  );
}

/** Blacklisted before adopted: an import may bring the blacklisting of a token that was adopted meanwhile. */
async function state(db: Kysely<Tables>, jti: string): Promise<DjangoTokenState> {
  const row = await db
    .selectFrom('django_tokens')
    .select(['blacklisted_at', 'session_id'])
    .where('jti', '=', jti)
    .executeTakeFirst();
  if (row === undefined) return { kind: 'unknown' };
  if (row.blacklisted_at !== null) return { kind: 'blacklisted' };
  return row.session_id === null ? { kind: 'recorded' } : { kind: 'session', sessionId: row.session_id };
}

/** Locks the account until the transaction ends: of an adoption and a revocation at once, one sees the other. */
async function lockOwner(db: Kysely<Tables>, { userId, token }: Adoption): Promise<boolean> {
  const unchanged = db
    .updateTable('users')
    .set((eb) => ({ tokens_valid_from: eb.ref('tokens_valid_from') }))
    .where('id', '=', userId)
    .where('is_active', '=', 1)
    .where('tokens_valid_from', '<=', token.issuedAt)
    .where(tokensFloor, '<=', token.issuedAt);
  return (await unchanged.executeTakeFirst()).numUpdatedRows > 0n;
}

/** One statement decides who adopts. True for the one that did. */
async function claim(db: Kysely<Tables>, adoption: Adoption): Promise<boolean> {
  const { sessionId: session_id, userId: user_id, token, mayBeUnrecorded } = adoption;
  if (!mayBeUnrecorded) {
    const recorded = db
      .updateTable('django_tokens')
      .set({ session_id, user_id })
      .where('jti', '=', token.jti)
      .where('session_id', 'is', null)
      .where('blacklisted_at', 'is', null);
    return (await recorded.executeTakeFirst()).numUpdatedRows > 0n;
  }
  const { jti, expiresAt: expires_at } = token;
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('django_tokens')
    .values({ jti, user_id, expires_at, blacklisted_at: null, session_id })
    .onConflict((conflict) =>
      conflict
        .column('jti')
        .doUpdateSet({ session_id, user_id })
        .where('django_tokens.session_id', 'is', null)
        .where('django_tokens.blacklisted_at', 'is', null),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

async function adopt(db: Kysely<Tables>, adoption: Adoption): Promise<Adopted> {
  if (!(await lockOwner(db, adoption))) return { kind: 'no_owner' };
  const { sessionId: id, userId, token, at, origin } = adoption;
  if (await claim(db, adoption)) {
    await sessionStore(db).open({ id, userId, current: token, createdAt: at, origin });
    return { kind: 'adopted', sessionId: id };
  }
  const now = await state(db, token.jti);
  return now.kind === 'recorded' ? { kind: 'unknown' } : now;
}

/** Django's tokens on either database. */
export function djangoTokenStore(db: Kysely<Tables>): DjangoTokenStore {
  return {
    owner: (userId) => owner(db, userId),
    state: (jti) => state(db, jti),
    adopt: (adoption) => adopt(db, adoption),
    async purgeExpired(before, limit) {
      const expired = db
        .selectFrom('django_tokens')
        .select('jti')
        .where('expires_at', '<', before)
        .limit(limit);
      // SQLite works on the event loop: between two batches it has to turn.
      await setImmediate();
      const purge = db
        .deleteFrom('django_tokens')
        .where('jti', 'in', expired)
        .where('expires_at', '<', before);
      return Number((await purge.executeTakeFirst()).numDeletedRows);
    },
  };
}
