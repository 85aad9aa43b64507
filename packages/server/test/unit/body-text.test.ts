import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeExactly, decodeLenient, decodeText, PythonDecodeError } from '../../src/http/decode-text.ts';
import { MultipartError, parseForm, parseMultipart, TooManyFields } from '../../src/http/form-body.ts';
import { codePointLength, firstLoneSurrogate, strip } from '../../src/http/python-text.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** Each body, with its charset, and what Python 3.11's codecs said of it. */
const undecodable: ReadonlyArray<readonly [body: string, charset: string | undefined, message: string]> = [
  [
    '{"username":"\xff\xfe"}',
    undefined,
    "'utf-8' codec can't decode byte 0xff in position 13: invalid start byte",
  ],
  ['\xff\xfe{\0', undefined, "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"],
  ['a\x80', 'utf-8', "'utf-8' codec can't decode byte 0x80 in position 1: invalid start byte"],
  ['\xc1\xbf', 'utf-8', "'utf-8' codec can't decode byte 0xc1 in position 0: invalid start byte"],
  ['\xc3A', 'utf-8', "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"],
  ['A\xe0\x80', 'utf-8', "'utf-8' codec can't decode byte 0xe0 in position 1: invalid continuation byte"],
  ['\xed\xa0\x80', 'utf-8', "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"],
  ['\xf0\x9f\x98A', 'utf-8', "'utf-8' codec can't decode bytes in position 0-2: invalid continuation byte"],
  ['\xf4\x90', 'bogus', "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte"],
  ['ab\xe9c', 'US-ASCII', "'ascii' codec can't decode byte 0xe9 in position 2: ordinal not in range(128)"],
  ['A\0\0\xdc', 'utf-16-le', "'utf-16-le' codec can't decode bytes in position 2-3: illegal encoding"],
  [
    '\xd8\0\0A',
    'utf-16-be',
    "'utf-16-be' codec can't decode bytes in position 0-1: illegal UTF-16 surrogate",
  ],
  ['\xff\xfe\0\xdc', 'utf-16', "'utf-16-le' codec can't decode bytes in position 2-3: illegal encoding"],
  ['A\0', 'utf-16', 'UTF-16 stream does not start with BOM'],
];

test.each(undecodable)('the bytes %j in %s are refused in the words of Python', (body, charset, message) => {
  expect(() => decodeText(bytes(body), charset)).toThrow(new PythonDecodeError(message));
});

const decodable: ReadonlyArray<readonly [body: Buffer, charset: string | undefined, text: string]> = [
  [Buffer.from('é😀'), undefined, 'é😀'],
  [Buffer.from('é😀'), 'UTF 8', 'é😀'],
  [Buffer.from('é'), 'bogus', 'é'],
  [Buffer.from('\ufeff{}'), 'utf-8', '\ufeff{}'],
  [bytes('\xe9\x80'), 'latin-1', 'é\x80'],
  [bytes('\xe9'), 'ISO-8859-1', 'é'],
  [bytes('abc'), 'ascii', 'abc'],
  [utf16('\ufeffé😀'), 'utf-16', 'é😀'],
  [utf16('\ufeffé😀').swap16(), 'utf-16', 'é😀'],
  [utf16('\ufeffé'), 'utf-16le', '\ufeffé'],
  [utf16('é').swap16(), 'UTF-16BE', 'é'],
  [bytes('a\xc3'), undefined, 'a'],
  [bytes('a\xf0\x9f\x98'), undefined, 'a'],
  [bytes('a\xed\xa0'), undefined, 'a'],
  [utf16('a\ud83d'), 'utf-16-le', 'a'],
  [bytes('a\0b'), 'utf-16-le', 'a'],
];

test.each(decodable)(
  'the bytes %j in %s are read, less a character cut off at the end',
  (body, charset, text) => {
    expect(decodeText(body, charset)).toBe(text);
  },
);

