import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientTypes } from '../../../scripts/client-types.mjs';

const SOURCE = 'packages/client/src';

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

test('the types of the client are what contract/openapi.json prints (npm run openapi)', () => {
  const printed = clientTypes(JSON.parse(read('contract/openapi.json')));
  const folder = readdirSync(at(`${SOURCE}/operations`)).map((name) => `operations/${name}`);
  const files = ['operations.ts', ...folder];
  expect(Object.fromEntries(files.map((file) => [file, read(`${SOURCE}/${file}`)]))).toEqual(printed);
});

/** What is printed for one answer. */
const printedFor = (schema: object): Record<string, string> => {
  const responses = { 200: { content: { 'application/json': { schema } } } };
  return clientTypes({ paths: { '/x/': { get: { tags: ['Things'], responses } } } });
};

test('a schema that the printer does not know stops it', () => {
  expect(() => printedFor({ $ref: '#/components/schemas/User' })).toThrow('references');
  const printed = printedFor({ type: ['string', 'null'], enum: ['a', null] });
  expect(printed['operations/things.ts']).toContain('"a" | null');
});

test('a method that nothing can be asked with has no paths', () => {
  const members = "  GET: ThingsOperations['GET'];\n  POST: Record<never, never>;";
  expect(printedFor({ type: 'string' })['operations.ts']).toContain(members);
});
