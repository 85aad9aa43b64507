import { evaluate, evaluateTuple, readArguments } from './python-expression.ts';
import { mergeDicts, operate } from './python-operators.ts';
import { behind, findOutside, type Slice, splitOutside } from './python-slices.ts';
import { dict, list, type Place, type PythonValue, unknown } from './python-value.ts';
import { bind, type Module, type Statement } from './statement.ts';

/** `NAME['key']['key']`, and the index behind it. */
interface Target {
  readonly name: string;
  /** undefined: a key that is not known */
  readonly keys: readonly (string | undefined)[];
  readonly next: number;
}

function readTarget(module: Module, { from, to }: Slice): Target | undefined {
  const { tokens } = module;
  const first = tokens[from];
  if (first?.type !== 'name' || from >= to) return undefined;
  const keys: (string | undefined)[] = [];
  let at = from + 1;
  while (at < to && keys.length < 10 && tokens[at]?.text === '[' && tokens[at]?.type === 'operator') {
    const key = evaluate(module, { from: at + 1, to: tokens[at]?.close ?? at });
    keys.push(key.kind === 'text' ? key.value : undefined);
    at = behind(tokens, at, to);
  }
  return { name: first.text, keys, next: at };
}

/** The value with what stands under the keys changed. What cannot be followed makes the dict no longer whole. */
function changeAt(
  value: PythonValue | undefined,
  keys: readonly (string | undefined)[],
  at: Place,
  change: (old: PythonValue | undefined) => PythonValue,
): PythonValue {
  const [key, ...rest] = keys;
  if (keys.length === 0) return change(value);
  if (value?.kind !== 'dict') return value ?? unknown('it is changed before it is set', at);
  if (key === undefined) return dict(value.entries, value.at, false);
  const entries = new Map(value.entries);
  entries.set(key, { ...changeAt(entries.get(key), rest, at, change), at });
  return dict(entries, value.at, value.isWhole);
}

const placeOf = (module: Module, { line }: Statement): Place => ({ file: module.file, line });

const sizeOf = (value: PythonValue | undefined): number => {
  if (value?.kind === 'dict') return value.entries.size;
  return value?.kind === 'list' ? value.items.length : 1;
};

/** Changes what the target names. Items that are set under a condition are not known. */
function change(
  module: Module,
  statement: Statement,
  { name, keys }: Target,
  by: (old: PythonValue | undefined) => PythonValue,
): void {
  const at = placeOf(module, statement);
  const old = module.names.get(name);
  module.spend(sizeOf(old));
  if (keys.length === 0) return void bind(module, statement, name, { ...by(old), at });
  const isSure = statement.run === 'yes';
  const value = changeAt(old, keys, at, isSure ? by : () => unknown('it depends on a condition', at));
  module.names.set(name, value);
}

/** `A = B = value`, `A: type = value`, `A['key'] = value`, `A, B = values`. */
export function assign(module: Module, statement: Statement): void {
  const { tokens } = module;
  const parts = splitOutside(tokens, statement, '=');
  const source = parts.at(-1);
  if (source === undefined || parts.length < 2) return;
  const value = evaluateTuple(module, source);
  for (const part of parts.slice(0, -1)) {
    const colon = findOutside(tokens, part, ':');
    const target = { from: part.from, to: colon ?? part.to };
    const names = splitOutside(tokens, target, ',');
    if (names.length > 1) {
      names.forEach((name, i) => {
        const one = value.kind === 'list' && value.items.length === names.length ? value.items[i] : undefined;
        assignTo(
          module,
          statement,
          name,
          one ?? unknown('several are set at once', placeOf(module, statement)),
        );
      });
    } else assignTo(module, statement, target, value);
  }
}

function assignTo(module: Module, statement: Statement, slice: Slice, value: PythonValue): void {
  const target = readTarget(module, slice);
  if (target === undefined) return;
  if (target.next === slice.to) return void change(module, statement, target, () => value);
  if (target.name !== 'globals' && target.name !== 'locals' && target.name !== 'vars') return;
  noteProgram(module, statement);
}

/** `A += value`, `A['key'] |= value`. */
export function augment(module: Module, statement: Statement, operator: number): void {
  const target = readTarget(module, { from: statement.from, to: operator });
  if (target === undefined || target.next !== operator) return;
  const word = module.tokens[operator]?.text.slice(0, -1) ?? '';
  const value = evaluateTuple(module, { from: operator + 1, to: statement.to });
  const at = placeOf(module, statement);
  module.spend(sizeOf(value));
  change(module, statement, target, (old) =>
    old === undefined ? unknown('it is changed before it is set', at) : operate(word, old, value, at),
  );
}