test('bytes are exactly text only when nothing is wrong and nothing is cut off', () => {
  expect(decodeExactly(Buffer.from('é'), undefined)).toBe('é');
  expect(decodeExactly(bytes('a\xc3'), undefined)).toBeUndefined();
  expect(decodeExactly(bytes('\xff'), undefined)).toBeUndefined();
});

test.each([
  [bytes('a\xff\xf0\x9f'), 'utf-8', 'a\ufffd\ufffd'],
  [bytes('a\xe9'), 'ascii', 'a\ufffd'],
  [bytes('\xe9'), 'latin-1', 'é'],
  [bytes('A\0\0\xd8a'), 'utf-16-le', 'A\ufffd'],
  [bytes('\xfe\xff\0A\xdc\0a'), 'utf-16', 'A\ufffd\ufffd'],
  [bytes('abc'), 'utf-16', '\u6261\ufffd'],
])('the bytes %j in %s are read leniently', (body, charset, text) => {
  expect(decodeLenient(body, charset)).toBe(text);
});

const forms: ReadonlyArray<readonly [string, string | undefined, [string, string][]]> = [
  ['', undefined, []],
  [
    'a=1&b=2&a=3',
    undefined,
    [
      ['a', '3'],
      ['b', '2'],
    ],
  ],
  ['text=a+b%2Bc', undefined, [['text', 'a b+c']]],
  [
    'a&b=&=c&&',
    undefined,
    [
      ['a', ''],
      ['b', ''],
      ['', 'c'],
    ],
  ],
  ['a=b=c;d', undefined, [['a', 'b=c;d']]],
  ['text=a%0Ab%00c', undefined, [['text', 'a\nb\0c']]],
  ['text=%E9', undefined, [['text', '\ufffd']]],
  ['text=%E9', 'latin-1', [['text', 'é']]],
  ['text=%c3%a9%zz%2', undefined, [['text', 'é%zz%2']]],
  ['text=\xc3\xa9%20\xc3', undefined, [['text', 'Ã© Ã']]],
  ['text=\xc3\xa9', undefined, [['text', 'é']]],
  ['__proto__=1', undefined, [['__proto__', '1']]],
];

test.each(forms)('the form %j in %s is read as QueryDict does', (body, charset, fields) => {
  expect(Object.entries(parseForm(bytes(body), charset))).toEqual(fields);
});

test('a form may have 1,000 fields and not one more', () => {
  expect(Object.keys(parseForm(bytes(`a=1${'&b=2'.repeat(999)}`), undefined))).toEqual(['a', 'b']);
  expect(() => parseForm(bytes('&'.repeat(1000)), undefined)).toThrow(TooManyFields);
});

