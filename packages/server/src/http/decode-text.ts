/** The bytes are not text in their charset. The message is the one Python's UnicodeDecodeError prints. */
export class PythonDecodeError extends Error {
  override readonly name = 'PythonDecodeError';
}

type Charset = 'utf-8' | 'latin-1' | 'ascii' | 'utf-16' | 'utf-16-le' | 'utf-16-be';
type ByteOrder = 'le' | 'be';

/** `used` is less than all bytes when a character was cut off at the end. */
interface Decoded {
  readonly text: string;
  readonly used: number;
}

/** Python's names for each codec, as they are after normalizing. */
const names: Readonly<Record<Charset, readonly string[]>> = {
  'utf-8': ['utf_8', 'utf8', 'u8', 'utf', 'utf8_ucs2', 'utf8_ucs4', 'cp65001'],
  'latin-1':
    'latin_1 latin1 latin l1 iso_8859_1 iso8859_1 iso8859 8859 cp819 ibm819 csisolatin1 iso_8859_1_1987 iso_ir_100'.split(
      ' ',
    ),
  ascii: 'ascii us_ascii us 646 cp367 ibm367 csascii iso646_us iso_ir_6 ansi_x3_4_1968 ansi_x3.4_1968'.split(
    ' ',
  ),
  'utf-16': ['utf_16', 'utf16', 'u16'],
  'utf-16-le': ['utf_16_le', 'utf_16le', 'unicodelittleunmarked'],
  'utf-16-be': ['utf_16_be', 'utf_16be', 'unicodebigunmarked'],
};
const charsets: ReadonlyMap<string, Charset> = new Map(
  (Object.keys(names) as Charset[]).flatMap((charset) =>
    names[charset].map((name) => [name, charset] as const),
  ),
);

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A request body as text, as REST framework's JSONParser reads it through codecs.getreader(charset): a character cut
 * off by the end of the body is dropped, a UTF-8 byte order mark stays. Charsets we do not know are ignored, as Django
 * ignores those that codecs.lookup() does not find: the text is then UTF-8.
 *
 * @throws PythonDecodeError with Python's message; positions count bytes
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  return decode(bytes, charsetNamed(charset)).text;
}

/** The text when every byte of it is good, as Python's strict bytes.decode(charset); undefined otherwise. */
export function decodeExactly(bytes: Uint8Array, charset: string | undefined): string | undefined {
  try {
    const { text, used } = decode(bytes, charsetNamed(charset));
    return used === bytes.length ? text : undefined;
  } catch (error) {
    if (error instanceof PythonDecodeError) return undefined;
    throw error;
  }
}

/** The bytes as text with U+FFFD for what is wrong: Python's bytes.decode(charset, 'replace'), used for forms. */
export function decodeLenient(bytes: Uint8Array, charset: string | undefined): string {
  const known = charsetNamed(charset);
  switch (known) {
    case 'utf-8':
      return lenientUtf8.decode(bytes);
    case 'latin-1':
      return latin1(bytes);
    case 'ascii':
      return latin1(bytes).replace(/[\u0080-\u00ff]/g, '\ufffd');
    case 'utf-16':
      return lenientUtf16(
        byteOrderMark(bytes) === undefined ? bytes : bytes.subarray(2),
        byteOrderMark(bytes) ?? 'le',
      );
    default:
      return lenientUtf16(bytes, known === 'utf-16-le' ? 'le' : 'be');
  }
}

/** Python normalizes the name of a codec before it looks for it: `UTF 8`, `utf-8` and `"utf_8"` are one. */
function charsetNamed(name: string | undefined): Charset {
  if (name === undefined || name === 'utf-8') return 'utf-8';
  const normal = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '_')
    .replace(/^_|_$/g, '');
  return charsets.get(normal) ?? 'utf-8';
}

