import type { Page, PageRequest } from '../domain/admin/page.ts';
import { type QueryParameter, wholeNumber } from './query.ts';
import type { Call, Schema } from './route.ts';

/** By what a row is found again in the order of its list; the last part tells all rows apart. */
export type Key = readonly (string | number)[];

/** A place in a list, and the way to go from there. */
export interface Cursor {
  readonly way: 'after' | 'before';
  readonly key: Key;
}

const LONGEST_CURSOR = 1_000;

function keyIn(parsed: unknown): Key | undefined {
  const isKey = Array.isArray(parsed) && parsed.every((part) => /^(string|number)$/.test(typeof part));
  return isKey && !JSON.stringify(parsed).includes('\\u0000') ? parsed : undefined;
}

/** Reads what `textOf` wrote. Whoever makes one himself learns nothing: the filters hold all the same. */
function cursorIn(text: string): Cursor | undefined {
  const [, way, body] = /^([ab])([\w-]+)$/.exec(text.slice(0, LONGEST_CURSOR)) ?? [];
  if (body === undefined) return undefined;
  try {
    const key = keyIn(JSON.parse(Buffer.from(body, 'base64url').toString()));
    return key && { way: way === 'a' ? 'after' : 'before', key };
  } catch {
    return undefined;
  }
}

const textOf = ({ way, key }: Cursor) =>
  `${way === 'after' ? 'a' : 'b'}${Buffer.from(JSON.stringify(key)).toString('base64url')}`;

/** Numbers of a list are ids and instants: another one is not a number to every database. */
const isOf = (type: 'string' | 'number' | undefined, part: string | number) =>
  typeof part === type && (type === 'string' || Number.isSafeInteger(part));

const BAD_CURSOR = { fault: 'Invalid cursor' };

/** The cursor of a list whose keys have parts of these types. */
function cursorParameter(...types: readonly ('string' | 'number')[]): QueryParameter<Cursor> {
  return {
    about: 'A place in the list; `next` and `previous` of an answer have it',
    schema: { type: 'string' },
    read(text) {
      const value = cursorIn(text);
      const fits = value?.key.length === types.length && value.key.every((part, i) => isOf(types[i], part));
      return value !== undefined && fits ? { value } : BAD_CURSOR;
    },
  };
}

/** The parameters by which a list is turned over, whose keys have parts of these types. */
export const pageParameters = (...types: readonly ('string' | 'number')[]) => ({
  cursor: cursorParameter(...types),
  page_size: wholeNumber('How many results a page has; 50 when not given', 1, 200),
});

const USUAL_SIZE = 50;

/** The page that a request asks for. */
export function pageRequest<K extends Key>(query: {
  readonly cursor: Cursor | undefined;
  readonly page_size: number | undefined;
}): PageRequest<K> {
  const size = query.page_size ?? USUAL_SIZE;
  return query.cursor === undefined ? { size } : { size, [query.cursor.way]: query.cursor.key as K };
}

/** The address of a request with another cursor; absolute where PUBLIC_URL says what the world calls us. */
function linkTo({ app, url }: Pick<Call, 'app' | 'url'>, cursor: Cursor): string {
  const asked = new URL(url, 'http://localhost');
  asked.searchParams.set('cursor', textOf(cursor));
  return `${app.config.publicUrl ?? ''}${asked.pathname}${asked.search}`;
}

/** A page as REST framework's CursorPagination writes it. */
export function pageBody<T>(
  call: Pick<Call, 'app' | 'url'>,
  { results, hasNext, hasPrevious }: Page<T>,
  keyOf: (row: T) => Key,
  toBody: (row: T) => unknown,
) {
  const link = (way: Cursor['way'], row: T | undefined) =>
    row === undefined ? null : linkTo(call, { way, key: keyOf(row) });
  return {
    next: hasNext ? link('after', results.at(-1)) : null,
    previous: hasPrevious ? link('before', results[0]) : null,
    results: results.map(toBody),
  };
}

/** The schema and an example of a page, for OpenAPI. */
export function pageSuccess(items: Schema, example: unknown) {
  const link = { type: ['string', 'null'], format: 'uri-reference' };
  return {
    status: 200 as const,
    schema: {
      type: 'object',
      required: ['next', 'previous', 'results'],
      properties: { next: link, previous: link, results: { type: 'array', items } },
    },
    example: { next: null, previous: null, results: [example] },
  };
}
