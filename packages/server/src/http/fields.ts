import type { App } from '../domain/app.ts';
import { isEmailAddress } from '../domain/email/address.ts';
import type { Fault } from '../domain/fault.ts';
import type { Data, DataValue } from './body.ts';
import { isJsonNumber, pythonTypeName } from './python-json.ts';
import { codePointLength, firstLoneSurrogate, strip } from './python-text.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';
import { readTyped, type TypedField, type TypedValue } from './typed-fields.ts';
import { faultWords } from './words.ts';

/** One field of a request body, as data: the check, OPTIONS and OpenAPI all read it. */
export type Field = TextField | TypedField;

/** It behaves as a CharField or EmailField of REST framework: numbers are taken as text, white space around is dropped. */
export interface TextField {
  readonly kind: 'string' | 'email';
  readonly label: string;
  readonly required: boolean;
  /** an optional field that is missed when this other one is not sent either */
  readonly requiredUnless?: string;
  /** `''` and white space pass, as `''` */
  readonly mayBeBlank?: boolean;
  /** code points */
  readonly maxLength?: number;
  /** is a password: said so in OpenAPI */
  readonly isSecret?: boolean;
  /** what the domain says about the value */
  readonly check?: (app: App, value: string) => Promise<readonly Fault[]>;
}

export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F extends Field> = F extends TypedField ? TypedValue<F> : string;

/** The values of the fields: text where nothing else is said; undefined for an optional one that was not sent. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends { readonly required: true }
    ? ValueOf<F[K]>
    : ValueOf<F[K]> | undefined;
};

const REQUIRED = 'This field is required.';
const NULL = 'This field may not be null.';
const BLANK = 'This field may not be blank.';

type Members = Readonly<Record<string, DataValue>>;

type Read<T = string> = { readonly value: T | undefined } | { readonly messages: readonly string[] };

const invalidWords = (field: TextField) =>
  field.kind === 'email' ? 'Enter a valid email address.' : 'Not a valid string.';

/** Null, type, trim, blank: the checks of which the first that fails is the only one told. */
function readText(field: TextField, raw: DataValue | undefined, isMissed: boolean): Read {
  if (raw === undefined) return isMissed ? { messages: [REQUIRED] } : { value: undefined };
  if (raw === null) return { messages: [NULL] };
  const text = typeof raw === 'string' ? raw : isJsonNumber(raw) ? raw.number : undefined;
  if (text === undefined) return { messages: [invalidWords(field)] };
  const value = strip(text);
  return value === '' && field.mayBeBlank !== true ? { messages: [BLANK] } : { value };
}

/** Length, NUL, lone surrogates, e-mail form: all that apply are told. */
function shapeMessages(field: TextField, value: string): string[] {
  const messages: string[] = [];
  if (field.maxLength !== undefined && codePointLength(value) > field.maxLength) {
    messages.push(`Ensure this field has no more than ${field.maxLength} characters.`);
  }
  if (value.includes('\0')) messages.push('Null characters are not allowed.');
  const surrogate = firstLoneSurrogate(value);
  if (surrogate !== undefined) messages.push(`Surrogate characters are not allowed: ${surrogate}.`);
  if (field.kind === 'email' && value !== '' && !isEmailAddress(value)) messages.push(invalidWords(field));
  return messages;
}

/** Is the field missed when it is not there? */
function isMissed({ required, requiredUnless }: TextField, members: Members): boolean {
  return required || (requiredUnless !== undefined && !Object.hasOwn(members, requiredUnless));
}

/** Does the field hold something else than text? */
export const isTyped = (field: Field): field is TypedField =>
  field.kind !== 'string' && field.kind !== 'email';

/** The domain is shown only what has the right shape: no NUL reaches a database. */
async function readField(app: App, field: Field, name: string, members: Members): Promise<Read<unknown>> {
  const raw = Object.hasOwn(members, name) ? members[name] : undefined;
  if (isTyped(field)) {
    if (raw === undefined) return field.required ? { messages: [REQUIRED] } : { value: undefined };
    return raw === null ? { messages: [NULL] } : readTyped(field, raw);
  }
  const read = readText(field, raw, isMissed(field, members));
  if ('messages' in read || read.value === undefined) return read;
  const shape = shapeMessages(field, read.value);
  if (shape.length > 0 || field.check === undefined) return shape.length > 0 ? { messages: shape } : read;
  const messages = (await field.check(app, read.value)).map(faultWords);
  return messages.length > 0 ? { messages } : read;
}

function membersOf(data: Data): { readonly members: Members } | HttpRefusal {
  if (data === undefined) return { members: {} };
  const nonField = (text: string) => refuseHttp('wrong_fields', { fields: { non_field_errors: [text] } });
  if (data === null) return nonField('No data provided');
  if (typeof data !== 'object' || Array.isArray(data) || isJsonNumber(data)) {
    return nonField(`Invalid data. Expected a dictionary, but got ${pythonTypeName(data)}.`);
  }
  return { members: data };
}

/**
 * Checks a body against its fields in REST framework's order and words: every field by itself, all faults
 * told at once. Fields that are not listed are dropped.
 */
export async function readFields<F extends Fields>(
  app: App,
  fields: F,
  data: Data,
): Promise<{ readonly ok: true; readonly values: ValuesOf<F> } | HttpRefusal> {
  const found = membersOf(data);
  if (!('members' in found)) return found;
  const values: Record<string, unknown> = {};
  const messages: Record<string, readonly string[]> = {};
  for (const [name, field] of Object.entries(fields)) {
    const read = await readField(app, field, name, found.members);
    if ('messages' in read) messages[name] = read.messages;
    else values[name] = read.value;
  }
  if (Object.keys(messages).length > 0) return refuseHttp('wrong_fields', { fields: messages });
  return { ok: true, values: values as unknown as ValuesOf<F> };
}
