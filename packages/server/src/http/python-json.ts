import { codePointLength } from './python-text.ts';

/** A number of a JSON text, kept as the text Python's str() shows for it: `42`, `1.0`, `1e+22`, `-inf`. */
export type JsonNumber = { readonly number: string };

/** An object of a JSON text. It has no prototype, so `__proto__` is a key like any other. */
export type JsonObject = { [key: string]: JsonValue };

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;

/** The text is not JSON as CPython reads it. The message is Python's own. */
export class PythonJsonError extends Error {
  override readonly name = 'PythonJsonError';
}

/** The text may be JSON, but is of a shape that no honest client sends; Django's own parser crashes on the deepest. */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused';
}

/** Where the reading stands. `at` counts UTF-16 units; only messages count code points. */
interface Scanner {
  readonly text: string;
  at: number;
  /** keys read so far, of all objects */
  keys: number;
}

const DEEPEST = 20;
const MOST_KEYS = 200;
/** Keys that mean something to code that copies objects carelessly. Ours does not; who embeds it may. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor']);
/** sys.int_info.default_max_str_digits: CPython 3.11 refuses to read longer integers. */
const MOST_DIGITS = 4300;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The first unit that ends a plain run of a string: a quote, a backslash or a control character. */
const endOfRun = /[^ !#-[\]-\uffff]/g;
const numberText = /(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)/y;
const fourHexDigits = /^[0-9A-Fa-f]{4}$/;

const words: ReadonlyArray<readonly [string, null | boolean]> = [
  ['null', null],
  ['true', true],
  ['false', false],
];
const refusedWords = ['NaN', 'Infinity', '-Infinity'];

const escapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);

/** What every JsonNumber inherits from: how it is told from an object with the key `number`. */
const numberKind: object = Object.freeze(Object.create(null));

/** Makes the JsonNumber that shows as `text`. */
export function jsonNumber(text: string): JsonNumber {
  return Object.freeze(Object.assign(Object.create(numberKind), { number: text }));
}

/** Whether the value is a number, and not an object that happens to have the key `number`. */
export function isJsonNumber(value: JsonValue): value is JsonNumber {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === numberKind;
}

/** The name of the Python type that json.loads makes of the value, as REST framework puts it into its messages. */
export function pythonTypeName(
  value: JsonValue,
): 'dict' | 'list' | 'str' | 'int' | 'float' | 'bool' | 'NoneType' {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  if (!isJsonNumber(value)) return 'dict';
  return /^-?[0-9]+$/.test(value.number) ? 'int' : 'float';
}

/**
 * Reads a JSON text as CPython 3.11's json.loads (C scanner, strict strings) does when REST framework's JSONParser
 * calls it with STRICT_JSON: the same texts are accepted, the last of equal keys wins, lone surrogates may come from
 * escapes, and NaN and the infinities are refused.
 *
 * @throws PythonJsonError with Python's message, whose positions count code points
 * @throws JsonRefused above 20 levels (Python would go on until it crashes) or 200 keys in all, and for the keys
 *   `__proto__` and `constructor`
 */
export function parsePythonJson(text: string): JsonValue {
  if (text.startsWith('\ufeff')) throw fault('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0);
  const scanner: Scanner = { text, at: 0, keys: 0 };
  skipWhite(scanner);
  const value = scanValue(scanner, 0);
  skipWhite(scanner);
  if (scanner.at !== text.length) throw fault('Extra data', text, scanner.at);
  return value;
}

function scanValue(scanner: Scanner, depth: number): JsonValue {
  const code = scanner.text.charCodeAt(scanner.at);
  if (code === QUOTE) return scanString(scanner);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) {
    if (depth === DEEPEST) throw new JsonRefused(`JSON is nested more than ${DEEPEST} levels deep`);
    return code === OPEN_BRACE ? scanObject(scanner, depth + 1) : scanArray(scanner, depth + 1);
  }
  return scanNumber(scanner) ?? scanWord(scanner);
}

function scanObject(scanner: Scanner, depth: number): JsonObject {
  const { text } = scanner;
  const object: JsonObject = Object.create(null);
  scanner.at += 1;
  skipWhite(scanner);
  if (takes(scanner, CLOSE_BRACE)) return object;
  for (;;) {
    if (text.charCodeAt(scanner.at) !== QUOTE) {
      throw fault('Expecting property name enclosed in double quotes', text, scanner.at);
    }
    const key = scanKey(scanner);
    skipWhite(scanner);
    if (!takes(scanner, COLON)) throw fault("Expecting ':' delimiter", text, scanner.at);
    skipWhite(scanner);
    object[key] = scanValue(scanner, depth);
    skipWhite(scanner);
    if (takes(scanner, CLOSE_BRACE)) return object;
    if (!takes(scanner, COMMA)) throw fault("Expecting ',' delimiter", text, scanner.at);
    skipWhite(scanner);
  }
}

