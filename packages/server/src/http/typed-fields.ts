import type { DataValue } from './body.ts';
import { isJsonNumber, type JsonValue, pythonTypeName } from './python-json.ts';
import type { Schema } from './route.ts';

interface About {
  readonly label: string;
  readonly required: boolean;
}

/** Yes or no, as REST framework's BooleanField. */
export interface FlagField extends About {
  readonly kind: 'boolean';
}

/** Any number of some words, each once; the order is not kept. */
export interface ChoicesField extends About {
  readonly kind: 'choices';
  readonly of: readonly string[];
}

/** Ids of things that are numbered, each once. */
export interface IdsField extends About {
  readonly kind: 'ids';
  readonly most: number;
}

/** A field of a body that holds something else than text. */
export type TypedField = FlagField | ChoicesField | IdsField;

/** What such a field is read as. */
export type TypedValue<F extends TypedField> = F extends FlagField
  ? boolean
  : F extends ChoicesField
    ? readonly F['of'][number][]
    : readonly number[];

type Read = { readonly value: unknown } | { readonly messages: readonly string[] };

const fault = (text: string): Read => ({ messages: [text] });

function readFlag(raw: DataValue): Read {
  if (raw === true || raw === 'true') return { value: true };
  if (raw === false || raw === 'false') return { value: false };
  return fault('Must be a valid boolean.');
}

function readChoice({ of }: ChoicesField, item: JsonValue): string | undefined {
  return of.find((one) => one === item);
}

/** A whole number above zero, as it is written usually. */
function readId(item: JsonValue): number | undefined {
  const digits = isJsonNumber(item) ? item.number : '';
  const value = /^[1-9]\d{0,15}$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function shown(item: JsonValue = null): string {
  return typeof item === 'string' ? item.slice(0, 100) : pythonTypeName(item);
}

function readList(field: ChoicesField | IdsField, raw: DataValue): Read {
  if (!Array.isArray(raw))
    return fault(`Expected a list of items but got type "${pythonTypeName(raw as JsonValue)}".`);
  const most = field.kind === 'ids' ? field.most : field.of.length;
  if (raw.length > most) return fault(`Ensure this field has no more than ${most} elements.`);
  const values: unknown[] = raw.map((item) =>
    field.kind === 'ids' ? readId(item) : readChoice(field, item),
  );
  const at = values.indexOf(undefined);
  if (at < 0) return { value: [...new Set(values)] };
  return fault(
    field.kind === 'ids' ? 'A valid integer is required.' : `"${shown(raw[at])}" is not a valid choice.`,
  );
}

/** Checks a value that is there and is not null. */
export function readTyped(field: TypedField, raw: DataValue): Read {
  return field.kind === 'boolean' ? readFlag(raw) : readList(field, raw);
}

/** The field for OpenAPI. */
export function typedSchema(field: TypedField): Schema {
  const { label: title } = field;
  if (field.kind === 'boolean') return { type: 'boolean', title };
  const items = field.kind === 'ids' ? { type: 'integer', minimum: 1 } : { type: 'string', enum: field.of };
  const maxItems = field.kind === 'ids' ? field.most : field.of.length;
  return { type: 'array', title, items, maxItems };
}
