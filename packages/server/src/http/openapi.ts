import type { Config } from '../config.ts';
import type { Reason } from '../domain/outcome.ts';
import { PARSES } from './body.ts';
import { type Field, type Fields, isTyped } from './fields.ts';
import { cookieParts, cookieSchemes } from './openapi-cookies.ts';
import { statusOf, toAnswer } from './refusals.ts';
import {
  identifyOf,
  METHODS,
  type Operation,
  type Route,
  refusalsOf,
  type Schema,
  type Success,
} from './route.ts';
import { routesFor } from './routes/all.ts';
import { typedSchema } from './typed-fields.ts';

function fieldSchema(field: Field): Schema {
  if (isTyped(field)) return typedSchema(field);
  const { kind, label, maxLength, isSecret, mayBeBlank } = field;
  return {
    type: 'string',
    title: label,
    ...(kind === 'email' && { format: 'email' }),
    ...(isSecret && { format: 'password', writeOnly: true }),
    ...(!mayBeBlank && { minLength: 1 }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

function bodySchemaOf(fields: Fields): Schema {
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]),
  );
  const either = Object.entries(fields).flatMap(([name, field]) => {
    const other = isTyped(field) ? undefined : field.requiredUnless;
    return other === undefined ? [] : [{ anyOf: [{ required: [name] }, { required: [other] }] }];
  });
  return { type: 'object', required, properties, ...either[0] };
}

/** The body with its file: bytes in a form with parts, elsewhere only what takes it away. */
function withFile(schema: Schema = {}, field: string, type: string): Schema {
  const file =
    type === 'multipart/form-data'
      ? { type: 'string', format: 'binary' }
      : { type: ['string', 'null'], maxLength: 0, description: 'null or an empty text takes it away' };
  return { ...schema, properties: { ...(schema.properties as object), [field]: file } };
}

const FIELD_ERRORS = {
  description: 'What is wrong, by field',
  content: {
    'application/json': {
      schema: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
      example: { password: ['This field is required.'] },
    },
  },
};

const DETAIL = {
  type: 'object',
  required: ['detail'],
  properties: { detail: { type: 'string' }, code: { type: 'string' } },
};

/** What else there is to say where somebody else changed the same. */
const CONFLICT = {
  type: 'object',
  required: [...DETAIL.required, 'code', 'changed', 'version'],
  properties: {
    ...DETAIL.properties,
    changed: { type: 'object', description: 'The fields that were changed, as they are now' },
    version: { type: 'string', description: 'Of what is there now: with it that is saved over' },
  },
};

/** The refusals of one status, each with its body as an example. */
function refusalResponse(reasons: readonly Reason[]): Schema {
  const schema = reasons.includes('changed_meanwhile') ? CONFLICT : DETAIL;
  const examples = reasons.map((reason) => [reason, { value: toAnswer({ ok: false, reason }).body }]);
  return {
    description: reasons.join(', '),
    content: { 'application/json': { schema, examples: Object.fromEntries(examples) } },
  };
}

/** The answer to faulty fields or parameters and, of the same status, to what is refused for another reason. */
function faultsOr(reasons: readonly Reason[]): Schema {
  const others = reasons.filter((reason) => reason !== 'faulty_fields');
  if (others.length === 0) return FIELD_ERRORS;
  const { description, content } = FIELD_ERRORS;
  const { schema, example } = content['application/json'];
  const examples = others.map((reason) => [reason, { value: toAnswer({ ok: false, reason }).body }]);
  return {
    description: `${description}; or ${others.join(', ')}`,
    content: {
      'application/json': {
        schema: { anyOf: [schema, DETAIL] },
        examples: { faulty_fields: { value: example }, ...Object.fromEntries(examples) },
      },
    },
  };
}

function successResponse(success: Success): Schema {
  if (success.status === 204) return { description: 'Done; there is no body' };
  const { schema, example } = success;
  const type = 'file' in success ? success.file.type : 'application/json';
  return { description: 'Done', content: { [type]: { schema, example } } };
}

