import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientTypes } from '../../../scripts/client-types.mjs';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('the types of the client are what contract/openapi.json prints (npm run openapi)', () => {
  const document = JSON.parse(read('contract/openapi.json'));
  expect(read('packages/client/src/operations.ts')).toBe(clientTypes(document));
});

test('a schema that the printer does not know stops it', () => {
  const answer = (schema: object) => ({
    paths: { '/x/': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
  });
  expect(() => clientTypes(answer({ $ref: '#/components/schemas/User' }))).toThrow('references');
  expect(clientTypes(answer({ type: ['string', 'null'], enum: ['a', null] }))).toContain('"a" | null');
});