function decode(bytes: Uint8Array, charset: Charset): Decoded {
  switch (charset) {
    case 'utf-8':
      return decodeUtf8(bytes);
    case 'latin-1':
      return { text: latin1(bytes), used: bytes.length };
    case 'ascii': {
      const bad = bytes.findIndex((byte) => byte > 0x7f);
      if (bad >= 0) throw fault('ascii', bytes, bad, 1, 'ordinal not in range(128)');
      return { text: latin1(bytes), used: bytes.length };
    }
    case 'utf-16': {
      const order = byteOrderMark(bytes);
      const decoded = decodeUtf16(bytes, order ?? 'le', order === undefined ? 0 : 2);
      if (order === undefined && decoded.used > 0) {
        throw new PythonDecodeError('UTF-16 stream does not start with BOM');
      }
      return decoded;
    }
    default:
      return decodeUtf16(bytes, charset === 'utf-16-le' ? 'le' : 'be', 0);
  }
}

function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: strictUtf8.decode(bytes), used: bytes.length };
  } catch {
    const used = wholeUtf8(bytes);
    return { text: strictUtf8.decode(bytes.subarray(0, used)), used };
  }
}

/** How many bytes make whole characters, when only the last character is cut off; throws at the first fault. */
function wholeUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const size = utf8Size(lead);
    if (size === 0) throw fault('utf-8', bytes, at, 1, 'invalid start byte');
    let good = 1;
    while (good < size && continuesUtf8(lead, good, bytes[at + good])) good += 1;
    if (good < size) {
      // CPython also takes the first two bytes of an encoded surrogate for a character cut off at the end.
      const isHalfSurrogate =
        lead === 0xed && at + 2 === bytes.length && ((bytes[at + 1] ?? 0) & 0xc0) === 0x80;
      if (at + good === bytes.length || isHalfSurrogate) return at;
      throw fault('utf-8', bytes, at, good, 'invalid continuation byte');
    }
    at += size;
  }
  return at;
}

function utf8Size(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** The second byte of E0, ED, F0 and F4 has a narrower range: no overlong forms, no surrogates, at most U+10FFFF. */
function continuesUtf8(lead: number, index: number, byte: number | undefined): boolean {
  if (byte === undefined || (byte & 0xc0) !== 0x80) return false;
  if (index > 1) return true;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte < 0x90;
}

function decodeUtf16(bytes: Uint8Array, order: ByteOrder, from: number): Decoded {
  const text = utf16Units(bytes.subarray(from), order);
  const lone = /\p{Surrogate}/u.exec(text);
  if (lone === null) return { text, used: from + text.length * 2 };
  const at = from + lone.index * 2;
  const isHigh = lone[0] < '\udc00';
  if (isHigh && lone.index === text.length - 1) return { text: text.slice(0, -1), used: at };
  const reason = isHigh ? 'illegal UTF-16 surrogate' : 'illegal encoding';
  throw fault(`utf-16-${order}`, bytes, at, 2, reason);
}

function lenientUtf16(bytes: Uint8Array, order: ByteOrder): string {
  const text = utf16Units(bytes, order);
  // An odd byte after half a pair is one fault with it, not two.
  const tail = bytes.length % 2 === 1 && !/[\ud800-\udbff]$/.test(text) ? '\ufffd' : '';
  return text.replace(/\p{Surrogate}/gu, '\ufffd') + tail;
}

function utf16Units(bytes: Uint8Array, order: ByteOrder): string {
  const units = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return (order === 'le' ? units : units.swap16()).toString('utf16le');
}

function byteOrderMark(bytes: Uint8Array): ByteOrder | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'be' : undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function fault(
  codec: string,
  bytes: Uint8Array,
  at: number,
  size: number,
  reason: string,
): PythonDecodeError {
  const where =
    size === 1
      ? `byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')} in position ${at}`
      : `bytes in position ${at}-${at + size - 1}`;
  return new PythonDecodeError(`'${codec}' codec can't decode ${where}: ${reason}`);
}