/** `del A`, `del A['key']`. */
export function forget(module: Module, statement: Statement): void {
  for (const part of splitOutside(module.tokens, { from: statement.from + 1, to: statement.to }, ',')) {
    const target = readTarget(module, part);
    if (target === undefined) continue;
    const old = module.names.get(target.name);
    if (target.keys.length === 0 && statement.run === 'yes') module.names.delete(target.name);
    else if (old?.kind === 'dict') module.names.set(target.name, dict(old.entries, old.at, false));
  }
}

/** Calls that make or change names in ways no reader can follow. */
const PROGRAMS = ['exec', 'eval', 'globals', 'locals', 'vars', 'setattr'];

function noteProgram(module: Module, statement: Statement): void {
  module.world.note(module.file, statement.line, 'Names are set by a program there: they are not seen.');
}

type Mutator = (old: PythonValue, given: readonly PythonValue[], at: Place) => PythonValue | undefined;

const MUTATORS: Readonly<Record<string, Mutator>> = {
  append: (old, [item], at) =>
    old.kind === 'list' && item !== undefined ? operate('+', old, list([item], at), at) : undefined,
  extend: (old, [more], at) => (more === undefined ? undefined : operate('+', old, more, at)),
  insert: (old, [index, item], at) => {
    const isFirst = index?.kind === 'number' && index.value === 0 && item !== undefined;
    return isFirst ? operate('+', list([item], at), old, at) : undefined;
  },
  update: (old, [more], at) => (more === undefined ? undefined : mergeDicts(old, more, at)),
};

/** A value that something has changed in a way that is not understood: what was there may be gone. */
function clouded(old: PythonValue | undefined, at: Place): PythonValue {
  if (old?.kind === 'list') return list(old.items, old.at, false);
  if (old?.kind === 'dict') return dict(old.entries, old.at, false);
  return unknown('it is changed there', at);
}

function afterCall(
  module: Module,
  statement: Statement,
  method: string,
  inside: Slice,
  old: PythonValue | undefined,
): PythonValue {
  const at = placeOf(module, statement);
  const { positional, keywords, isWhole } = readArguments(module, inside);
  const given = method === 'update' && positional.length === 0 ? [dict(keywords, at)] : positional;
  const fromEnvironment =
    given[0]?.kind === 'environment' && method === 'update' ? given[0].fallback : undefined;
  if (fromEnvironment !== undefined) return clouded(old, at);
  const mutate = Object.hasOwn(MUTATORS, method) ? MUTATORS[method] : undefined;
  const changed = isWhole && old !== undefined ? mutate?.(old, given, at) : undefined;
  return changed ?? clouded(old, at);
}

const HARMLESS = ['get', 'items', 'keys', 'values', 'copy', 'index', 'count', 'read_env', 'exists', 'mkdir'];

/** `A.append(value)`, `A['key'].update(…)`; other statements that only call something change no settings. */
export function callOnTarget(module: Module, statement: Statement): void {
  const { tokens } = module;
  const target = readTarget(module, statement);
  if (target === undefined) return;
  const end = Math.min(statement.to, statement.from + 200);
  const isProgram = tokens
    .slice(statement.from, end)
    .some((token, i, all) => PROGRAMS.includes(token.text) && all[i + 1]?.text === '(');
  if (isProgram) return void noteProgram(module, statement);
  const old = module.names.get(target.name);
  const [dot, method, bracket] = [tokens[target.next], tokens[target.next + 1], tokens[target.next + 2]];
  const isCall = dot?.text === '.' && method?.type === 'name' && bracket?.text === '(';
  const isData = old?.kind === 'list' || old?.kind === 'dict';
  if (!isCall || !isData || HARMLESS.includes(method.text)) return;
  const inside = { from: target.next + 3, to: bracket.close ?? statement.to };
  const cloud = statement.run !== 'yes';
  const at = placeOf(module, statement);
  const by = (before: PythonValue | undefined) =>
    cloud ? clouded(before, at) : afterCall(module, statement, method.text, inside, before);
  module.spend(sizeOf(old));
  module.names.set(target.name, { ...changeAt(old, target.keys, at, by), at: old.at });
}
