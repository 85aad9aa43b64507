import { PARSES } from './body.ts';
import type { Field, Fields } from './fields.ts';
import type { Route } from './route.ts';

function describeField(field: Field): Record<string, unknown> {
  const { kind, required, label, maxLength } = field;
  const base = { type: kind, required, read_only: false, label };
  return maxLength === undefined ? base : { ...base, max_length: maxLength };
}

function describeFields(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, describeField(field)]));
}

/** What REST framework's SimpleMetadata answers to OPTIONS. */
export function metadata({ name, description, operations }: Route): Record<string, unknown> {
  const about = { name, description, renders: ['application/json', 'text/html'], parses: PARSES };
  const fields = operations.POST?.fields;
  return fields === undefined ? about : { ...about, actions: { POST: describeFields(fields) } };
}
