import type { SourceFault } from '../../domain/import/source-fault.ts';
import { type Fetch, NO_UTF8 } from './database.ts';
import { parseInstant } from './instant.ts';

/** Makes the fault of the value at hand: `is empty`, `is no whole number`. */
export type Wrong = (what: string) => SourceFault;

/** What a column holds: how it is fetched, and what a value of it means. SQLite holds anything in any column. */
export interface Kind<T> {
  /** undefined: there is no such column */
  readonly fetch: Fetch | undefined;
  /** Throws what `wrong` makes. */
  decode(value: unknown, wrong: Wrong): T;
}

/** No number, date or truth value is longer as a text. */
const SHORT = 64;

const isLongerThan = (text: string, limit: number) => text.length > limit && [...text].length > limit;

/** What is wrong with what is no text (`database.ts` has the marks). */
function complaintOf(value: unknown): string {
  if (value === null) return 'is empty';
  if (value === NO_UTF8) return 'is no UTF-8';
  return value instanceof Uint8Array && value.length > 0 ? 'has a NUL in it' : 'is no text';
}

function decodeText(value: unknown, limit: number, wrong: Wrong): string {
  if (typeof value !== 'string') throw wrong(complaintOf(value));
  if (isLongerThan(value, limit)) throw wrong(`is longer than ${limit} characters`);
  return value;
}

/** A text of at most so many characters. */
export const text = (limit: number): Kind<string> => ({
  fetch: { as: 'text', limit, mayBeCut: false },
  decode: (value, wrong) => decodeText(value, limit, wrong),
});

/** A text of which the beginning is enough. */
export const cutText = (limit: number): Kind<string> => ({
  fetch: { as: 'text', limit, mayBeCut: true },
  decode: (value, wrong) => decodeText(value, limit, wrong),
});

/** The text when it can be had, whatever else the column holds. */
export const anyText = (limit: number): Kind<string | undefined> => ({
  fetch: { as: 'text', limit, mayBeCut: false },
  decode: (value) => (typeof value === 'string' && value.length <= limit ? value : undefined),
});

/** A whole number that JavaScript holds exactly. */
export const WHOLE: Kind<number> = {
  fetch: { as: 'plain', limit: SHORT, mayBeCut: false },
  decode(value, wrong) {
    if (value === null) throw wrong('is empty');
    const whole = typeof value === 'bigint' ? Number(value) : value;
    if (typeof whole !== 'number' || !Number.isInteger(whole)) throw wrong('is no whole number');
    if (!Number.isSafeInteger(whole)) throw wrong('is too large a number');
    return whole;
  },
};

/** PostgreSQL's booleans, and the 0 and 1 of SQLite. */
export const FLAG: Kind<boolean> = {
  fetch: { as: 'plain', limit: SHORT, mayBeCut: false },
  decode(value, wrong) {
    if (value === null) throw wrong('is empty');
    if (typeof value === 'boolean') return value;
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (number !== 0 && number !== 1) throw wrong('is neither true nor false');
    return number === 1;
  },
};

/** A date and time, in milliseconds. */
export const INSTANT: Kind<number> = {
  fetch: { as: 'text', limit: SHORT, mayBeCut: false },
  decode(value, wrong) {
    if (value === null) throw wrong('is empty');
    const instant = typeof value === 'string' ? parseInstant(value) : undefined;
    if (instant === undefined) throw wrong('is no date and time');
    return instant;
  },
};

/** The same, with a value for NULL. */
export const or = <T, E>(kind: Kind<T>, empty: E): Kind<T | E> => ({
  fetch: kind.fetch,
  decode: (value, wrong) => (value === null ? empty : kind.decode(value, wrong)),
});

/** A column that is not there. */
export const absent = <T>(value: T): Kind<T> => ({ fetch: undefined, decode: () => value });
