/** Which part of a list is asked for: the one that begins after a key, or ends before one, in the order of the list. */
export interface PageRequest<K> {
  readonly size: number;
  readonly after?: K | undefined;
  readonly before?: K | undefined;
}

/** A part of a list, in its order. */
export interface Page<T> {
  readonly results: readonly T[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/**
 * Makes a page of what was read for it: one row more than it holds, so that it is known whether there are more; away from
 * the key, so the wrong way round when the page is the one before it.
 */
export function cutPage<T>(rows: readonly T[], { size, before, after }: PageRequest<unknown>): Page<T> {
  const isMore = rows.length > size;
  const results = rows.slice(0, size);
  return before === undefined
    ? { results, hasNext: isMore, hasPrevious: after !== undefined }
    : { results: results.reverse(), hasNext: true, hasPrevious: isMore };
}