function part(disposition: string, value: string, headers = ''): string {
  return `--B\r\n${headers}Content-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
}
const MULTIPART = 'multipart/form-data; boundary=B';

test('multipart fields are read, the last of a name wins, and a file stands as its name', async () => {
  const body =
    part('name="a"', 'one') +
    part('name=" a "', '\r\ntwo\n') +
    part('name="__proto__"', '\xc3\xa9\xff', 'Content-Type: text/plain; charset=latin-1\r\n') +
    part('name="empty"; filename=""', '') +
    part('name="f"; filename="C:\\d/photo.png"', 'x') +
    part('name="f"', 'hidden by the file') +
    part('name=""; filename="nameless"', 'x');
  const fields = await parseMultipart(bytes(`${body}--B--\r\nepilogue`), MULTIPART);
  expect(Object.entries(fields)).toEqual([
    ['a', '\r\ntwo\n'],
    ['__proto__', 'é\ufffd'],
    ['empty', ''],
    ['f', { file: 'photo.png' }],
  ]);
});

test('multipart values are in the charset of the whole body', async () => {
  const body = bytes(`${part('name="a"', '\xe9')}--B--`);
  expect(await parseMultipart(body, 'multipart/form-data; charset="latin-1"; Boundary="B"')).toEqual({
    a: 'é',
  });
});

test.each([
  ['multipart/form-data', 'Invalid boundary in multipart: None'],
  ['multipart/form-data; boundary=', 'Invalid boundary in multipart: '],
  ['multipart/form-data; boundary="a\tb"', 'Invalid boundary in multipart: a\tb'],
  [`multipart/form-data; boundary=${'z'.repeat(202)}`, `Invalid boundary in multipart: ${'z'.repeat(202)}`],
  [
    'multipart/form-data; boundary=é',
    'Invalid non-ASCII Content-Type in multipart: multipart/form-data; boundary=é',
  ],
  ['MULTIPART/form-data; boundary=B', 'Invalid Content-Type: MULTIPART/form-data; boundary=B'],
])('the content type %j is refused in the words of Django', async (header, message) => {
  await expect(parseMultipart(bytes('x'), header)).rejects.toThrow(new MultipartError(message));
});

test.each([["'()+_,-./:=?"], ['a b'], ['a"b\\c;d'], ['z'.repeat(201)]])(
  'the boundary %j is used',
  async (boundary) => {
    const header = `multipart/form-data; boundary="${boundary.replace(/["\\]/g, '\\$&')}"`;
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--${boundary}--`;
    expect(await parseMultipart(bytes(body), header)).toEqual({ a: 'v' });
  },
);

test('a body that is not multipart has no fields, and one that is cut off has those that came', async () => {
  expect(await parseMultipart(bytes('garbage'), MULTIPART)).toEqual({});
  expect(await parseMultipart(bytes(''), MULTIPART)).toEqual({});
  const cut = part('name="a"', 'v') + part('name="b"', 'beginning');
  expect(await parseMultipart(bytes(cut.slice(0, -4)), MULTIPART)).toEqual({ a: 'v', b: 'beginni' });
});

test('a multipart body may have 1,000 fields and 100 files, and not one more', async () => {
  const field = part('name="a"', 'v');
  const file = part('name="f"; filename="x"', 'v');
  const read = (body: string) => parseMultipart(bytes(`${body}--B--`), MULTIPART);
  expect(await read(field.repeat(1000))).toEqual({ a: 'v' });
  await expect(read(field.repeat(1001))).rejects.toThrow(TooManyFields);
  expect(await read(file.repeat(100))).toEqual({ f: { file: 'x' } });
  await expect(read(file.repeat(101))).rejects.toThrow(TooManyFields);
});

test('whatever the body, reading it comes to an end with fields or a known error', async () => {
  const pieces = [
    '--B',
    '--B--',
    '\r\n',
    '\r\n\r\n',
    '\r',
    '-',
    'Content-Disposition: form-data; name="a"',
    ';',
    '\0',
  ];
  const body = fc.array(fc.constantFrom(...pieces), { maxLength: 15 }).map((chosen) => chosen.join(''));
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('', '--B\r\n'), async (text, start) => {
      expect(await parseMultipart(bytes(start + text), MULTIPART)).toBeTypeOf('object');
    }),
    { numRuns: 500 },
  );
});

test('strip takes off the white space of Python, and no other', () => {
  const white = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000';
  expect(strip(`${white}a${white}b${white}`)).toBe(`a${white}b`);
  expect(strip(white)).toBe('');
  for (const kept of ['\ufeff', '\u200b', '\u180e', '\0', '\x1b', '\u2060']) expect(strip(kept)).toBe(kept);
});

test('a text is as long as it has code points', () => {
  expect(['', 'é', '😀', 'a😀b', '\ud83d', '\ude00\ud83d', '\ud83d😀'].map(codePointLength)).toEqual([
    0, 1, 1, 3, 1, 2, 2,
  ]);
});

test('the first lone surrogate is named', () => {
  expect(firstLoneSurrogate('a😀')).toBeUndefined();
  expect(firstLoneSurrogate('😀\udc00\ud800')).toBe('U+DC00');
  expect(firstLoneSurrogate('\ud800😀')).toBe('U+D800');
});
