/** What JSON can hold. Placeholders and patterns of the contract files are JSON too: objects with a `$` key. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same object with every member changed; the order of the keys stays. */
export function mapMembers(object: JsonObject, change: (member: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, change(member)]));
}

/** The member that makes an object a placeholder or a pattern: `$token`, `$any`, … */
export function dollarKey(object: JsonObject): string | undefined {
  return Object.keys(object).find((key) => key.startsWith('$'));
}

const SHOWN = 300;

/** A value as a reader of a failed test wants to see it: JSON, cut when long, `(nothing)` when absent. */
export function show(value: Json | undefined): string {
  if (value === undefined) return '(nothing)';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
