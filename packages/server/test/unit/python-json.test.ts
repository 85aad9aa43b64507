import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isJsonNumber,
  JsonRefused,
  type JsonValue,
  jsonNumber,
  PythonJsonError,
  parsePythonJson,
  pythonTypeName,
} from '../../src/http/python-json.ts';
import { CODE_POINT } from '../support/code-point.ts';
import { quickestOf } from '../support/timing.ts';

function tooLong(digits: number): string {
  const rule = 'Exceeds the limit (4300 digits) for integer string conversion';
  return `${rule}: value has ${digits} digits; use sys.set_int_max_str_digits() to increase the limit`;
}

/** Each text with what Python 3.11's json.loads said of it. */
const refused: ReadonlyArray<readonly [text: string, message: string]> = [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['  ', 'Expecting value: line 1 column 3 (char 2)'],
  ['[', 'Expecting value: line 1 column 2 (char 1)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['[1', "Expecting ',' delimiter: line 1 column 3 (char 2)"],
  ['[1,', 'Expecting value: line 1 column 4 (char 3)'],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['{"a"', "Expecting ':' delimiter: line 1 column 5 (char 4)"],
  ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a":}', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ['{"a":1,', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":1]', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ["{'a':1}", 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\\q"', 'Invalid \\escape: line 1 column 3 (char 2)'],
  ['"\\u12"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\u12G4"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\u1234', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\ud83d\\ude0"', 'Invalid \\uXXXX escape: line 1 column 9 (char 8)'],
  ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['"a\tb"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['"a\u0000b"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['"\u001f"', 'Invalid control character at: line 1 column 2 (char 1)'],
  ['{"a\n":1}', 'Invalid control character at: line 1 column 4 (char 3)'],
  ['nul', 'Expecting value: line 1 column 1 (char 0)'],
  ['-', 'Expecting value: line 1 column 1 (char 0)'],
  ['-a', 'Expecting value: line 1 column 1 (char 0)'],
  ['+1', 'Expecting value: line 1 column 1 (char 0)'],
  ['.5', 'Expecting value: line 1 column 1 (char 0)'],
  ['01', 'Extra data: line 1 column 2 (char 1)'],
  ['1.', 'Extra data: line 1 column 2 (char 1)'],
  ['1e', 'Extra data: line 1 column 2 (char 1)'],
  ['1.5e+', 'Extra data: line 1 column 4 (char 3)'],
  ['{}{}', 'Extra data: line 1 column 3 (char 2)'],
  ['[1]]', 'Extra data: line 1 column 4 (char 3)'],
  ['{} x', 'Extra data: line 1 column 4 (char 3)'],
  ['"a" "b"', 'Extra data: line 1 column 5 (char 4)'],
  ['\ufeff{}', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
  [' \ufeff{}', 'Expecting value: line 1 column 2 (char 1)'],
  ['\u000b1', 'Expecting value: line 1 column 1 (char 0)'],
  ['\u00a01', 'Expecting value: line 1 column 1 (char 0)'],
  ['\u20281', 'Expecting value: line 1 column 1 (char 0)'],
  ['/* */ 1', 'Expecting value: line 1 column 1 (char 0)'],
  ['😀', 'Expecting value: line 1 column 1 (char 0)'],
  ['"😀\n"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['["😀", x]', 'Expecting value: line 1 column 7 (char 6)'],
  ['\n\n [\n "😀", x]', 'Expecting value: line 4 column 7 (char 11)'],
  ['{"é":1,\r\n "😀😀":}', 'Expecting value: line 2 column 7 (char 15)'],
  ['NaN', "Out of range float values are not JSON compliant: 'NaN'"],
  ['Infinity', "Out of range float values are not JSON compliant: 'Infinity'"],
  ['[-Infinity]', "Out of range float values are not JSON compliant: '-Infinity'"],
  ['{"a": NaN', "Out of range float values are not JSON compliant: 'NaN'"],
  ['-Inf', 'Expecting value: line 1 column 1 (char 0)'],
  ['1'.repeat(4301), tooLong(4301)],
  [`[-${'7'.repeat(5000)}`, tooLong(5000)],
];

test.each(refused)('%j is refused in the words of Python', (text, message) => {
  expect(() => parsePythonJson(text)).toThrow(new PythonJsonError(message));
});

/** Each number with what str() makes of it in Python 3.11. */
const numbers: ReadonlyArray<readonly [text: string, shown: string, type: 'int' | 'float']> = [
  ['0', '0', 'int'],
  ['-0', '0', 'int'],
  ['100', '100', 'int'],
  ['-5', '-5', 'int'],
  ['123456789012345678901234567890', '123456789012345678901234567890', 'int'],
  ['1.0', '1.0', 'float'],
  ['2.50', '2.5', 'float'],
  ['-0.0', '-0.0', 'float'],
  ['-0e0', '-0.0', 'float'],
  ['0e5', '0.0', 'float'],
  ['1e2', '100.0', 'float'],
  ['1E5', '100000.0', 'float'],
  ['1e+5', '100000.0', 'float'],
  ['1e15', '1000000000000000.0', 'float'],
  ['1e16', '1e+16', 'float'],
  ['9999999999999998.0', '9999999999999998.0', 'float'],
  ['123456789012345680.0', '1.2345678901234568e+17', 'float'],
  ['1e22', '1e+22', 'float'],
  ['0.1', '0.1', 'float'],
  ['0.0001', '0.0001', 'float'],
  ['0.00001', '1e-05', 'float'],
  ['1e-7', '1e-07', 'float'],
  ['1.5e-10', '1.5e-10', 'float'],
  ['12345678.9e-3', '12345.6789', 'float'],
  ['5e-324', '5e-324', 'float'],
  ['1e-400', '0.0', 'float'],
  ['1.7976931348623157e308', '1.7976931348623157e+308', 'float'],
  ['1e400', 'inf', 'float'],
  ['-1e400', '-inf', 'float'],
];

test.each(numbers)('the number %s shows as %s, a Python %s', (text, shown, type) => {
  const value = parsePythonJson(text);
  expect(isJsonNumber(value) && value.number).toBe(shown);
  expect(pythonTypeName(value)).toBe(type);
  expect(Object.isFrozen(value)).toBe(true);
});

test('an integer of 4,300 digits keeps every digit', () => {
  const digits = '7'.repeat(4300);
  expect(parsePythonJson(`-${digits}`)).toEqual({ number: `-${digits}` });
});

const texts: ReadonlyArray<readonly [json: string, text: string]> = [
  ['""', ''],
  ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
  ['"\\u00e9\\u00E9"', 'éé'],
  ['"\\ud83d\\ude00"', '😀'],
  ['"\\ud83d"', '\ud83d'],
  ['"\\ude00\\ud83d x"', '\ude00\ud83d x'],
  ['"\\ud83d\\u0041"', '\ud83dA'],
  ['"\\u0000"', '\0'],
  ['"\x7f\u2028é😀"', '\x7f\u2028é😀'],
];

test.each(texts)('the string %s is read', (json, text) => {
  expect(parsePythonJson(json)).toBe(text);
});

test('white space is the four characters of JSON, anywhere between the parts', () => {
  expect(parsePythonJson(' \t\r\n[ 1 ,\n{ "a" : null } ] ')).toEqual([{ number: '1' }, { a: null }]);
});

test('the last of equal keys wins', () => {
  expect(parsePythonJson('{"a":true,"b":null,"a":false}')).toEqual({ a: false, b: null });
});

test('__proto__ and constructor are refused however they are written, and objects inherit nothing [H-10]', () => {
  for (const key of ['__proto__', 'constructor', '\\u005f_proto__', 'construct\\u006fr'])
    for (const text of [`{"${key}":1}`, `[{"a":{"${key}":{}}}]`])
      expect(() => parsePythonJson(text), text).toThrow(JsonRefused);
  const value = parsePythonJson('{"prototype":{"x":"y"},"x":"__proto__"}');
  expect(Object.entries(value ?? {})).toEqual([
    ['prototype', { x: 'y' }],
    ['x', '__proto__'],
  ]);
  expect((value as Record<string, unknown>).toString).toBeUndefined();
});

test('an object with the key number is not taken for a number', () => {
  const value = parsePythonJson('{"number":"1"}');
  expect(isJsonNumber(value)).toBe(false);
  expect(pythonTypeName(value)).toBe('dict');
  expect(isJsonNumber(jsonNumber('1'))).toBe(true);
});

test.each([
  ['null', 'NoneType'],
  ['true', 'bool'],
  ['"x"', 'str'],
  ['[]', 'list'],
  ['{}', 'dict'],
])('%s is a Python %s', (json, type) => {
  expect(pythonTypeName(parsePythonJson(json))).toBe(type);
});

test('twenty levels are read, and the twenty-first is refused before the text is looked at further', () => {
  expect(parsePythonJson(`${'['.repeat(20)}${']'.repeat(20)}`)).toBeInstanceOf(Array);
  const tooDeep = new JsonRefused('JSON is nested more than 20 levels deep');
  expect(() => parsePythonJson(`${'['.repeat(20)}{`)).toThrow(tooDeep);
  expect(() => parsePythonJson(`${'{"a":'.repeat(20)}[`)).toThrow(tooDeep);
});

test('two hundred keys are read, and the next is refused, in one object or in many [H-09]', () => {
  const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"${n}":1`).join(',')}}`;
  const tooMany = new JsonRefused('JSON has more than 200 keys');
  expect(Object.keys(parsePythonJson(keys(200)) ?? {})).toHaveLength(200);
  expect(() => parsePythonJson(keys(201))).toThrow(tooMany);
  expect(() => parsePythonJson(`[${keys(100)},${keys(101)}]`)).toThrow(tooMany);
});

test('a megabyte of brackets is refused at once', () => {
  const text = '['.repeat(1_000_000);
  const refuse = () => expect(() => parsePythonJson(text)).toThrow(JsonRefused);
  expect(quickestOf(refuse)).toBeLessThan(50);
});

/** What JSON.parse would have made of it. */
function plain(value: JsonValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isJsonNumber(value)) return Number(value.number);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** Any, but for what holds a key that is refused. */
const ANY_JSON = fc
  .jsonValue({ maxDepth: 10 })
  .filter((value) => !/"(__proto__|constructor)":/.test(JSON.stringify(value)));

test('whatever JSON.stringify writes is read as the same structure', () => {
  fc.assert(
    fc.property(ANY_JSON, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const json = JSON.stringify(value, undefined, indent);
      expect(plain(parsePythonJson(json))).toEqual(JSON.parse(json));
    }),
  );
});

test('a mutated text is read or refused, and nothing else happens', () => {
  const piece = fc.constantFrom(
    '"',
    '\\',
    '\\u',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '-',
    '1',
    '.',
    'e',
    'NaN',
    '\n',
    '\0',
    '😀',
  );
  const text = fc
    .tuple(fc.json(), fc.nat(), fc.nat(3), fc.array(piece, { maxLength: 4 }))
    .map(([json, place, cut, pieces]) => {
      const at = place % (json.length + 1);
      return json.slice(0, at) + pieces.join('') + json.slice(at + cut);
    });
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: CODE_POINT })), (mutated) => {
      try {
        parsePythonJson(mutated);
      } catch (error) {
        expect(error instanceof PythonJsonError || error instanceof JsonRefused).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
