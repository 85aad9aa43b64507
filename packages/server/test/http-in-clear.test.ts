import { expect } from 'vitest';
import { test } from './support/oracles.ts';
import { loggedIn, type World } from './support/world.ts';

const HTTPS = { PUBLIC_URL: 'https://127.0.0.1/auth', TRUSTED_PROXIES: '127.0.0.1' };
const IN_CLEAR = { headers: { 'X-Forwarded-Proto': 'http' } };
const REFUSED = { detail: 'This server is asked by https alone.' };

const warnings = ({ notes }: World) => notes.filter((note) => note.includes('came to the proxy in clear'));

test('what came to the proxy in clear is refused, token or not, and never sent on [H-30, ASVS 4.1.2]', async ({
  open,
}) => {
  const world = await open(HTTPS);
  const { access: token } = await loggedIn(world);
  for (const [method, path] of [
    ['GET', '/api/dashboard/'],
    ['GET', '/api/dashboard'],
    ['POST', '/api/token/'],
    ['OPTIONS', '/api/token/'],
    ['GET', '/api/schema/'],
    ['POST', '/admin/'],
    ['GET', '/.well-known/jwks.json'],
    ['GET', '/nowhere'],
  ] as const) {
    const { status, json, headers } = await world.ask(method, path, { ...IN_CLEAR, token });
    expect({ status, json, to: headers.get('location') }, `${method} ${path}`).toEqual({
      status: 403,
      json: REFUSED,
      to: null,
    });
  }
  expect((await world.get('/api/dashboard/', { token })).status).toBe(200);
  expect(warnings(world)).toHaveLength(1);
});

test('a page is looked for at its https address, below the path that the proxy has for it', async ({
  open,
}) => {
  const world = await open({ ...HTTPS, ACCOUNT_UI: 'on' });
  for (const path of ['/admin/', '/admin/users/?q=1', '/account', '/api/docs/']) {
    const { status, headers } = await world.get(path, IN_CLEAR);
    expect([status, headers.get('location')]).toEqual([301, `https://127.0.0.1/auth${path}`]);
  }
  const prefixed = { headers: { ...IN_CLEAR.headers, 'X-Forwarded-Prefix': '/login' } };
  expect((await world.get('/admin/', prefixed)).headers.get('location')).toBe(
    'https://127.0.0.1/login/admin/',
  );
});

test('the first proxy says how the caller came; probes may come as they like', async ({ open }) => {
  const world = await open(HTTPS);
  const statusFor = async (proto: string, path = '/api/dashboard/') =>
    (await world.get(path, { headers: { 'X-Forwarded-Proto': proto } })).status;
  for (const proto of ['http', 'HTTP', 'http, https', ' http ,https'])
    expect(await statusFor(proto), proto).toBe(403);
  for (const proto of ['https', 'https, http', 'wss', '']) expect(await statusFor(proto), proto).toBe(401);
  for (const path of ['/healthz', '/readyz']) expect(await statusFor('http', path)).toBe(200);
});

test('nothing is refused for it unless a trusted proxy says so of a server that is asked by https', async ({
  open,
}) => {
  const others: [Readonly<Record<string, string>>, 'serve' | 'dev'][] = [
    [{ PUBLIC_URL: HTTPS.PUBLIC_URL }, 'serve'],
    [{ ...HTTPS, TRUSTED_PROXIES: '10.0.0.0/8' }, 'serve'],
    [{ ...HTTPS, PUBLIC_URL: 'http://127.0.0.1' }, 'serve'],
    [HTTPS, 'dev'],
  ];
  for (const [settings, profile] of others) {
    const world = await open(settings, profile);
    expect((await world.get('/api/dashboard/', IN_CLEAR)).status, JSON.stringify(settings)).toBe(401);
    expect(warnings(world)).toEqual([]);
  }
});
