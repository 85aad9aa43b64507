import type { Kysely, Selectable } from 'kysely';
import type { RingAlgorithm, StoredKey } from '../../domain/keys/stored-key.ts';
import type { KeyStore } from '../../domain/store.ts';
import type { SigningKeyTable, Tables } from './tables.ts';

/** By name: after a migration `*` would mean something else to a statement that is prepared. */
const COLUMNS = [
  'kid',
  'algorithm',
  'public_jwk',
  'sealed',
  'created_at',
  'signs_from',
  'signs_until',
  'verifies_until',
] as const;

function keyOf(row: Selectable<SigningKeyTable>): StoredKey {
  return {
    kid: row.kid,
    algorithm: row.algorithm as RingAlgorithm,
    publicJwk: row.public_jwk ?? undefined,
    sealed: row.sealed ?? undefined,
    createdAt: row.created_at,
    signsFrom: row.signs_from ?? undefined,
    signsUntil: row.signs_until ?? undefined,
    verifiesUntil: row.verifies_until ?? undefined,
  };
}

/** The ring of signing keys on either database. */
export function keyStore(db: Kysely<Tables>): KeyStore {
  return {
    async revision() {
      const { revision } = await db.selectFrom('key_ring').select('revision').executeTakeFirstOrThrow();
      return revision;
    },
    async all() {
      return (await db.selectFrom('signing_keys').select(COLUMNS).orderBy('kid').execute()).map(keyOf);
    },
    async beginChange() {
      // The row is locked until the transaction ends: who comes second sees what the first has done.
      await db
        .updateTable('key_ring')
        .set((eb) => ({ revision: eb('revision', '+', 1) }))
        .execute();
    },
    async put({ kid, algorithm, publicJwk, sealed, createdAt, signsFrom, signsUntil, verifiesUntil }) {
      const times = {
        signs_from: signsFrom ?? null,
        signs_until: signsUntil ?? null,
        verifies_until: verifiesUntil ?? null,
      };
      const changing = { ...times, sealed: sealed ?? null };
      const same = { algorithm, public_jwk: publicJwk ?? null, created_at: createdAt };
      await db
        .insertInto('signing_keys')
        .values({ kid, ...same, ...changing })
        .onConflict((conflict) => conflict.column('kid').doUpdateSet(changing))
        .execute();
    },
    async purge(before) {
      const retired = db.deleteFrom('signing_keys').where('verifies_until', '<', before);
      return Number((await retired.executeTakeFirst()).numDeletedRows);
    },
  };
}
