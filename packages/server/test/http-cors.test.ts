import { expect } from 'vitest';
import { test } from './support/oracles.ts';
import type { Reply, World } from './support/world.ts';

const STRANGERS = [
  ...[
    'https://evil.example',
    'null',
    'https://good.evil.example',
    'https://goodevil.example',
    'http://good.example',
  ],
  ...[
    'https://sub.good.example',
    'https://good.example:8443',
    'https://good.example.',
    'HTTPS://GOOD.EXAMPLE',
    '*',
  ],
  ...['https://good.example https://evil.example', 'https://good.example,https://evil.example', ''],
];
const LISTED = { CORS_ORIGINS: 'https://good.example, http://localhost:3000' };

/** A request, an error and a preflight of an origin. */
async function asked(world: World, origin: string): Promise<Reply[]> {
  const headers = { Origin: origin };
  const preflight = {
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'x-evil, authorization',
  };
  return [
    await world.post('/api/token/', {}, { headers }),
    await world.get('/nope', { headers }),
    await world.get('/healthz', { headers }),
    await world.ask('OPTIONS', '/api/token/', { headers: { ...headers, ...preflight } }),
  ];
}

const corsOf = ({ headers }: Reply) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control'));

test('an origin that is not on the list, letter for letter, is told nothing [H-16]', async ({ open }) => {
  for (const world of [await open(LISTED), await open()]) {
    for (const origin of STRANGERS) {
      for (const reply of await asked(world, origin)) {
        expect(corsOf(reply), origin).toEqual([]);
        expect(reply.headers.get('vary')).toMatch(/\borigin\b/);
      }
    }
  }
});

test('one on the list may read answers and errors, without credentials [H-16]', async ({ open }) => {
  const world = await open(LISTED);
  for (const origin of ['https://good.example', 'http://localhost:3000']) {
    for (const reply of await asked(world, origin)) {
      expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
      expect(reply.headers.get('vary')).toMatch(/\borigin\b/);
      expect(reply.headers.has('access-control-allow-credentials')).toBe(false);
    }
    const answer = await world.get('/healthz', { headers: { Origin: origin } });
    expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
  }
});

test('a preflight names our headers and methods, not those that were asked for [H-16]', async ({ open }) => {
  const world = await open(LISTED);
  const headers = (await asked(world, 'https://good.example')).at(-1)?.headers;
  expect(headers?.get('access-control-allow-headers')).toContain('authorization, content-type');
  expect(headers?.get('access-control-allow-headers')).not.toContain('x-evil');
});

test('`*` is any origin, and never with credentials [H-16]', async ({ open }) => {
  const world = await open({ CORS_ORIGINS: '*' });
  for (const origin of ['https://evil.example', 'null']) {
    for (const reply of await asked(world, origin)) {
      expect(reply.headers.get('access-control-allow-origin')).toBe('*');
      expect(reply.headers.has('access-control-allow-credentials')).toBe(false);
    }
  }
  expect(corsOf(await world.get('/healthz'))).toEqual([]);
});