function responsesOf(route: Route, operation: Operation): Schema {
  const { success, fields, bodySchema, query } = operation;
  const refusals = refusalsOf(route, operation);
  const responses: Record<string, Schema> = { [success.status]: successResponse(success) };
  for (const status of [...new Set(refusals.map(statusOf))].sort()) {
    responses[status] = refusalResponse(refusals.filter((reason) => statusOf(reason) === status));
  }
  if (fields !== undefined || bodySchema !== undefined || query !== undefined)
    responses[400] = faultsOr(refusals.filter((reason) => statusOf(reason) === 400));
  return responses;
}

/** The parameters behind the question mark, after those that are there already. */
function queryParts({ query = {} }: Operation, others: unknown = []): Schema {
  const own = Object.entries(query).map(([name, { about, schema }]) => {
    return { name, in: 'query', required: false, description: about, schema };
  });
  return own.length === 0 ? {} : { parameters: [...(others as object[]), ...own] };
}

function describe(
  route: Route,
  method: string,
  operation: Operation,
  transport: Config['tokenTransport'],
): Schema {
  const { responses, ...cookies } = cookieParts(route, method, operation, transport);
  const schema = operation.fields ? bodySchemaOf(operation.fields) : operation.bodySchema;
  const media = { schema, ...(operation.example !== undefined && { example: operation.example }) };
  const { upload } = operation;
  const content = Object.fromEntries(
    PARSES.map((type) => [
      type,
      upload === undefined ? media : { ...media, schema: withFile(schema, upload.field, type) },
    ]),
  );
  return {
    operationId: `${method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z0-9]+(\w)?/g, (_, next = '') => next.toUpperCase())}`,
    tags: [route.chapter],
    summary: operation.summary,
    security: identifyOf(route, operation) === 'required' ? [{ bearer: [] }] : [],
    ...cookies,
    ...queryParts(operation, cookies.parameters),
    ...(schema && { requestBody: { required: operation.cookies !== 'reads', content } }),
    responses: { ...responsesOf(route, operation), ...responses },
  };
}

function pathItem(route: Route, transport: Config['tokenTransport']): Schema {
  const operations = METHODS.flatMap((method) => {
    const operation = route.operations[method];
    return operation === undefined
      ? []
      : [[method.toLowerCase(), describe(route, method, operation, transport)]];
  });
  const parameters = Object.entries(route.parameters ?? {}).map(([name, { about, pattern, example }]) => {
    const schema = { type: 'string', pattern: `^${pattern}$` };
    return { name, in: 'path', required: true, description: about, schema, example };
  });
  return { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(operations) };
}

/** The only route outside the API that clients have a use for. */
const PUBLIC_KEYS: Schema = {
  get: {
    operationId: 'wellKnownJwksJson',
    tags: ['Tokens'],
    summary: 'The public keys that tokens can be verified with; none without a key ring',
    security: [],
    responses: {
      200: {
        description: 'Done',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['keys'],
              properties: { keys: { type: 'array', items: { type: 'object' } } },
            },
            example: { keys: [] },
          },
        },
      },
    },
  },
};

/** The OpenAPI 3.1 document, printed from the routes: of a server with these settings, or of all that there is in bearer mode. */
export function openApiDocument(
  version: string,
  { tokenTransport, adminApi }: Pick<Config, 'tokenTransport' | 'adminApi'> = {
    tokenTransport: 'bearer',
    adminApi: 'on',
  },
): Schema {
  const bearer = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };
  const routes = routesFor({ tokenTransport, adminApi });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey',
      version,
      description: 'Register, log in, rotate tokens, and a protected dashboard.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths: {
      ...Object.fromEntries(routes.map((route) => [route.path, pathItem(route, tokenTransport)])),
      '/.well-known/jwks.json': PUBLIC_KEYS,
    },
    components: { securitySchemes: { bearer, ...cookieSchemes(tokenTransport) } },
  };
}
