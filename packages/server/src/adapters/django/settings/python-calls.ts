import { posix } from 'node:path';
import { databaseFromUrl } from './database-url.ts';
import {
  bool,
  dict,
  duration,
  list,
  named,
  number,
  type Place,
  type PythonValue,
  path,
  text,
  throughEnvironment,
  truthOf,
  unknown,
} from './python-value.ts';

/** What a call is given. Not whole when something of it was spread out of `*` or `**`. */
export interface Arguments {
  readonly positional: readonly PythonValue[];
  readonly keywords: ReadonlyMap<string, PythonValue>;
  readonly isWhole: boolean;
}

type PythonFunction = (given: Arguments, at: Place) => PythonValue | undefined;

/** Stands for an instance of django-environ's or environs' Env, whatever it is called. */
const ENV = 'Env()';

const wordOf = (value: PythonValue | undefined) =>
  value?.kind === 'text' || value?.kind === 'path' ? value.value : undefined;

const UNITS = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks'];
const SECONDS = [86_400, 1, 1e-6, 1e-3, 60, 3_600, 604_800];

const timedelta: PythonFunction = ({ positional, keywords, isWhole }, at) => {
  if (!isWhole || positional.length > UNITS.length) return undefined;
  const given = new Map([...positional.map((value, i) => [UNITS[i] ?? '', value] as const), ...keywords]);
  const values = [...given].map(([unit, value]) =>
    throughEnvironment(value, (one) => seconds(unit, one, at)),
  );
  // One environment variable alone can be followed: timedelta(minutes=int(os.environ.get('MINUTES', 5))).
  if (values.length === 1) return values[0];
  let sum = 0;
  for (const value of values) {
    if (value.kind !== 'duration') return undefined;
    sum += value.seconds;
  }
  return duration(sum, at);
};

function seconds(unit: string, value: PythonValue, at: Place): PythonValue {
  const length = SECONDS[UNITS.indexOf(unit)];
  if (value.kind === 'unknown') return value;
  return length === undefined || value.kind !== 'number'
    ? unknown('the length is not understood', at)
    : duration(value.value * length, at);
}

/** `int('5')`, `bool(…)` and so on of a known value. */
function convert(kind: string, value: PythonValue, at: Place): PythonValue | undefined {
  if (value.kind === 'unknown') return value;
  if (kind === 'bool') {
    const truth = truthOf(value);
    return truth === undefined ? undefined : bool(truth, at);
  }
  if (kind === 'str') {
    if (value.kind === 'number') return text(String(value.value), at);
    const word = wordOf(value);
    return word === undefined ? undefined : text(word, at);
  }
  if (kind !== 'int' && kind !== 'float') return value.kind === 'list' ? value : undefined;
  if (value.kind === 'number') return number(kind === 'int' ? Math.trunc(value.value) : value.value, at);
  const isNumeric = value.kind === 'text' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value.value);
  return isNumeric ? number(Number(value.value), at) : undefined;
}

const constructorOf =
  (kind: string): PythonFunction =>
  ({ positional, isWhole }, at) => {
    const [value] = positional;
    if (!isWhole || positional.length > 1) return undefined;
    if (value === undefined) return ['list', 'tuple', 'set'].includes(kind) ? list([], at) : undefined;
    return throughEnvironment(value, (known) => convert(kind, known, at) ?? unknown(`${kind}() of it`, at));
  };

const TRUE_WORDS = ['true', 'on', 'ok', 'y', 'yes', '1', 't'];

/** What the readers of environment variables make of a text for a kind of setting. Other values stay as they are. */
function cast(value: PythonValue, kind: string | undefined, at: Place): PythonValue {
  if (value.kind !== 'text' || kind === undefined || ['str', 'path', 'unicode'].includes(kind)) return value;
  if (kind === 'bool') return bool(TRUE_WORDS.includes(value.value.toLowerCase()), at);
  if (kind === 'Csv') return splitText(value.value.replace(/\s*,\s*/g, ',').trim(), ',', at);
  if (kind === 'list' || kind === 'tuple') return splitText(value.value, ',', at);
  if (['db', 'db_url'].includes(kind)) return databaseFromUrl(value.value, at);
  return convert(kind, value, at) ?? unknown(`${kind} of it is not understood`, at);
}

