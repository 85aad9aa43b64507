import { expect, test } from 'vitest';
import { done } from '../../src/domain/outcome.ts';
import { fastifyPath, parametersFor, pathNames } from '../../src/http/paths.ts';
import { allowOf, operation, type Route } from '../../src/http/route.ts';

const nothing = operation({
  summary: 'Nothing',
  success: { status: 204 },
  refusals: [],
  handle: async () => done(undefined),
});

const thing: Route = {
  path: '/api/things/{id}/',
  parameters: { id: { about: 'its id', pattern: '[0-9a-f]{4}', example: '00ff' } },
  chapter: 'Accounts',
  name: 'Thing',
  description: '',
  identify: 'required',
  operations: { DELETE: nothing, GET: nothing, PATCH: nothing, PUT: nothing },
};

test('Allow lists the methods of a route in the order of REST framework, however it is written', () => {
  expect(allowOf(thing)).toBe('GET, PUT, PATCH, DELETE, OPTIONS');
});

test.each([
  ['/api/things/00ff/', '00ff'],
  ['/api/things/00ff', '00ff'],
  ['/api/things/00FF/', undefined],
  ['/api/things/%3000f/', undefined],
  ['/api/things/00ff0/', undefined],
  ['/api/things/00ff//', undefined],
  ['/api/things//', undefined],
  ['/api/things/00ff\n/', undefined],
  ['/x/api/things/00ff/', undefined],
])('the path %s has the id %s', (path, id) => {
  expect(parametersFor(thing)(path)?.id).toBe(id);
});

test('a path is served under its own name before that of a route with parameters', () => {
  const nameOf = pathNames(new Set(['/api/things/00ff/', '/healthz']), [thing]);
  expect(['/api/things/00ff/', '/api/things/00fe/', '/api/things/00fe', '/healthz'].map(nameOf)).toEqual([
    '/api/things/00ff/',
    '/api/things/{id}/',
    undefined,
    '/healthz',
  ]);
});

test('Fastify is told of parameters in its own way', () => {
  expect(fastifyPath(thing.path)).toBe('/api/things/:id/');
});
