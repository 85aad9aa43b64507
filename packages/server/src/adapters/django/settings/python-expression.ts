import { type Arguments, callFunction, callMethod } from './python-calls.ts';
import { operate } from './python-operators.ts';
import { behind, findOutside, type Slice, splitOutside } from './python-slices.ts';
import type { Token } from './python-tokens.ts';
import {
  bool,
  dict,
  list,
  named,
  none,
  number,
  type Place,
  type PythonValue,
  text,
  throughEnvironment,
  truthOf,
  unknown,
} from './python-value.ts';

/** What expressions are read in: the tokens of a module, and the names it has bound so far. */
export interface Scope {
  readonly file: string;
  readonly tokens: readonly Token[];
  readonly names: ReadonlyMap<string, PythonValue>;
  /** counts the work of all modules together; throws when it is too much */
  readonly spend: (work: number) => void;
}

interface Cursor extends Scope {
  at: number;
  readonly to: number;
  readonly depth: number;
}

const DEEPEST = 60;
const COMPARISON = 4;

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '//': 10,
  '%': 10,
  '**': 12,
};
const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'in', 'is'];
const UNARY = 11;

const peek = (cursor: Cursor): Token | undefined =>
  cursor.at < cursor.to ? cursor.tokens[cursor.at] : undefined;

const is = (cursor: Cursor, word: string) => {
  const token = peek(cursor);
  return token !== undefined && token.type !== 'string' && token.text === word;
};

const placeOf = (cursor: Cursor): Place => ({
  file: cursor.file,
  line: (cursor.tokens[cursor.at] ?? cursor.tokens[cursor.to - 1])?.line ?? 1,
});

/** Gives the rest of the expression up. */
function giveUp(cursor: Cursor, why: string): PythonValue {
  const at = placeOf(cursor);
  cursor.at = cursor.to;
  return unknown(why, at);
}

/** Reads one expression, which has to take up the whole slice. Never throws but for too much work. */
export function evaluate(scope: Scope, { from, to }: Slice, depth = 0): PythonValue {
  const cursor: Cursor = { ...scope, at: from, to, depth };
  scope.spend(1);
  if (from >= to) return giveUp(cursor, 'nothing stands there');
  if (depth > DEEPEST) return giveUp(cursor, 'it is nested too deep');
  const value = readTernary(cursor);
  return cursor.at < to ? giveUp(cursor, 'it is not understood') : value;
}

/** Like `evaluate`, and `a, b` without brackets is a tuple. */
export function evaluateTuple(scope: Scope, slice: Slice): PythonValue {
  const comma = findOutside(scope.tokens, slice, ',');
  if (comma === undefined) return evaluate(scope, slice);
  return readItems(scope, slice, 0, { file: scope.file, line: scope.tokens[slice.from]?.line ?? 1 });
}

function readTernary(cursor: Cursor): PythonValue {
  const end = findOutside(cursor.tokens, { from: cursor.at, to: cursor.to }, 'if');
  if (end === undefined || is(cursor, 'lambda')) return readBinary(cursor, 0);
  const otherwise = findOutside(cursor.tokens, { from: end, to: cursor.to }, 'else');
  if (otherwise === undefined) return giveUp(cursor, 'it is not understood');
  const part = (from: number, to: number) => evaluate(cursor, { from, to }, cursor.depth + 1);
  const at = placeOf(cursor);
  const condition = part(end + 1, otherwise);
  const choices = [part(cursor.at, end), part(otherwise + 1, cursor.to)] as const;
  cursor.at = cursor.to;
  return throughEnvironment(condition, (value) => {
    const truth = truthOf(value);
    if (truth === undefined) return unknown('it depends on a condition', at);
    return truth ? choices[0] : choices[1];
  });
}

