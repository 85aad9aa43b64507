import type { IncomingMessage } from 'node:http';
import { decodeText, PythonDecodeError } from './decode-text.ts';
import {
  type FormFields,
  MultipartError,
  type MultipartLimits,
  parseForm,
  parseMultipart,
  TooManyFields,
} from './form-body.ts';
import { matches, parseMediaType } from './media-type.ts';
import { JsonRefused, type JsonValue, PythonJsonError, parsePythonJson } from './python-json.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';

/** A request body as data: undefined when there was none. */
export type Data = JsonValue | FormFields | undefined;

/** A member of a body. */
export type DataValue = JsonValue | FormFields[string];

/** Bytes a body may have. */
export const BODY_LIMIT = 65_536;

/** Bytes a body of listed fields may have: every route that takes a password or a token. */
export const FIELDS_LIMIT = 16_384;

export const PARSES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
] as const;

/** A form with one file of at most so many bytes, and a few fields: bytes of the whole body. */
export const formLimit = (fileBytes: number) => fileBytes + BODY_LIMIT;

/** A person sends one picture at a time, and no more fields than there are. */
export const ONE_FILE: MultipartLimits = { parts: 20, files: 1, keepsFiles: true };

/** Does the request say that its body is a form that may have files? */
export function isMultipart({ headers }: IncomingMessage): boolean {
  return matches('multipart/form-data', parseMediaType(headers['content-type'] ?? 'text/plain'));
}

/** The whole body, or why there is none: it is too large, or the client (or a parser before us) is done with it. */
export function readBytes(
  request: IncomingMessage,
  limit = BODY_LIMIT,
): Promise<Buffer | 'too large' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('too large');
  if (request.destroyed || request.readableEnded) return Promise.resolve('gone');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve('too large');
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}

const PARSER_ERRORS = [PythonJsonError, JsonRefused, PythonDecodeError, MultipartError, TooManyFields];

function isParserError(error: unknown): error is Error {
  return PARSER_ERRORS.some((kind) => error instanceof kind);
}

async function parseAs(
  type: string,
  bytes: Buffer,
  header: string,
  charset: string | undefined,
  limits: MultipartLimits | undefined,
): Promise<Data> {
  if (type === 'application/json') return parsePythonJson(decodeText(bytes, charset));
  if (type === 'multipart/form-data') return parseMultipart(bytes, header, limits);
  return parseForm(bytes, charset);
}

const WHERE: Readonly<Record<string, string>> = {
  'application/json': 'JSON parse error - ',
  'multipart/form-data': 'Multipart form parse error - ',
};

/**
 * The body as data, by its content type, in REST framework's words when it cannot be read. A body without
 * bytes is no data, whatever its content type says.
 */
export async function readData(
  request: IncomingMessage,
  limit = BODY_LIMIT,
  multipart?: MultipartLimits,
): Promise<{ readonly data: Data } | HttpRefusal> {
  const bytes = await readBytes(request, limit);
  if (bytes === 'too large') return refuseHttp('body_too_large', { text: String(limit) });
  if (bytes === 'gone') return refuseHttp('bad_request');
  if (bytes.length === 0) return { data: undefined };
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return refuseHttp('unsupported_encoding', { text: encoding });
  const header = request.headers['content-type'] ?? 'text/plain';
  const asked = parseMediaType(header);
  const type = PARSES.find((one) => matches(one, asked));
  if (type === undefined) return refuseHttp('unsupported_media_type', { text: header });
  try {
    return { data: await parseAs(type, bytes, header, asked.parameters.get('charset'), multipart) };
  } catch (error) {
    if (isParserError(error))
      return refuseHttp('unreadable_body', { text: `${WHERE[type] ?? ''}${error.message}` });
    throw error;
  }
}
