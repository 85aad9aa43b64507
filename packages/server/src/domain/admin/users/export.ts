import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { csvLine } from '../../csv.ts';
import { hashNameOf, isUsablePassword } from '../../passwords/kind.ts';
import type { Account } from '../../store.ts';
import type { Staff } from '../staff.ts';

import { listUsers, type UserQuery } from './list.ts';
import type { UserKey } from './user-list.ts';

const HEAD = [
  ...['id', 'username', 'email', 'full_name', 'is_active', 'is_staff', 'is_superuser', 'verified'],
  ...['has_usable_password', 'hash', 'date_joined', 'last_login'],
];

const BATCH = 1_000;

function lineOf(account: Account): string {
  const { id, username, email, profile, isActive, isStaff, isSuperuser, password } = account;
  const instant = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString());
  const flags = [isActive, isStaff, isSuperuser, profile.verified, isUsablePassword(password)];
  const times = [instant(account.createdAt), instant(account.lastLoginAt)];
  return csvLine([id, username, email, profile.fullName, ...flags, hashNameOf(password) ?? '', ...times]);
}

/**
 * All accounts of which this is so, in order of id, as CSV: a line at a time, read in batches. That they were
 * taken away is noted when it begins.
 */
export async function* exportUsers(
  app: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  query: UserQuery,
  origin: Origin,
): AsyncGenerator<string> {
  await app.store.audit.record({ event: 'users_exported', userId: undefined }, app.clock.now(), origin);
  yield csvLine(HEAD);
  let after: UserKey | undefined;
  do {
    const order = { column: 'id', descending: false } as const;
    const page = await listUsers(app, staff, query, order, { size: BATCH, after });
    yield page.results.map(({ account }) => lineOf(account)).join('');
    after = page.hasNext ? page.results.at(-1)?.key : undefined;
  } while (after !== undefined);
}
