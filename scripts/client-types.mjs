// node scripts/client-types.mjs: prints the types of packages/client from contract/openapi.json. Part of npm run openapi.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = new URL('../contract/openapi.json', import.meta.url);
const TYPES = new URL('../packages/client/src/operations.ts', import.meta.url);

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const HEAD = `// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.
`;

const nameOf = (key) => (/^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`);

/** An object type on one line. What may be left out may be undefined too: forms have such values. */
function objectType({ properties, required = [], additionalProperties }) {
  if (properties === undefined)
    return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`;
  const members = Object.entries(properties).map(([key, schema]) =>
    required.includes(key)
      ? `${nameOf(key)}: ${typeOf(schema)}`
      : `${nameOf(key)}?: ${typeOf(schema)} | undefined`,
  );
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

const BY_TYPE = {
  string: ({ format }) => (format === 'binary' ? 'Blob' : 'string'),
  integer: () => 'number',
  number: () => 'number',
  boolean: () => 'boolean',
  null: () => 'null',
  array: ({ items = {} }) => `readonly (${typeOf(items)})[]`,
  object: objectType,
};

/** A JSON Schema as a type. A word that is not known here is a bug: it would silently become `unknown`. */
function typeOf(schema) {
  const choices = schema.oneOf ?? (schema.type === undefined ? schema.anyOf : undefined);
  if (choices !== undefined) return choices.map(typeOf).join(' | ');
  const literals = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (literals !== undefined) return literals.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.$ref !== undefined) throw new Error(`${schema.$ref}: references are not printed`);
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((type) => BY_TYPE[type](schema))
    .join(' | ');
}

function parametersType(parameters, place) {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return [];
  const properties = Object.fromEntries(
    here.map(({ name, schema }) => [name, place === 'path' ? { type: ['string', 'number'] } : schema]),
  );
  const required = here.filter((parameter) => parameter.required).map(({ name }) => name);
  return [`${place}: ${objectType({ properties, required })}`];
}

function bodyType({ requestBody }) {
  if (requestBody === undefined) return [];
  const { content, required } = requestBody;
  const takesFile = JSON.stringify(content['multipart/form-data'] ?? '').includes('"binary"');
  const type = typeOf(content['application/json']?.schema ?? {});
  return [`body${required ? '' : '?'}: ${type}${takesFile ? ' | FormData' : ''}`];
}

/** What is not JSON is given as text. */
function answerType({ responses }) {
  const done = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = done.map(([, { content }]) => {
    if (content === undefined) return 'undefined';
    const json = content['application/json'];
    return json === undefined ? 'string' : typeOf(json.schema);
  });
  return [...new Set(types)].join(' | ');
}

function operationLines(path, shared, operation) {
  const parameters = [...shared, ...(operation.parameters ?? [])];
  const parts = [
    ...parametersType(parameters, 'path'),
    ...parametersType(parameters, 'query'),
    ...bodyType(operation),
    `answer: ${answerType(operation)}`,
  ];
  return [
    `    /** ${operation.summary} */`,
    `    '${path}': {`,
    ...parts.map((part) => `      ${part};`),
    '    };',
  ];
}

/** The types of every operation of an OpenAPI document, by method and path, as TypeScript. */
export function clientTypes({ paths }) {
  const methods = METHODS.map((method) => {
    const lines = Object.entries(paths).flatMap(([path, { parameters = [], [method]: operation }]) =>
      operation === undefined ? [] : operationLines(path, parameters, operation),
    );
    return [`  ${method.toUpperCase()}: {`, ...lines, '  };'].join('\n');
  });
  return `${HEAD}
/** What can be asked of a server: by method and path, what goes into path, query and body, and what is answered. */
export interface Operations {
${methods.join('\n')}
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(TYPES, clientTypes(JSON.parse(readFileSync(DOCUMENT, 'utf8'))));
