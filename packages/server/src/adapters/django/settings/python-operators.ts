import { posix } from 'node:path';
import {
  bool,
  dict,
  duration,
  list,
  number,
  type Place,
  type PythonValue,
  path,
  text,
  throughEnvironment,
  truthOf,
  unknown,
} from './python-value.ts';

/** Values above this many entries or letters are not put together: hostile files double them line by line. */
const LARGEST = 100_000;

function joinTexts(left: PythonValue, right: PythonValue, at: Place): PythonValue | undefined {
  if (left.kind !== 'text' || right.kind !== 'text' || left.isBytes !== right.isBytes) return undefined;
  return left.value.length + right.value.length > LARGEST
    ? unknown('the text grows too long', at)
    : text(left.value + right.value, at, left.isBytes);
}

/** A list with something unknown added stays a list that is not whole. */
function joinLists(left: PythonValue, right: PythonValue, at: Place): PythonValue | undefined {
  if (left.kind === 'list' && right.kind === 'list') {
    return left.items.length + right.items.length > LARGEST
      ? unknown('the list grows too long', at)
      : list([...left.items, ...right.items], at, left.isWhole && right.isWhole);
  }
  const known = left.kind === 'list' ? left : right;
  const other = left.kind === 'list' ? right : left;
  const isOpen = known.kind === 'list' && (other.kind === 'unknown' || other.kind === 'environment');
  return isOpen ? list(known.items, at, false) : undefined;
}

/** `dict | dict` and `dict.update`: the right one wins. With something unknown the whole is no longer certain. */
export function mergeDicts(left: PythonValue, right: PythonValue, at: Place): PythonValue | undefined {
  if (left.kind !== 'dict' || right.kind !== 'dict') return undefined;
  return dict(new Map([...left.entries, ...right.entries]), at, left.isWhole && right.isWhole);
}

function ofNumbers(operator: string, a: number, b: number, at: Place): PythonValue | undefined {
  if (b === 0 && ['/', '//', '%'].includes(operator)) return undefined;
  const results: Readonly<Record<string, () => number>> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '//': () => Math.floor(a / b),
    '%': () => a - b * Math.floor(a / b),
    '**': () => a ** b,
  };
  const result = results[operator];
  return result === undefined ? undefined : number(result(), at);
}

function secondsOf(operator: string, left: PythonValue, right: PythonValue): number | undefined {
  if (left.kind === 'duration' && right.kind === 'duration') {
    if (operator === '+') return left.seconds + right.seconds;
    return operator === '-' ? left.seconds - right.seconds : undefined;
  }
  if (left.kind === 'number' && right.kind === 'duration' && operator === '*')
    return left.value * right.seconds;
  if (left.kind !== 'duration' || right.kind !== 'number') return undefined;
  if (operator === '*') return left.seconds * right.value;
  return operator === '/' && right.value !== 0 ? left.seconds / right.value : undefined;
}

function arithmetic(
  operator: string,
  left: PythonValue,
  right: PythonValue,
  at: Place,
): PythonValue | undefined {
  if (left.kind === 'number' && right.kind === 'number')
    return ofNumbers(operator, left.value, right.value, at);
  const seconds = secondsOf(operator, left, right);
  if (seconds !== undefined) return duration(seconds, at);
  if (operator === '+') return joinTexts(left, right, at) ?? joinLists(left, right, at);
  if (operator === '|') return mergeDicts(left, right, at);
  const isPath = operator === '/' && left.kind === 'path' && (right.kind === 'text' || right.kind === 'path');
  return isPath ? path(posix.resolve(left.value, right.value), at) : undefined;
}

/** Python's ==; undefined where it cannot be said. */
function isEqual(left: PythonValue, right: PythonValue): boolean | undefined {
  if (left.kind === 'none' || right.kind === 'none') return left.kind === right.kind;
  const isPlain = (value: PythonValue) =>
    value.kind === 'text' || value.kind === 'number' || value.kind === 'bool';
  if (!isPlain(left) || !isPlain(right)) return undefined;
  const [a, b] = [left, right].map((value) => ('value' in value ? value.value : undefined));
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return Number(a) === Number(b);
}

function isIn(left: PythonValue, right: PythonValue): boolean | undefined {
  if (left.kind === 'text' && right.kind === 'text') return right.value.includes(left.value);
  if (left.kind === 'text' && right.kind === 'dict')
    return right.entries.has(left.value) || (right.isWhole ? false : undefined);
  if (right.kind !== 'list') return undefined;
  const answers = right.items.map((item) => isEqual(left, item));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) || !right.isWhole ? undefined : false;
}

function isOrdered(operator: string, left: PythonValue, right: PythonValue): boolean | undefined {
  if (left.kind !== 'number' || right.kind !== 'number') return undefined;
  if (operator === '<') return left.value < right.value;
  if (operator === '>') return left.value > right.value;
  return operator === '<=' ? left.value <= right.value : left.value >= right.value;
}

function compare(operator: string, left: PythonValue, right: PythonValue): boolean | undefined {
  const not = (answer: boolean | undefined) => (answer === undefined ? undefined : !answer);
  if (left.kind === 'unknown' || right.kind === 'unknown') return undefined;
  if (operator === '==' || operator === 'is') return isEqual(left, right);
  if (operator === '!=' || operator === 'is not') return not(isEqual(left, right));
  if (operator === 'in') return isIn(left, right);
  return operator === 'not in' ? not(isIn(left, right)) : isOrdered(operator, left, right);
}

const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'in', 'not in', 'is', 'is not'];

function choose(operator: 'and' | 'or', left: PythonValue, right: PythonValue): PythonValue | undefined {
  const truth = truthOf(left);
  if (truth === undefined) return undefined;
  return truth === (operator === 'or') ? left : right;
}

function operateOnKnown(operator: string, left: PythonValue, right: PythonValue, at: Place): PythonValue {
  const because = left.kind === 'unknown' ? left : right;
  const why = because.kind === 'unknown' ? because.why : `"${operator}" of these is not understood`;
  if (operator === 'and' || operator === 'or') return choose(operator, left, right) ?? unknown(why, at);
  if (!COMPARISONS.includes(operator)) return arithmetic(operator, left, right, at) ?? unknown(why, at);
  const answer = compare(operator, left, right);
  return answer === undefined ? unknown(why, at) : bool(answer, at);
}

/**
 * What Python's operator makes of two values. What comes from the environment stays so; the fallback is what
 * the operator makes of its fallback.
 */
export function operate(operator: string, left: PythonValue, right: PythonValue, at: Place): PythonValue {
  const isList = left.kind === 'list' || right.kind === 'list';
  if (operator === '+' && isList) return operateOnKnown(operator, left, right, at);
  if (left.kind === 'environment' && right.kind === 'environment')
    return unknown('it comes from two environment variables', at);
  if (left.kind === 'environment' && left.fallback === undefined && operator === 'or')
    return { ...left, fallback: right };
  if (left.kind === 'environment')
    return throughEnvironment(left, (value) => operateOnKnown(operator, value, right, at));
  return throughEnvironment(right, (value) => operateOnKnown(operator, left, value, at));
}
