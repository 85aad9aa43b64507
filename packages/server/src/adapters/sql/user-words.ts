import { type Kysely, sql } from 'kysely';
import { searchWordsOf } from '../../domain/admin/users/search-words.ts';
import { isPostgres, parts } from './bulk.ts';
import type { Tables } from './tables.ts';

interface Named {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly full_name: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
}

function selectNamed(db: Kysely<Tables>) {
  const columns = ['full_name', 'first_name', 'last_name'] as const;
  return db
    .selectFrom('users')
    .leftJoin('profiles', 'profiles.user_id', 'users.id')
    .select(['users.id', 'users.username', 'users.email', ...columns]);
}

async function insertWords(db: Kysely<Tables>, accounts: readonly Named[]): Promise<void> {
  const rows = accounts.flatMap(({ id, username, email, full_name, first_name, last_name }) => {
    const names = { fullName: full_name ?? '', firstName: first_name ?? '', lastName: last_name ?? '' };
    return searchWordsOf({ username, email, ...names }).map((word) => ({ user_id: id, word }));
  });
  if (rows.length === 0) return;
  if (isPostgres(db)) {
    // Two parameters, however many rows: faster, and one statement to prepare.
    const [ids, words] = [rows.map((row) => row.user_id), rows.map((row) => row.word)];
    await sql`insert into user_words (user_id, word) select * from unnest(${ids}::bigint[], ${words}::text[])`.execute(
      db,
    );
    return;
  }
  for (const part of parts(rows, 2)) await db.insertInto('user_words').values(part).execute();
}

/** Writes the words that a new account is found by, which has no names but these. */
export function addUserWords(
  db: Kysely<Tables>,
  account: Pick<Named, 'id' | 'username' | 'email'>,
): Promise<void> {
  return insertWords(db, [{ ...account, full_name: '', first_name: '', last_name: '' }]);
}

/** Writes the words of accounts anew, as their names are now. In a transaction that has locked the accounts. */
export async function renewUserWords(db: Kysely<Tables>, ids: readonly number[]): Promise<void> {
  for (const part of parts(ids, 1)) {
    await db.deleteFrom('user_words').where('user_id', 'in', part).execute();
    await insertWords(db, await selectNamed(db).where('users.id', 'in', part).execute());
  }
}

/** Accounts of which the words are written in one go. */
const BATCH = 2_000;

/** Writes the words of all accounts, of which none are written yet. */
export async function fillUserWords(db: Kysely<Tables>): Promise<void> {
  let after = -1;
  for (;;) {
    const batch = selectNamed(db).where('users.id', '>', after).orderBy('users.id').limit(BATCH);
    const rows = await batch.execute();
    await insertWords(db, rows);
    if (rows.length < BATCH) return;
    after = rows.at(-1)?.id ?? after;
  }
}
