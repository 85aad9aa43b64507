import { describe, expect, test } from 'vitest';
import { done } from '../../src/domain/outcome.ts';
import { parametersFor, pathNames } from '../../src/http/paths.ts';
import { allowOf, type Operation, operation, type Route, unguarded } from '../../src/http/route.ts';
import { ROUTES } from '../../src/http/routes/all.ts';

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

test('a path is served under its own name before that of a route with parameters, and that before its folder’s', () => {
  const nameOf = pathNames(new Set(['/api/things/00ff/', '/healthz', '/api/*', '/docs', '/docs/*']), [thing]);
  const names = {
    '/api/things/00ff/': '/api/things/00ff/',
    '/api/things/00fe/': '/api/things/{id}/',
    '/api/things/00fe': '/api/*',
    '/healthz': '/healthz',
    '/healthz/': undefined,
    '/docs': '/docs',
    '/docs/': '/docs/*',
    '/docs/a/b': '/docs/*',
    '/docsa': undefined,
    '/%68ealthz': '/healthz',
    '/docs%2fa': undefined,
    '/docs/%': '/docs/*',
  };
  expect(Object.fromEntries(Object.keys(names).map((path) => [path, nameOf(path)]))).toEqual(names);
});

describe('no server starts with an operation of the admin', () => {
  const one = (path: string, data: Partial<Operation>, identify: Route['identify'] = 'required'): Route => ({
    ...thing,
    path,
    identify,
    operations: { GET: { ...thing.operations.GET, ...data } as Operation },
  });

  test.each([
    ['that does not say who may', one('/api/admin/things/', {})],
    ['whose alias alone is there', { ...one('/api/things/', {}), aliases: ['/api/admin/things/'] }],
    ['that strangers may ask for, and names staff', one('/api/admin/things/', { staff: 'any' }, 'never')],
    ['that stands elsewhere', one('/api/things/', { staff: 'view_user' })],
    [
      'that is dangerous and open to strangers',
      one('/api/admin/things/', { staff: 'nobody', stepUp: true }, 'never'),
    ],
    ['that is dangerous and for nobody', one('/api/things/', { stepUp: true })],
  ])('%s', (_, route) => {
    expect(unguarded([route])).toEqual([`GET ${route.path}`]);
  });

  test('but with what says so it does', () => {
    const fine = [
      one('/api/things/', {}),
      one('/api/admin/things/', { staff: 'view_user', stepUp: true }),
      one('/api/admin/things/', { staff: 'nobody' }, 'never'),
    ];
    expect(unguarded([...fine, ...ROUTES])).toEqual([]);
  });
});
