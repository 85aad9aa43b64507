import type { Refusal } from '../domain/outcome.ts';
import type { HttpRefusal } from './refusals.ts';

/** What a route answers, before anybody has decided how it is written down. */
export interface Answer {
  readonly status: number;
  /** JSON */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set-Cookie headers */
  readonly cookies?: readonly string[];
  /** is sent in the body's place, as it comes */
  readonly stream?: TextStream;
  /** what it is the answer to, for the operator; not written */
  readonly refusal?: Refusal | HttpRefusal;
}

/** Texts that are sent one after the other, to be kept in a file. */
export interface TextStream {
  readonly type: string;
  readonly name: string;
  readonly chunks: AsyncIterable<string>;
}

export function answer(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return headers === undefined ? { status, body } : { status, body, headers };
}

/**
 * JSON as REST framework writes it: compact, UTF-8, nothing escaped that need not be, but U+2028 and U+2029.
 * With an indent of 1 to 8 it is spread over lines.
 */
export function toJson(value: unknown, indent = 0): string {
  const text = indent === 0 ? JSON.stringify(value) : JSON.stringify(value, null, indent);
  if (!text.includes('\u2028') && !text.includes('\u2029')) return text;
  return text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
