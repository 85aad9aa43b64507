import { type HttpRefusal, refuseHttp } from './refusals.ts';
import type { Schema } from './route.ts';

/** What became of a text: its value, or words for what is wrong with it. */
export type ReadText<T> = { readonly value: T } | { readonly fault: string };

/** One parameter behind the question mark, as data: the check and OpenAPI read it. */
export interface QueryParameter<T = unknown> {
  readonly about: string;
  readonly schema: Schema;
  readonly read: (text: string) => ReadText<T>;
}

export type Query = Readonly<Record<string, QueryParameter>>;

/** The values of the parameters, undefined for those that were not given. */
export type QueryValuesOf<Q extends Query> = {
  readonly [K in keyof Q]: Q[K] extends QueryParameter<infer T> ? T | undefined : never;
};

/** A whole number in decimal digits, as they are written usually. */
export function wholeNumber(
  about: string,
  minimum = 0,
  maximum = Number.MAX_SAFE_INTEGER,
): QueryParameter<number> {
  return {
    about,
    schema: { type: 'integer', minimum, maximum },
    read(text) {
      const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
      if (Number.isNaN(value)) return { fault: 'A valid integer is required.' };
      if (value < minimum) return { fault: `Ensure this value is greater than or equal to ${minimum}.` };
      return value > maximum
        ? { fault: `Ensure this value is less than or equal to ${maximum}.` }
        : { value };
    },
  };
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** An instant in milliseconds since 1970: ISO 8601 with its zone, or a day, which begins at midnight UTC. */
export function instant(about: string): QueryParameter<number> {
  return {
    about,
    schema: { type: 'string', format: 'date-time' },
    read(text) {
      const value = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
      return Number.isNaN(value)
        ? { fault: 'Give a time such as 2026-01-31T08:00:00Z, or a day such as 2026-01-31.' }
        : { value };
    },
  };
}

/** `true` or `false`. */
export function yesOrNo(about: string): QueryParameter<boolean> {
  return {
    about,
    schema: { type: 'boolean' },
    read: (text) =>
      text === 'true' || text === 'false'
        ? { value: text === 'true' }
        : { fault: 'Must be a valid boolean.' },
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(about: string, ...words: readonly W[]): QueryParameter<W> {
  return {
    about,
    schema: { type: 'string', enum: words },
    read(text) {
      const value = words.find((word) => word === text);
      return value === undefined ? { fault: `"${text}" is not a valid choice.` } : { value };
    },
  };
}

/** A text of at most so many characters. */
export function someText(about: string, maxLength = 300): QueryParameter<string> {
  return {
    about,
    schema: { type: 'string', maxLength },
    read(text) {
      if (text.length > maxLength)
        return { fault: `Ensure this field has no more than ${maxLength} characters.` };
      return text.includes('\0') ? { fault: 'Null characters are not allowed.' } : { value: text };
    },
  };
}

/** What REST framework itself takes; looked at elsewhere. */
const FORMAT = 'format';

/**
 * Checks what stands behind the question mark against the parameters: all faults are told at once, by name. What is not
 * listed, or is given twice, is a fault: a filter that is misspelt must not show everything.
 */
export function readQuery<Q extends Query>(
  query: Q,
  given: URLSearchParams,
): { readonly ok: true; readonly values: QueryValuesOf<Q> } | HttpRefusal {
  const names = [...new Set(given.keys())].filter((name) => name !== FORMAT);
  const read = names.map((name): readonly [string, ReadText<unknown>] => {
    const parameter = Object.hasOwn(query, name) ? query[name] : undefined;
    const [text = '', ...more] = given.getAll(name);
    if (parameter === undefined) return [name, { fault: 'There is no such parameter.' }];
    return [name, more.length > 0 ? { fault: 'Give this parameter once.' } : parameter.read(text)];
  });
  const faults = read.flatMap(([name, one]) => ('fault' in one ? [[name, [one.fault]] as const] : []));
  if (faults.length > 0) return refuseHttp('wrong_fields', { fields: Object.fromEntries(faults) });
  const values = read.flatMap(([name, one]) => ('value' in one ? [[name, one.value] as const] : []));
  return { ok: true, values: Object.fromEntries(values) as QueryValuesOf<Q> };
}
