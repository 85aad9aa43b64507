import type { BusboyFileStream } from '@fastify/busboy';
import { decodeExactly, decodeLenient } from './decode-text.ts';
import { strip } from './python-text.ts';

/** What stands in the place of a file: its name without folders. */
export type UploadedFile = { readonly file: string };

/** What is in the files that are kept: beside the data, so that nothing writes it into an answer or a log. */
const CONTENTS = new WeakMap<object, Uint8Array>();

/** What is in a file; undefined when the value is none, or was not kept. */
export function contentOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'object' && value !== null ? CONTENTS.get(value) : undefined;
}

/** The fields of a form, the last of each name. It has no prototype, so `__proto__` is a name like any other. */
export type FormFields = { [name: string]: string | UploadedFile };

/** More fields or files than Django reads; it answers 400. */
export class TooManyFields extends Error {
  override readonly name = 'TooManyFields';
}

/** The Content-Type header of a multipart body is of no use. The message is Django's MultiPartParserError's. */
export class MultipartError extends Error {
  override readonly name = 'MultipartError';
}

/** DATA_UPLOAD_MAX_NUMBER_FIELDS and DATA_UPLOAD_MAX_NUMBER_FILES, as Django has them unless told. */
const MOST_FIELDS = 1000;
const MOST_FILES = 100;

/** How many parts and files a body may have, and whether what is in the files is kept. */
export interface MultipartLimits {
  readonly parts: number;
  readonly files: number;
  readonly keepsFiles: boolean;
}

const AS_DJANGO: MultipartLimits = { parts: MOST_FIELDS, files: MOST_FILES, keepsFiles: false };

interface Part {
  readonly name: string;
  /** empty when the part is a plain field */
  readonly fileName: string;
  readonly stream: BusboyFileStream;
  readonly chunks: Buffer[];
}

/**
 * Reads an application/x-www-form-urlencoded body as Django's QueryDict does: only `&` separates, `+` is a space, a
 * name without `=` is blank, escapes are decoded in the charset with U+FFFD for bad bytes, and a body that is not in
 * its charset is taken for latin-1.
 *
 * @throws TooManyFields above 1,000 fields, blank ones counted
 */
export function parseForm(bytes: Uint8Array, charset: string | undefined): FormFields {
  const text = decodeExactly(bytes, charset) ?? decodeLenient(bytes, 'latin-1');
  const pairs = text.split('&');
  if (pairs.length > MOST_FIELDS) throw new TooManyFields(`the form has more than ${MOST_FIELDS} fields`);
  const fields: FormFields = Object.create(null);
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    fields[unquote(name, charset)] = equals < 0 ? '' : unquote(pair.slice(equals + 1), charset);
  }
  return fields;
}

/** urllib.parse.unquote() after `+` became a space: each run of ASCII is decoded on its own, the rest is kept. */
function unquote(text: string, charset: string | undefined): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  return spaced.replace(/\p{ASCII}+/gu, (run) => decodeLenient(percentBytes(run), charset));
}

function percentBytes(ascii: string): Uint8Array {
  return Buffer.from(
    ascii.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    'latin1',
  );
}

/**
 * Reads a multipart/form-data body as Django's MultiPartParser does: values are decoded in the charset of the whole
 * body with U+FFFD for bad bytes, a part with an empty file name is a field, a file hides a field of the same name,
 * a file without a name
 * is dropped, and what is not a part is passed over in silence.
 *
 * @throws MultipartError when the header names no usable boundary
 * @throws TooManyFields above 1,000 parts or 100 files, unless other limits are given
 */
