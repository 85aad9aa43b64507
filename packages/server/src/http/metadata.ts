import { PARSES } from './body.ts';
import { type Field, type Fields, isTyped } from './fields.ts';
import type { Route } from './route.ts';

function describeField(field: Field): Record<string, unknown> {
  const { kind, required, label } = field;
  const type = kind === 'choices' || kind === 'ids' ? 'list' : kind;
  const base = { type, required, read_only: false, label };
  const maxLength = isTyped(field) ? undefined : field.maxLength;
  return maxLength === undefined ? base : { ...base, max_length: maxLength };
}

function describeFields(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, describeField(field)]));
}

/** What REST framework's SimpleMetadata answers to OPTIONS. */
export function metadata({ name, description, operations }: Route): Record<string, unknown> {
  const about = { name, description, renders: ['application/json', 'text/html'], parses: PARSES };
  const actions = (['PUT', 'POST'] as const).flatMap((method) => {
    const fields = operations[method]?.fields;
    return fields === undefined ? [] : [[method, describeFields(fields)]];
  });
  return actions.length === 0 ? about : { ...about, actions: Object.fromEntries(actions) };
}