const splitText = (whole: string, separator: string, at: Place): PythonValue =>
  list(
    whole
      .split(separator)
      .filter((piece) => piece !== '')
      .map((piece) => text(piece, at)),
    at,
  );

function variable(
  given: Arguments,
  at: Place,
  fallback: PythonValue | undefined,
  kind: string | undefined,
): PythonValue | undefined {
  const [name] = given.positional;
  if (name?.kind !== 'text') return undefined;
  const read = fallback === undefined ? undefined : cast(fallback, kind, at);
  return { kind: 'environment', name: name.value, fallback: read, at };
}

const getenv: PythonFunction = (given, at) =>
  variable(given, at, given.keywords.get('default') ?? given.positional[1], undefined);

/** The last word of the name that is given as `cast`. */
function castName(given: Arguments): string | undefined {
  const wanted = given.keywords.get('cast');
  if (wanted === undefined) return undefined;
  return wanted.kind === 'name' ? wanted.path.split('.').at(-1)?.replace('()', '') : 'something else';
}

const decouple: PythonFunction = (given, at) =>
  variable(given, at, given.keywords.get('default') ?? given.positional[1], castName(given));

const djDatabaseUrl: PythonFunction = ({ keywords, positional }, at) => {
  const name = keywords.get('env') ?? text('DATABASE_URL', at);
  const fallback = keywords.get('default') ?? positional[0];
  return variable({ positional: [name], keywords, isWhole: true }, at, fallback, 'db');
};

const parseDatabaseUrl: PythonFunction = ({ positional: [url] }, at) =>
  url === undefined ? undefined : throughEnvironment(url, (known) => cast(known, 'db', at));

/** `env('X', default=…)`, `env.bool('X', …)`, `env.db()`. */
function readEnv(
  kind: string | undefined,
  given: Arguments,
  schema: ReadonlyMap<string, PythonValue> | undefined,
  at: Place,
): PythonValue | undefined {
  const isDatabase = kind === 'db' || kind === 'db_url';
  const name = given.positional[0] ?? (isDatabase ? text('DATABASE_URL', at) : undefined);
  if (name === undefined) return undefined;
  const declared = name.kind === 'text' ? schema?.get(name.value) : undefined;
  const [type, standard] = declared?.kind === 'list' ? declared.items : [declared];
  const typeName = type?.kind === 'name' ? type.path : undefined;
  const fallback = given.keywords.get('default') ?? standard;
  return variable({ ...given, positional: [name] }, at, fallback, castName(given) ?? kind ?? typeName);
}

const joinPaths: PythonFunction = ({ positional, isWhole }, at) => {
  const words = positional.map(wordOf);
  if (!isWhole || words.length === 0 || words.includes(undefined)) return undefined;
  return text(posix.join(...words.map((word, i) => afterLastAbsolute(word ?? '', i, words))), at);
};

/** os.path.join forgets what stands before an absolute part. */
const afterLastAbsolute = (word: string, index: number, words: readonly (string | undefined)[]) =>
  words.slice(index + 1).some((later) => later?.startsWith('/')) ? '' : word;

const onPath =
  (change: (word: string) => string): PythonFunction =>
  ({ positional: [value] }, at) => {
    const word = wordOf(value);
    return word === undefined ? undefined : text(change(word), at);
  };

const makePath: PythonFunction = ({ positional, isWhole }, at) => {
  const words = positional.map(wordOf);
  if (!isWhole || words.length === 0 || words.includes(undefined)) return undefined;
  return path(posix.join(...words.map((word) => word ?? '')), at);
};

const same = (word: string) => word;

