import type { Insertable, Kysely } from 'kysely';
import { loginKey } from '../../domain/accounts/login-name.ts';
import { parts } from './bulk.ts';
import type { LoginNameTable, Tables } from './tables.ts';

type Claim = Insertable<LoginNameTable>;

interface Named {
  readonly id: number;
  readonly username: string;
  readonly email: string;
}

/** The folded names that an account logs in by. */
export function claimsOf({ id, username, email }: Named): Claim[] {
  const names = new Set([username, email].filter((name) => name !== '').map(loginKey));
  return [...names].map((name) => ({ name, user_id: id }));
}

/** Who lost: somebody else has the name. */
async function lostOf(db: Kysely<Tables>, part: readonly Claim[]): Promise<Claim[]> {
  const won = await db
    .insertInto('login_names')
    .values(part)
    .onConflict((conflict) => conflict.doNothing())
    .returning(['name', 'user_id'])
    .execute();
  const owners = new Map(won.map(({ name, user_id }) => [name, user_id]));
  const others = part.map(({ name }) => name).filter((name) => !owners.has(name));
  if (others.length > 0) {
    const rows = await db.selectFrom('login_names').selectAll().where('name', 'in', others).execute();
    for (const { name, user_id } of rows) owners.set(name, user_id);
  }
  return part.filter(({ name, user_id }) => owners.get(name) !== user_id);
}

/** Claims names for imported accounts: who comes first is the owner, the others share the name. */
export async function claimOrShare(db: Kysely<Tables>, accounts: readonly Named[]): Promise<void> {
  // In one order with all who claim names, so that nobody locks up; of one name the lowest id goes first.
  const claims = accounts
    .flatMap(claimsOf)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.user_id - b.user_id));
  for (const part of parts(claims, 2)) {
    const lost = await lostOf(db, part);
    if (lost.length === 0) continue;
    await db
      .insertInto('contested_names')
      .values(lost)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