function scanKey(scanner: Scanner): string {
  scanner.keys += 1;
  if (scanner.keys > MOST_KEYS) throw new JsonRefused(`JSON has more than ${MOST_KEYS} keys`);
  const key = scanString(scanner);
  if (REFUSED_KEYS.has(key)) throw new JsonRefused(`JSON may not have the key "${key}"`);
  return key;
}

function scanArray(scanner: Scanner, depth: number): JsonValue[] {
  const array: JsonValue[] = [];
  scanner.at += 1;
  skipWhite(scanner);
  if (takes(scanner, CLOSE_BRACKET)) return array;
  for (;;) {
    array.push(scanValue(scanner, depth));
    skipWhite(scanner);
    if (takes(scanner, CLOSE_BRACKET)) return array;
    if (!takes(scanner, COMMA)) throw fault("Expecting ',' delimiter", scanner.text, scanner.at);
    skipWhite(scanner);
  }
}

function scanString(scanner: Scanner): string {
  const { text } = scanner;
  const begin = scanner.at;
  let before = '';
  let from = begin + 1;
  for (;;) {
    endOfRun.lastIndex = from;
    const stop = endOfRun.test(text) ? endOfRun.lastIndex - 1 : text.length;
    const run = text.slice(from, stop);
    const code = text.charCodeAt(stop);
    if (code === QUOTE) {
      scanner.at = stop + 1;
      return before === '' ? run : before + run;
    }
    if (stop === text.length || (code === BACKSLASH && stop + 1 === text.length)) {
      throw fault('Unterminated string starting at', text, begin);
    }
    if (code !== BACKSLASH) throw fault('Invalid control character at', text, stop);
    scanner.at = stop;
    before += run + scanEscape(scanner);
    from = scanner.at;
  }
}

/** Two escapes that make a surrogate pair join by standing next to each other; a lone one stays, as in Python. */
function scanEscape(scanner: Scanner): string {
  const { text, at } = scanner;
  const letter = text.charAt(at + 1);
  if (letter !== 'u') {
    const plain = escapes.get(letter);
    if (plain === undefined) throw fault('Invalid \\escape', text, at);
    scanner.at = at + 2;
    return plain;
  }
  const digits = text.slice(at + 2, at + 6);
  // CPython wants at least one more character after the digits before it looks at them.
  if (at + 6 >= text.length || !fourHexDigits.test(digits)) {
    throw fault('Invalid \\uXXXX escape', text, at + 1);
  }
  scanner.at = at + 6;
  return String.fromCharCode(Number.parseInt(digits, 16));
}

function scanNumber(scanner: Scanner): JsonNumber | undefined {
  numberText.lastIndex = scanner.at;
  const found = numberText.exec(scanner.text);
  if (found === null) return undefined;
  const [whole, integer = '', rest = ''] = found;
  scanner.at += whole.length;
  if (rest !== '') return jsonNumber(pythonFloat(Number(whole)));
  const digits = integer.length - (integer.startsWith('-') ? 1 : 0);
  if (digits > MOST_DIGITS) {
    throw new PythonJsonError(
      `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion: value has ${digits} digits; ` +
        'use sys.set_int_max_str_digits() to increase the limit',
    );
  }
  return jsonNumber(integer === '-0' ? '0' : integer);
}

/** repr() of a Python float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. */
function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return value < 0 ? '-inf' : 'inf';
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (size < 1e-4 || size >= 1e16) {
    return value.toExponential().replace(/(?<=e[-+])(?=[0-9]$)/, '0');
  }
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

function scanWord(scanner: Scanner): null | boolean {
  const { text, at } = scanner;
  for (const [word, value] of words) {
    if (!text.startsWith(word, at)) continue;
    scanner.at += word.length;
    return value;
  }
  const refused = refusedWords.find((word) => text.startsWith(word, at));
  if (refused === undefined) throw fault('Expecting value', text, at);
  throw new PythonJsonError(`Out of range float values are not JSON compliant: '${refused}'`);
}

function skipWhite(scanner: Scanner): void {
  for (;;) {
    const code = scanner.text.charCodeAt(scanner.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    scanner.at += 1;
  }
}

function takes(scanner: Scanner, code: number): boolean {
  if (scanner.text.charCodeAt(scanner.at) !== code) return false;
  scanner.at += 1;
  return true;
}

/** json.JSONDecodeError's message: `<what>: line 1 column 2 (char 1)`. */
function fault(what: string, text: string, at: number): PythonJsonError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = codePointLength(before.slice(before.lastIndexOf('\n') + 1)) + 1;
  return new PythonJsonError(`${what}: line ${line} column ${column} (char ${codePointLength(before)})`);
}
