import { readFileSync } from 'node:fs';
import type { Database } from '../../src/adapters/sql/open.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests are looked into freely
export function djangoFixture(name: string): any {
  return JSON.parse(readFileSync(new URL(`../fixtures/django/${name}`, import.meta.url), 'utf8'));
}

/** An account with an id that Django gave it. */
export async function addUser({ db }: Database, id: number, isActive = true): Promise<void> {
  const rights = { is_active: isActive ? 1 : 0, is_staff: 0, is_superuser: 0 } as const;
  const row = { id, username: `user ${id}`, email: '', password: '', created_at: 0, last_login_at: null };
  await db
    .insertInto('users')
    .values({ ...row, ...rights })
    .execute();
}

/** A refresh token that an import brought. */
export async function record(
  { db }: Database,
  jti: string,
  { userId = null as number | null, expiresAt = 2_976_868_800_000, blacklisted = false } = {},
): Promise<void> {
  const row = { jti, user_id: userId, expires_at: expiresAt, session_id: null };
  await db
    .insertInto('django_tokens')
    .values({ ...row, blacklisted_at: blacklisted ? 1 : null })
    .execute();
}