/** The operator at the cursor as one word, and how many tokens it takes. */
function operatorAt(cursor: Cursor): { word: string; tokens: number } | undefined {
  const token = peek(cursor);
  if (token === undefined || token.type === 'string') return undefined;
  const next = cursor.at + 1 < cursor.to ? cursor.tokens[cursor.at + 1]?.text : undefined;
  if (token.text === 'not' && next === 'in') return { word: 'not in', tokens: 2 };
  if (token.text === 'is' && next === 'not') return { word: 'is not', tokens: 2 };
  const isOperator = token.text in PRECEDENCE || COMPARISONS.includes(token.text);
  return isOperator ? { word: token.text, tokens: 1 } : undefined;
}

const work = (value: PythonValue): number => {
  if (value.kind === 'list') return value.items.length;
  if (value.kind === 'dict') return value.entries.size;
  return value.kind === 'text' ? value.value.length / 100 : 1;
};

function readBinary(cursor: Cursor, lowest: number): PythonValue {
  let left = readUnary(cursor);
  let isCompared = false;
  for (let found = operatorAt(cursor); found !== undefined; found = operatorAt(cursor)) {
    const precedence = PRECEDENCE[found.word] ?? COMPARISON;
    if (precedence < lowest) return left;
    if (precedence === COMPARISON && isCompared) return giveUp(cursor, 'comparisons follow each other');
    isCompared ||= precedence === COMPARISON;
    const at = placeOf(cursor);
    cursor.at += found.tokens;
    const inner: Cursor = { ...cursor, depth: cursor.depth + 1 };
    const right = readBinary(inner, found.word === '**' ? precedence : precedence + 1);
    cursor.at = inner.at;
    cursor.spend(work(left) + work(right));
    left = operate(found.word, left, right, at);
  }
  return left;
}

function readUnary(cursor: Cursor): PythonValue {
  if (cursor.depth > DEEPEST) return giveUp(cursor, 'it is nested too deep');
  const at = placeOf(cursor);
  const sign = peek(cursor);
  if (sign === undefined || sign.type === 'string' || !['not', '-', '+'].includes(sign.text))
    return readPostfix(cursor);
  const inner: Cursor = { ...cursor, at: cursor.at + 1, depth: cursor.depth + 1 };
  const value = readBinary(inner, sign.text === 'not' ? COMPARISON : UNARY);
  cursor.at = inner.at;
  return throughEnvironment(value, (known) => applySign(sign.text, known, at));
}

function applySign(sign: string, value: PythonValue, at: Place): PythonValue {
  if (sign === 'not') {
    const truth = truthOf(value);
    return truth === undefined ? unknown('it depends on what is unknown', at) : bool(!truth, at);
  }
  if (value.kind !== 'number') return unknown('a sign stands before what is no number', at);
  return sign === '-' ? number(-value.value, at) : value;
}

function readPostfix(cursor: Cursor): PythonValue {
  let value = readAtom(cursor);
  for (let token = peek(cursor); token?.type === 'operator'; token = peek(cursor)) {
    const inside = { from: cursor.at + 1, to: (token.close ?? cursor.at) as number };
    if (token.text === '.') value = readAttribute(cursor, value);
    else if (token.text === '(') value = call(cursor, inside, (given, at) => callFunction(value, given, at));
    else if (token.text === '[') {
      value = subscript(value, evaluate(cursor, inside, cursor.depth + 1), placeOf(cursor));
      cursor.at = behind(cursor.tokens, cursor.at, cursor.to);
    } else return value;
  }
  return value;
}

function call(
  cursor: Cursor,
  inside: Slice,
  perform: (given: Arguments, at: Place) => PythonValue,
): PythonValue {
  const at = placeOf(cursor);
  const given = readArguments(cursor, inside);
  cursor.at = behind(cursor.tokens, cursor.at, cursor.to);
  return perform(given, at);
}

