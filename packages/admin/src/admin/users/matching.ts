import { asQuery, useThing } from '../api/queries.ts';
import type { UserSearch } from './filters.tsx';

/** What is counted, exported and chosen: the filters, without the place in the list. */
export function filtersOf({ cursor, page_size, ordering, ...filters }: UserSearch) {
  return filters;
}

/** How many match; undefined until that is known. */
export const useCount = (search: UserSearch) =>
  useThing('/api/admin/users/count/', { query: asQuery<'/api/admin/users/count/'>(filtersOf(search)) }).data
    ?.count;
