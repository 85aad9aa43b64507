import { describe, expect } from 'vitest';
import { openDatabase } from '../src/adapters/sql/open.ts';
import { sqlStore } from '../src/adapters/sql/store.ts';
import { Secret } from '../src/secret.ts';
import { test } from './support/oracles.ts';
import { headersOf, rawRequest, sendRaw } from './support/raw.ts';
import { serve } from './support/second-server.ts';
import { loggedIn, type Reply, type World } from './support/world.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const LOGIN = { username: 'alice', password: 'Sup3rSecret!x' };

type Answer = Pick<Reply, 'status' | 'headers'>;

/** One answer of every status there is, from the routes that give it. */
async function everyAnswer(world: World): Promise<[string, Answer][]> {
  const { access: token } = await loggedIn(world);
  // Nothing listens on port 1: a database that is away.
  const databaseUrl = new Secret('postgres://nobody@127.0.0.1:1/none');
  const away = openDatabase({
    databaseUrl,
    databasePool: 1,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'normal',
  });
  const log = { ...world.app.log, error: () => {} };
  const broken = await serve({ ...world.app, log, store: sqlStore(away) });
  const faulty = await serve({
    ...world.app,
    log,
    claimsOf: () => {
      throw new Error('a fault');
    },
  });
  const request = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(LOGIN) };
  const answers: [string, Answer][] = [
    ['200', await world.get('/api/dashboard/', { token })],
    ['200 page', await world.get('/api/dashboard/', { token, headers: { Accept: 'text/html' } })],
    [
      '200 preflight',
      await world.ask('OPTIONS', '/x', { headers: { 'Access-Control-Request-Method': 'PUT' } }),
    ],
    ['200 OPTIONS', await world.ask('OPTIONS', '/api/token/')],
    ['200 login', await world.post('/api/token/', LOGIN)],
    ['200 schema', await world.get('/api/schema/')],
    ['200 healthz', await world.get('/healthz')],
    ['201', await world.post('/api/register/', { ...LOGIN, username: 'bob' })],
    ['301', await world.get('/api/dashboard')],
    ['400', await world.post('/api/token/', {})],
    [
      '400 host',
      headed(await sendRaw(world, 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')),
    ],
    ['401', await world.get('/api/dashboard/')],
    ['404', await world.get('/nope')],
    ['404 format', await world.get('/api/token/?format=xml')],
    ['404 url', await world.get('/%')],
    ['405', await world.get('/api/token/')],
    ['405 healthz', await world.post('/healthz')],
    ['405 HEAD', await world.ask('HEAD', '/api/token/')],
    ['406', await world.get('/api/dashboard/', { token, headers: { Accept: 'image/png' } })],
    ['413', await world.post('/api/token/', 'x'.repeat(70_000), { headers: JSON_TYPE })],
    ['415', await world.post('/api/token/', 'x', { headers: { 'Content-Type': 'text/plain' } })],
    ['500', await fetch(`${faulty.baseUrl}/api/token/`, request)],
    ['503', await fetch(`${broken.baseUrl}/api/token/`, request)],
    ['503 readyz', await fetch(`${broken.baseUrl}/readyz`)],
  ];
  for (const server of [broken, faulty]) await server.close();
  await away.close();
  return answers;
}

const headed = (reply: Parameters<typeof headersOf>[0]): Answer => ({
  status: 400,
  headers: headersOf(reply),
});

describe('the security headers', () => {
  const standing = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
  const absent = [
    'server',
    'x-powered-by',
    'set-cookie',
    'etag',
    'last-modified',
    'strict-transport-security',
  ];

  test('are on every answer of every status, and nothing says what runs here [H-18, H-19, ASVS 3.4.5, ASVS 3.4.6]', async ({
    world,
  }) => {
    for (const [what, { status, headers }] of await everyAnswer(world)) {
      expect(String(status), what).toBe(what.slice(0, 3));
      const got = Object.fromEntries(Object.keys(standing).map((name) => [name, headers.get(name)]));
      expect(got, what).toEqual(standing);
      expect(headers.get('content-security-policy'), what).toMatch(
        /^default-src 'none';.* ?frame-ancestors 'none'(; sandbox)?$/,
      );
      expect(
        absent.filter((name) => headers.has(name)),
        what,
      ).toEqual([]);
    }
  });

  test('of JSON allow nothing, even to who opens it as a page [H-18]', async ({ world }) => {
    for (const path of ['/api/dashboard/', '/healthz', '/nope', '/api/schema/']) {
      const { headers } = await world.get(path);
      expect(headers.get('content-security-policy'), path).toBe(
        "default-src 'none'; frame-ancestors 'none'; sandbox",
      );
      expect(headers.get('permissions-policy'), path).toMatch(/^([a-z-]+=\(\)(, )?)+$/);
    }
  });

  test('let no other site embed an answer: Cross-Origin-Resource-Policy [H-18]', async ({ world }) => {
    for (const path of ['/api/dashboard/', '/healthz', '/nope', '/api/docs/'])
      expect((await world.get(path)).headers.get('cross-origin-resource-policy'), path).toBe('same-origin');
  });

  test('tell browsers to stay with HTTPS where the public address has it [H-18]', async ({ open }) => {
    const world = await open({ PUBLIC_URL: 'https://auth.example.com' });
    for (const host of ['auth.example.com', 'AUTH.example.com:443', 'evil.example']) {
      const bytes = `GET /nope HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const hsts = headersOf(await sendRaw(world, bytes)).get('strict-transport-security');
      expect(hsts, host).toBe('max-age=63072000; includeSubDomains');
    }
  });
});

test('a proxy that says of nobody who asks is in the log, once', async ({ open }) => {
  const { get, notes } = await open({ TRUSTED_PROXIES: '127.0.0.1' });
  await get('/api/dashboard/', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
  const warned = () => notes.filter((note) => note.includes('sent no X-Forwarded-For')).length;
  expect(warned()).toBe(0);
  await get('/api/dashboard/');
  await get('/api/dashboard/');
  expect(warned()).toBe(1);
});

describe('headers that are not believed', () => {
  const FORWARDED = {
    ...{ 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.example' },
    ...{ 'X-Forwarded-Port': '1', 'X-Real-IP': '203.0.113.9', 'CF-Connecting-IP': '203.0.113.9' },
    ...{ 'True-Client-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9;host=evil.example;proto=https' },
  };

  test('say where a request came from: forwarded addresses, hosts and schemes [H-17]', async ({ world }) => {
    await loggedIn(world);
    await world.post('/api/token/', LOGIN, { headers: FORWARDED });
    const [event] = await world.app.store.audit.list(1);
    expect(event).toMatchObject({ event: { event: 'logged_in' }, origin: { ip: '127.0.0.1' } });
    const redirect = await world.get('/api/dashboard', { headers: FORWARDED });
    expect([redirect.headers.get('location'), redirect.headers.has('strict-transport-security')]).toEqual([
      '/api/dashboard/',
      false,
    ]);
    expect(world.notes.join('\n')).not.toContain('203.0.113.9');
  });

  test('ask for a part, or for what has changed: token routes answer in full [H-24]', async ({ world }) => {
    await loggedIn(world);
    const since = {
      'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT',
      'If-None-Match': '*',
      'If-Match': '"x"',
    };
    const reply = await world.post('/api/token/', LOGIN, { headers: { ...since, Range: 'bytes=0-1' } });
    expect([reply.status, Object.keys(reply.json)]).toEqual([200, ['refresh', 'access']]);
  });

  test('name the request: an id is taken from a trusted proxy if it is harmless, else we give one [H-22, H-23]', async ({
    open,
  }) => {
    const world = await open({ TRUSTED_PROXIES: '127.0.0.1' });
    await loggedIn(world);
    const idFor = async (given: string) => {
      await world.post('/api/token/', LOGIN, { headers: { 'X-Request-Id': given } });
      return (await world.app.store.audit.list(1))[0]?.origin.requestId;
    };
    for (const given of ['a', 'trace_0-9', 'x'.repeat(64)]) expect(await idFor(given)).toBe(given);
    const own = new Set<string | undefined>();
    const bad = [
      '<script>alert(1)</script>',
      'x'.repeat(65),
      'x'.repeat(10_000),
      'a b',
      'a,b',
      'é',
      '%0d%0a',
      '../x',
      '',
    ];
    for (const given of bad) own.add(await idFor(given));
    expect(own.size).toBe(bad.length);
    for (const id of own) expect(id).toMatch(/^[0-9a-f]{20}$/);
    const lines = [
      ...Object.entries(JSON_TYPE).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
    ];
    const twice = [...lines, 'X-Request-Id: one', 'X-Request-Id: two'];
    await sendRaw(world, rawRequest('POST /api/token/', twice, JSON.stringify(LOGIN)));
    expect((await world.app.store.audit.list(1))[0]?.origin.requestId).toMatch(/^[0-9a-f]{20}$/);
  });
});