export async function parseMultipart(
  bytes: Uint8Array,
  contentTypeHeader: string,
  limits = AS_DJANGO,
): Promise<FormFields> {
  const boundary = multipartBoundary(contentTypeHeader);
  const charset = contentTypeParameter(contentTypeHeader, 'charset');
  const parts = await readParts(bytes, boundary, limits.parts);
  const files = parts.filter((part) => part.fileName !== '' && part.name !== '');
  if (files.length > limits.files)
    throw new TooManyFields(`the form has more than ${limits.files} file${limits.files === 1 ? '' : 's'}`);
  const fields: FormFields = Object.create(null);
  for (const part of parts) {
    if (part.fileName !== '') continue;
    fields[nameIn(charset, part)] = decodeLenient(Buffer.concat(part.chunks), charset);
  }
  for (const part of files) {
    const file = part.fileName.replace(/^.*[/\\]/s, '');
    const upload = { file };
    if (limits.keepsFiles) CONTENTS.set(upload, Buffer.concat(part.chunks));
    fields[nameIn(charset, part)] = upload;
  }
  return fields;
}

/** Django reads the headers of a part as UTF-8 and then the bytes of the name in the charset of the body. */
function nameIn(charset: string | undefined, part: Part): string {
  return decodeLenient(Buffer.from(part.name), charset);
}

function multipartBoundary(header: string): string {
  if (!header.startsWith('multipart/')) throw new MultipartError(`Invalid Content-Type: ${header}`);
  if (/[^\p{ASCII}]/u.test(header)) {
    throw new MultipartError(`Invalid non-ASCII Content-Type in multipart: ${header}`);
  }
  const boundary = contentTypeParameter(header, 'boundary');
  if (boundary === undefined || !/^[ -~]{0,200}[!-~]$/.test(boundary)) {
    throw new MultipartError(`Invalid boundary in multipart: ${boundary ?? 'None'}`);
  }
  return boundary;
}

/** Every part with a name, in order. A body that ends too soon gives what there was of it. */
async function readParts(bytes: Uint8Array, boundary: string, most: number): Promise<Part[]> {
  // With the first form of this kind: a server starts without it.
  const { Busboy } = await import('@fastify/busboy');
  return new Promise((resolve, reject) => {
    const parts: Part[] = [];
    const busboy = new Busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary.replace(/["\\]/g, '\\$&')}"` },
      limits: { parts: most },
      // As files the parts come as bytes, which we decode as Django does.
      isPartAFile: () => true,
      preservePath: true,
      // Room for the whole body: no part ever waits for its reader.
      fileHwm: bytes.length + 1,
    });
    busboy.on('file', (name: string | undefined, stream, fileName: string | undefined) => {
      const part: Part = { name: strip(name ?? ''), fileName: fileName ?? '', stream, chunks: [] };
      stream.on('data', (chunk: Buffer) => part.chunks.push(chunk));
      stream.on('error', () => {});
      if (name !== undefined) parts.push(part);
    });
    busboy.on('partsLimit', () => reject(new TooManyFields(`the form has more than ${most} parts`)));
    const settle = () => {
      for (const part of parts) part.stream.read();
      resolve(parts);
    };
    busboy.on('finish', settle);
    // The one error there is after the boundary was checked: the body ends before its last part does.
    busboy.on('error', settle);
    busboy.end(bytes);
  });
}

/**
 * A parameter of a header like Content-Type, as Django's parse_header_parameters() reads it: the name in any case,
 * quotes taken off, the last one of a name wins. Undefined when there is none; an empty one is ''.
 */
function contentTypeParameter(header: string, name: string): string | undefined {
  let found: string | undefined;
  for (const part of headerParts(header).slice(1)) {
    const equals = part.indexOf('=');
    if (equals < 0 || strip(part.slice(0, equals)).toLowerCase() !== name) continue;
    const value = strip(part.slice(equals + 1));
    const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
    found = isQuoted ? value.slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\\"', '"') : value;
  }
  return found;
}

/** The header cut at each semicolon outside quotes. */
function headerParts(header: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let isQuoting = false;
  for (let at = 0; at < header.length; at += 1) {
    if (header[at] === '"' && header[at - 1] !== '\\') isQuoting = !isQuoting;
    if (header[at] !== ';' || isQuoting) continue;
    parts.push(header.slice(from, at));
    from = at + 1;
  }
  parts.push(header.slice(from));
  return parts;
}