const FUNCTIONS: Readonly<Record<string, PythonFunction>> = {
  'datetime.timedelta': timedelta,
  'django.utils.timezone.timedelta': timedelta,
  'os.environ.get': getenv,
  'os.getenv': getenv,
  'decouple.config': decouple,
  'dj_database_url.config': djDatabaseUrl,
  'dj_database_url.parse': parseDatabaseUrl,
  'decouple.Csv': (_given, at) => named('Csv()', at),
  'environ.Env': ({ keywords }, at) => ({ ...named(ENV, at), defaults: keywords }),
  'environ.FileAwareEnv': ({ keywords }, at) => ({ ...named(ENV, at), defaults: keywords }),
  'environs.Env': (_given, at) => named(ENV, at),
  'os.path.join': joinPaths,
  'os.path.dirname': onPath(posix.dirname),
  'os.path.normpath': onPath(posix.normalize),
  'os.path.abspath': onPath(same),
  'os.path.realpath': onPath(same),
  'pathlib.Path': makePath,
  dict: ({ positional, keywords, isWhole }, at) =>
    positional.length === 0 ? dict(keywords, at, isWhole) : undefined,
};
const CONSTRUCTORS = ['bool', 'int', 'float', 'str', 'list', 'tuple', 'set', 'frozenset'];

/** What a call of a function answers, for the few that settings modules are written with. */
export function callFunction(called: PythonValue, given: Arguments, at: Place): PythonValue {
  if (called.kind !== 'name') return unknown(called.kind === 'unknown' ? called.why : 'a call', at);
  const [owner, kind, ...more] = called.path.split('.');
  const answer =
    owner === ENV && more.length === 0
      ? readEnv(kind, given, called.defaults, at)
      : functionNamed(called.path)?.(given, at);
  return answer ?? unknown(`${called.path}() is called`, at);
}

function functionNamed(dotted: string): PythonFunction | undefined {
  if (CONSTRUCTORS.includes(dotted)) return constructorOf(dotted);
  return Object.hasOwn(FUNCTIONS, dotted) ? FUNCTIONS[dotted] : undefined;
}

const wrapped = (word: string, at: Place) => text(word, at);

const TEXT_METHODS: Readonly<Record<string, (word: string, at: Place) => PythonValue>> = {
  lower: (word, at) => wrapped(word.toLowerCase(), at),
  upper: (word, at) => wrapped(word.toUpperCase(), at),
  strip: (word, at) => wrapped(word.trim(), at),
};

function ofText(word: string, method: string, given: Arguments, at: Place): PythonValue | undefined {
  const [argument] = given.positional;
  // Python keeps empty pieces; here they name no host and no origin.
  if (method === 'split' && argument?.kind === 'text' && argument.value !== '')
    return splitText(word, argument.value, at);
  if (method === 'encode') return text(word, at, true);
  const isPlain = given.positional.length === 0 && Object.hasOwn(TEXT_METHODS, method);
  return isPlain ? TEXT_METHODS[method]?.(word, at) : undefined;
}

function ofPath(
  word: string,
  method: string,
  given: Arguments | undefined,
  at: Place,
): PythonValue | undefined {
  if (given === undefined && method === 'parent') return path(posix.dirname(word), at);
  if (given === undefined && method === 'parents') {
    const parents: PythonValue[] = [];
    for (let up = posix.dirname(word); parents.length < 50; up = posix.dirname(up))
      parents.push(path(up, at));
    return list(parents, at);
  }
  if (['resolve', 'absolute', 'as_posix'].includes(method)) return path(word, at);
  return method === 'joinpath' && given !== undefined
    ? makePath({ ...given, positional: [path(word, at), ...given.positional] }, at)
    : undefined;
}

/** What a method (or, without arguments, an attribute) of a value is. */
export function callMethod(
  value: PythonValue,
  method: string,
  given: Arguments | undefined,
  at: Place,
): PythonValue {
  return throughEnvironment(value, (known) => {
    const why = known.kind === 'unknown' ? known.why : `.${method} is not understood`;
    if (known.kind === 'path') return ofPath(known.value, method, given, at) ?? unknown(why, at);
    if (known.kind === 'dict' && method === 'get' && given?.positional[0]?.kind === 'text') {
      const found = known.entries.get(given.positional[0].value) ?? given.positional[1];
      return found !== undefined && known.isWhole ? found : unknown(why, at);
    }
    const isText = known.kind === 'text' && given !== undefined;
    return (isText ? ofText(known.value, method, given, at) : undefined) ?? unknown(why, at);
  });
}
