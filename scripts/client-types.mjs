// node scripts/client-types.mjs: prints the types of packages/client from contract/openapi.json. Part of npm run openapi.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = new URL('../contract/openapi.json', import.meta.url);
const SOURCE = new URL('../packages/client/src/', import.meta.url);

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

/** The operations of one chapter, by method: lines of TypeScript. Methods without one are left out. */
function linesByMethod(paths, chapter) {
  const found = METHODS.map((method) => [
    method.toUpperCase(),
    Object.entries(paths).flatMap(([path, { parameters = [], [method]: operation }]) =>
      operation?.tags.includes(chapter) ? operationLines(path, parameters, operation) : [],
    ),
  ]);
  return found.filter(([, lines]) => lines.length > 0);
}

function chapterText({ title, typeName, methods }) {
  const members = methods.map(([method, lines]) => [`  ${method}: {`, ...lines, '  };'].join('\n'));
  return `${HEAD}
/** What can be asked of a server, the chapter "${title}". */
export interface ${typeName} {
${members.join('\n')}
}
`;
}

/** Every method has all the paths that it has in any chapter. */
function wholeText(chapters) {
  const imports = chapters.map(({ file, typeName }) => `import type { ${typeName} } from './${file}';`);
  const members = METHODS.map((name) => name.toUpperCase()).map((method) => {
    const having = chapters.filter(({ methods }) => methods.some(([own]) => own === method));
    const types = having.map(({ typeName }) => `${typeName}['${method}']`);
    return `  ${method}: ${types.join(' & ') || 'Record<never, never>'};`;
  });
  return `${HEAD}
${imports.join('\n')}

/** What can be asked of a server: by method and path, what goes into path, query and body, and what is answered. */
export interface Operations {
${members.join('\n')}
}
`;
}

/**
 * The types of every operation of an OpenAPI document, by method and path, as TypeScript: the texts of files by their names
 * below `packages/client/src`. Each tag is a file of its own, `operations.ts` has them all.
 */
export function clientTypes({ paths }) {
  const operations = Object.values(paths).flatMap((path) => METHODS.flatMap((method) => path[method] ?? []));
  const titles = [...new Set(operations.flatMap(({ tags }) => tags))].sort();
  const chapters = titles.map((title) => ({
    title,
    file: `operations/${title.toLowerCase().replaceAll(/\W+/g, '-')}.ts`,
    typeName: `${title.replaceAll(/\W+/g, '')}Operations`,
    methods: linesByMethod(paths, title),
  }));
  return {
    'operations.ts': wholeText(chapters),
    ...Object.fromEntries(chapters.map((chapter) => [chapter.file, chapterText(chapter)])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('operations/', SOURCE);
  // A tag that is no more leaves no file.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, text] of Object.entries(clientTypes(JSON.parse(readFileSync(DOCUMENT, 'utf8')))))
    writeFileSync(new URL(file, SOURCE), text);
}
