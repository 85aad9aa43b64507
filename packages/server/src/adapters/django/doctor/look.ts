import type { PythonValue } from '../settings/python-value.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What is judged: the names of a settings module, and how a place in it is printed. */
export interface Subject {
  readonly values: ReadonlyMap<string, PythonValue>;
  readonly placeText: (at: PythonValue['at']) => string;
}

/** What was found under a name. `environment`: it comes from there, and `value` is only what it falls back to. */
export interface Found<T> {
  readonly name: string;
  readonly at: string | undefined;
  readonly state: 'known' | 'unknown' | 'missing';
  readonly value: T | undefined;
  readonly environment: string | undefined;
  readonly why: string;
}

type Reader<T> = (value: PythonValue) => T | undefined;

export const asText: Reader<string> = (value) =>
  value.kind === 'text' || value.kind === 'path' ? value.value : undefined;
export const asBool: Reader<boolean> = (value) => {
  if (value.kind === 'bool') return value.value;
  return value.kind === 'none' ? false : undefined;
};
export const asNumber: Reader<number> = (value) => (value.kind === 'number' ? value.value : undefined);
export const asSeconds: Reader<number> = (value) => (value.kind === 'duration' ? value.seconds : undefined);
/** Only lists of texts that are wholly known. */
export const asTexts: Reader<readonly string[]> = (value) => {
  if (value.kind !== 'list' || !value.isWhole) return undefined;
  const texts = value.items.flatMap((item) => asText(item) ?? []);
  return texts.length === value.items.length ? texts : undefined;
};
/** The texts that are known, of a list that may have more. */
export const asSomeTexts: Reader<readonly string[]> = (value) =>
  value.kind === 'list' ? value.items.flatMap((item) => asText(item) ?? []) : undefined;
/** The dotted path of a class or function, given as a text or as itself. */
export const asDotted: Reader<string> = (value) => (value.kind === 'name' ? value.path : asText(value));

function find(subject: Subject, names: readonly string[]): PythonValue | 'missing' {
  const [first = '', ...keys] = names;
  let value = subject.values.get(first);
  if (value === undefined) return 'missing';
  for (const key of keys) {
    if (value.kind === 'environment' && value.fallback !== undefined) value = value.fallback;
    if (value.kind !== 'dict') return value;
    const entry: PythonValue | undefined = value.entries.get(key);
    if (entry === undefined)
      return value.isWhole
        ? 'missing'
        : { kind: 'unknown', why: `${first} is changed in ways that are not followed`, at: value.at };
    value = entry;
  }
  return value;
}

/** Looks a setting up, with keys for what is inside a dict: `look(subject, ['SIMPLE_JWT', 'ALGORITHM'], asText)`. */
export function look<T>(subject: Subject, names: readonly string[], reader: Reader<T>): Found<T> {
  const name = names.join('.');
  const value = find(subject, names);
  if (value === 'missing')
    return { name, at: undefined, state: 'missing', value: undefined, environment: undefined, why: '' };
  const environment = value.kind === 'environment' ? value.name : undefined;
  const inner = value.kind === 'environment' ? value.fallback : value;
  const read = inner === undefined ? undefined : reader(inner);
  return {
    name,
    at: subject.placeText(value.at),
    state: read === undefined ? 'unknown' : 'known',
    value: read,
    environment,
    why: whyUnknown(environment, inner),
  };
}

function whyUnknown(environment: string | undefined, inner: PythonValue | undefined): string {
  if (environment !== undefined) return `it comes from the environment variable ${environment}`;
  return inner?.kind === 'unknown' ? inner.why : 'it is of a kind that is not understood';
}

/** Says of a setting that it could not be read. True when that was so. */
export function saidUnknown(found: Found<unknown>, into: Diagnosis): boolean {
  if (found.state !== 'unknown') return false;
  const why = `unknown, see ${found.at}: ${found.why}.`;
  into.notMapped.push({ django: found.name, at: found.at, why, isUnknown: true });
  return true;
}

const inPython = (value: unknown) =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);

/** What a found value is with the variable it can be changed by. */
export function shown(found: Found<unknown>): string {
  const { value, environment } = found;
  const words = Array.isArray(value) ? value.join(', ') || 'empty' : inPython(value);
  return environment === undefined ? words : `${words} unless ${environment} says otherwise`;
}
