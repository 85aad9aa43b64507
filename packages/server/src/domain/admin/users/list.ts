import type { App } from '../../app.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import { termsOf } from './search-words.ts';
import type { PlacedAccount, UserFilter, UserKey, UserOrder } from './user-list.ts';

/** What is asked for: words or an id to search by, and what has to be so. */
export interface UserQuery extends Omit<UserFilter, 'terms' | 'id'> {
  readonly search?: string | undefined;
}

/** A search for nothing but white space is none; one of signs that are in no word finds nothing. */
function filterOf({ search = '', ...filter }: UserQuery): UserFilter | undefined {
  const text = search.trim();
  const terms = termsOf(text);
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  return text !== '' && terms.length === 0 ? undefined : { ...filter, terms, id };
}

/** The order when none is asked for: by the time that is asked about, otherwise the newest first. */
export function usualOrder({ joined, lastLogin }: UserQuery): UserOrder {
  const isSaid = (span: UserQuery['joined']) => span?.from !== undefined || span?.until !== undefined;
  const column = isSaid(joined) ? 'date_joined' : isSaid(lastLogin) ? 'last_login' : 'id';
  return { column, descending: true };
}

/** A page of the accounts. */
export async function listUsers(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  query: UserQuery,
  order: UserOrder,
  page: PageRequest<UserKey>,
): Promise<Page<PlacedAccount>> {
  const filter = filterOf(query);
  if (filter === undefined) return { results: [], hasNext: false, hasPrevious: false };
  return store.userList.page(filter, order, page);
}

/** How many accounts there are of which this is so. */
export async function countUsers(
  { store }: Pick<App, 'store'>,
  _staff: Staff,
  query: UserQuery,
): Promise<number> {
  const filter = filterOf(query);
  return filter === undefined ? 0 : store.userList.count(filter);
}