function readAttribute(cursor: Cursor, value: PythonValue): PythonValue {
  const at = placeOf(cursor);
  cursor.at += 1;
  const name = peek(cursor);
  if (name?.type !== 'name') return giveUp(cursor, 'it is not understood');
  cursor.at += 1;
  if (value.kind === 'name')
    return {
      ...named(`${value.path}.${name.text}`, at),
      ...(value.defaults && { defaults: value.defaults }),
    };
  const open = peek(cursor);
  if (open?.text === '(' && open.type === 'operator') {
    const inside = { from: cursor.at + 1, to: open.close ?? cursor.to };
    return call(cursor, inside, (given) => callMethod(value, name.text, given, at));
  }
  return callMethod(value, name.text, undefined, at);
}

function subscript(value: PythonValue, key: PythonValue, at: Place): PythonValue {
  if (value.kind === 'name' && value.path === 'os.environ' && key.kind === 'text')
    return { kind: 'environment', name: key.value, fallback: undefined, at };
  if (value.kind === 'dict' && key.kind === 'text') {
    const entry = value.entries.get(key.value);
    if (entry !== undefined) return entry;
  }
  if (value.kind === 'list' && key.kind === 'number' && value.isWhole) {
    const item = value.items.at(key.value);
    if (item !== undefined) return item;
  }
  if (value.kind === 'environment') {
    const { fallback } = value;
    return { ...value, fallback: fallback === undefined ? undefined : subscript(fallback, key, at) };
  }
  return unknown(value.kind === 'unknown' ? value.why : 'what is taken out of it is not known', at);
}

/** The arguments of a call, and those of `dict(…)`. */
export function readArguments(scope: Scope & { readonly depth?: number }, inside: Slice): Arguments {
  const positional: PythonValue[] = [];
  const keywords = new Map<string, PythonValue>();
  const { tokens, depth = 0 } = scope;
  let isWhole = findOutside(tokens, inside, 'for') === undefined;
  for (const part of isWhole ? splitOutside(tokens, inside, ',') : []) {
    const first = tokens[part.from];
    const isStar = first?.type === 'operator' && (first.text === '*' || first.text === '**');
    const isKeyword =
      first?.type === 'name' && part.to > part.from + 1 && tokens[part.from + 1]?.text === '=';
    if (isStar) isWhole = false;
    else if (isKeyword)
      keywords.set(first.text, evaluate(scope, { from: part.from + 2, to: part.to }, depth + 1));
    else positional.push(evaluate(scope, part, depth + 1));
  }
  return { positional, keywords, isWhole };
}

function readAtom(cursor: Cursor): PythonValue {
  const token = peek(cursor);
  const at = placeOf(cursor);
  if (token === undefined) return giveUp(cursor, 'it ends too early');
  if (token.type === 'string') return readStrings(cursor);
  if (token.close !== undefined) return readBracket(cursor, token.close);
  cursor.at += 1;
  if (token.type === 'number') return readNumber(token.text, at);
  if (token.type === 'name') return readName(cursor, token.text, at);
  return giveUp(cursor, 'it is not understood');
}

function readNumber(digits: string, at: Place): PythonValue {
  const plain = digits.replaceAll('_', '');
  const isOdd = /_$|__|^0\d*[1-9]/.test(digits) && !/[.e]/i.test(digits);
  return isOdd || Number.isNaN(Number(plain)) ? unknown('an odd number', at) : number(Number(plain), at);
}

const WORDS: Readonly<Record<string, (at: Place) => PythonValue>> = {
  True: (at) => bool(true, at),
  False: (at) => bool(false, at),
  None: none,
};

/** Names of Python itself that `callFunction` understands. */
const BUILT_IN = ['bool', 'dict', 'float', 'frozenset', 'int', 'list', 'set', 'str', 'tuple'];

