import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import type { Account } from '../../store.ts';
import type { Staff } from '../staff.ts';
import { listUsers, type UserQuery } from './list.ts';
import type { UserKey } from './user-list.ts';

/** Accounts that are read in one statement. */
const BATCH = 1_000;

/**
 * All accounts of which this is so, in order of id, in parts: no more than one of them is held. That they were taken away is
 * noted when it begins.
 */
export async function* exportUsers(
  app: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  query: UserQuery,
  origin: Origin,
): AsyncGenerator<readonly Account[]> {
  await app.store.audit.record({ event: 'users_exported', userId: undefined }, app.clock.now(), origin);
  let after: UserKey | undefined;
  do {
    const order = { column: 'id', descending: false } as const;
    const page = await listUsers(app, staff, query, order, { size: BATCH, after });
    yield page.results.map(({ account }) => account);
    after = page.hasNext ? page.results.at(-1)?.key : undefined;
  } while (after !== undefined);
}
