import type { PageRequest } from '../../../domain/admin/page.ts';
import { type UserQuery, usualOrder } from '../../../domain/admin/users/list.ts';
import { USER_COLUMNS, type UserKey, type UserOrder } from '../../../domain/admin/users/user-list.ts';
import { done, type Outcome, refuse } from '../../../domain/outcome.ts';
import { HASH_NAMES } from '../../../domain/passwords/kind.ts';
import { type Key, pageParameters, pageRequest } from '../../pages.ts';
import { instant, oneOf, type QueryValuesOf, someText, wholeNumber, yesOrNo } from '../../query.ts';

/** What can be asked of accounts. None of it is about a secret. */
export const USER_FILTERS = {
  search: someText(
    'The beginnings of words of the user name, e-mail or names, all of which have to fit; or an id',
    200,
  ),
  is_active: yesOrNo('May it log in?'),
  is_staff: yesOrNo('May it use the admin?'),
  is_superuser: yesOrNo('May it do everything?'),
  verified: yesOrNo('Is its e-mail verified?'),
  has_usable_password: yesOrNo('Has it a password that can fit?'),
  hash: oneOf('How its password is stored', ...HASH_NAMES),
  last_login: oneOf('Never logged in', 'never'),
  last_login_after: instant('Logged in last at this time or later'),
  last_login_before: instant('Logged in last before this time'),
  joined_after: instant('Joined at this time or later'),
  joined_before: instant('Joined before this time'),
  group: wholeNumber('The id of a group that it is in', 1),
};

/** The filters as the domain has them. */
export function userQuery(query: QueryValuesOf<typeof USER_FILTERS>): UserQuery {
  return {
    search: query.search,
    isActive: query.is_active,
    isStaff: query.is_staff,
    isSuperuser: query.is_superuser,
    verified: query.verified,
    hasUsablePassword: query.has_usable_password,
    hash: query.hash,
    neverLoggedIn: query.last_login === 'never',
    ...((query.last_login_after ?? query.last_login_before) !== undefined && {
      lastLogin: { from: query.last_login_after, until: query.last_login_before },
    }),
    joined: { from: query.joined_after, until: query.joined_before },
    groupId: query.group,
  };
}

const ORDERINGS = USER_COLUMNS.flatMap((column) => [column, `-${column}`] as const);

/** How the list is turned over and sorted. */
export const USER_PAGES = {
  ...pageParameters('string', 'string', 'number'),
  ordering: oneOf(
    'Unless said otherwise `-id`, or by the time that is asked about; who never logged in comes before all others',
    ...ORDERINGS,
  ),
};

const nameOf = ({ column, descending }: UserOrder) => `${descending ? '-' : ''}${column}`;

/** A key with the order that it is a place in: it is of no use in another. */
export function cursorKey(order: UserOrder, [value, id]: UserKey): Key {
  return [nameOf(order), String(value), id];
}

function keyIn({ column }: UserOrder, value: string, id: number): UserKey | undefined {
  if (!Number.isSafeInteger(id)) return undefined;
  if (column === 'username' || column === 'email') return [value, id];
  return /^-?\d{1,15}$/.test(value) ? [Number(value), id] : undefined;
}

/** The order and the page that are asked for. Refuses a cursor of another order. */
export function pageAsked(
  query: QueryValuesOf<typeof USER_PAGES>,
  filters: UserQuery,
): Outcome<{ readonly order: UserOrder; readonly page: PageRequest<UserKey> }, 'faulty_fields'> {
  const { ordering } = query;
  const descending = ordering?.startsWith('-') === true;
  const column = USER_COLUMNS.find((one) => one === ordering?.replace('-', ''));
  const order = column === undefined ? usualOrder(filters) : { column, descending };
  const { size, after, before } = pageRequest<readonly [string, string, number]>(query);
  const [name, value, id] = after ?? before ?? [];
  if (name === undefined || value === undefined || id === undefined) return done({ order, page: { size } });
  const key = name === nameOf(order) ? keyIn(order, value, id) : undefined;
  if (key === undefined) return refuse('faulty_fields', { faults: { cursor: [{ code: 'cursor_invalid' }] } });
  return done({ order, page: after === undefined ? { size, before: key } : { size, after: key } });
}