function readName(cursor: Cursor, word: string, at: Place): PythonValue {
  const constant = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (constant !== undefined) return constant(at);
  const bound = cursor.names.get(word);
  if (bound !== undefined) return bound;
  if (word === '__file__') return text(cursor.file, at);
  if (BUILT_IN.includes(word)) return named(word, at);
  return ['lambda', 'await', 'yield'].includes(word)
    ? giveUp(cursor, `${word} is not understood`)
    : unknown(`${word} is not known there`, at);
}

/** Strings that stand side by side are one. */
function readStrings(cursor: Cursor): PythonValue {
  const at = placeOf(cursor);
  const pieces: string[] = [];
  let kind: boolean | undefined;
  let why: string | undefined;
  for (let token = peek(cursor); token?.type === 'string'; token = peek(cursor)) {
    cursor.at += 1;
    const { string } = token;
    if (string === undefined || 'why' in string) {
      why ??= string?.why ?? 'a string is not understood';
      continue;
    }
    kind ??= string.isBytes;
    if (kind !== string.isBytes) why ??= 'bytes stand beside a text';
    pieces.push(string.value);
  }
  return why === undefined ? text(pieces.join(''), at, kind) : unknown(why, at);
}

function readBracket(cursor: Cursor, close: number): PythonValue {
  const at = placeOf(cursor);
  const opening = peek(cursor)?.text;
  const inside = { from: cursor.at + 1, to: Math.min(close, cursor.to) };
  if (close >= cursor.to) return giveUp(cursor, 'a bracket never closes');
  cursor.at = close + 1;
  const { tokens, depth } = cursor;
  if (findOutside(tokens, inside, 'for') !== undefined) return unknown('it is computed in a loop', at);
  const isDict =
    findOutside(tokens, inside, ':') !== undefined || findOutside(tokens, inside, '**') === inside.from;
  if (opening === '{' && (inside.from === inside.to || isDict)) return readEntries(cursor, inside, at);
  const isGrouping =
    opening === '(' && inside.from < inside.to && findOutside(tokens, inside, ',') === undefined;
  return isGrouping ? evaluate(cursor, inside, depth + 1) : readItems(cursor, inside, depth, at);
}

function readItems(scope: Scope, inside: Slice, depth: number, at: Place): PythonValue {
  const items: PythonValue[] = [];
  let isWhole = true;
  for (const part of splitOutside(scope.tokens, inside, ',')) {
    const isStar = scope.tokens[part.from]?.text === '*' && scope.tokens[part.from]?.type === 'operator';
    const from = isStar ? part.from + 1 : part.from;
    const item = evaluate(scope, { from, to: part.to }, depth + 1);
    scope.spend(isStar ? work(item) : 1);
    if (!isStar) items.push(item);
    else if (item.kind === 'list') for (const one of item.items) items.push(one);
    if (isStar && !(item.kind === 'list' && item.isWhole)) isWhole = false;
  }
  return list(items, at, isWhole);
}

function readEntries(cursor: Cursor, inside: Slice, at: Place): PythonValue {
  const { tokens, depth } = cursor;
  const entries = new Map<string, PythonValue>();
  let isWhole = true;
  for (const part of splitOutside(tokens, inside, ',')) {
    const line = tokens[part.from]?.line ?? at.line;
    if (tokens[part.from]?.text === '**' && tokens[part.from]?.type === 'operator') {
      const spread = evaluate(cursor, { from: part.from + 1, to: part.to }, depth + 1);
      cursor.spend(work(spread));
      if (spread.kind === 'dict') for (const [key, value] of spread.entries) entries.set(key, value);
      isWhole &&= spread.kind === 'dict' && spread.isWhole;
      continue;
    }
    const colon = findOutside(tokens, part, ':') ?? part.to;
    const key = evaluate(cursor, { from: part.from, to: colon }, depth + 1);
    const value = evaluate(cursor, { from: colon + 1, to: part.to }, depth + 1);
    if (key.kind === 'text') entries.set(key.value, { ...value, at: { file: cursor.file, line } });
    else isWhole = false;
  }
  return dict(entries, at, isWhole);
}
