import { expect } from 'vitest';
import { test } from './support/oracles.ts';
import { HOST, rawRequest, sendRaw } from './support/raw.ts';
import type { World } from './support/world.ts';

const DASHBOARD = rawRequest('GET /api/dashboard/', ['Connection: close']);
const REFUSED = '{"detail":"This server does not answer for the host in the Host header."}';

/** The status of a request with these Host lines. */
async function statusFor(
  world: World,
  lines: readonly string[],
  path = '/api/dashboard/',
): Promise<number | undefined> {
  const hosts = lines.map((line) => `Host: ${line}\r\n`).join('');
  const bytes = rawRequest(`GET ${path}`, ['Connection: close']).replace(HOST, hosts);
  return (await sendRaw(world, bytes)).statuses[0];
}

const STRANGERS = [
  ...[
    'evil.example',
    'localhost',
    '127.0.0.2',
    '127.0.0.1.evil.example',
    'evil.example:80',
    '127.0.0.1@evil.example',
  ],
  ...[
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::1',
    '127.0.0.1:x',
    '',
  ],
  ...[
    '127.0.0.1:999999',
    '127.0.0.1/',
    '127.0.0.1, evil.example',
    'http://127.0.0.1',
    '127.0.0.1..',
    '٠.0.0.1',
  ],
];

test('the Host header in production has to be that of PUBLIC_URL (DNS rebinding) [E-01]', async ({
  world,
}) => {
  for (const host of STRANGERS) expect(await statusFor(world, [host]), host).toBe(400);
  for (const host of ['127.0.0.1', '127.0.0.1:8000', '127.0.0.1.'])
    expect(await statusFor(world, [host]), host).toBe(401);
  expect((await sendRaw(world, DASHBOARD.replace('127.0.0.1', 'evil.example'))).text).toContain(
    `\r\n\r\n${REFUSED}`,
  );
});

test('the Host header is refused for every route and method but the probes', async ({ world }) => {
  for (const path of [
    '/',
    '/nope',
    '/api/token/',
    '/api/schema/',
    '/api/docs/',
    '/.well-known/jwks.json',
    '/healthz?',
    '/healthz/',
  ])
    expect(await statusFor(world, ['evil.example'], path), path).toBe(400);
  for (const path of ['/healthz', '/readyz'])
    expect(await statusFor(world, ['10.0.0.7:8000'], path), path).toBe(200);
  const preflight = rawRequest('OPTIONS /api/token/', [
    'Access-Control-Request-Method: POST',
    'Connection: close',
  ]);
  expect((await sendRaw(world, preflight.replace(HOST, 'Host: evil.example\r\n'))).statuses).toEqual([400]);
});

test('the Host header is sent once: two are refused, equal or not, and so is none', async ({ world }) => {
  for (const hosts of [
    ['127.0.0.1', 'evil.example'],
    ['evil.example', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
    [],
  ])
    expect(await statusFor(world, hosts), hosts.join()).toBe(400);
  const old = `GET /api/dashboard/ HTTP/1.0\r\n\r\n`;
  expect((await sendRaw(world, old)).statuses).toEqual([400]);
});

test('an address in the request line is refused, ours or not: it is a second opinion about the host', async ({
  world,
}) => {
  for (const host of ['127.0.0.1', 'evil.example', 'localhost', '127.0.0.1@evil.example']) {
    for (const path of ['/api/dashboard/', '/healthz']) {
      const bytes = rawRequest(`GET http://${host}${path}`, ['Connection: close']);
      const { statuses } = await sendRaw(world, bytes);
      expect(statuses, host + path).toEqual([400]);
    }
  }
});

test('the Host header in dev may also be a name or an address of this machine, and no other name', async ({
  open,
}) => {
  const world = await open({ PUBLIC_URL: '' }, 'dev');
  const local = [
    'localhost',
    'LOCALHOST:8000',
    'app.localhost',
    '127.0.0.1',
    '192.168.1.5',
    '[::1]:8000',
    '[fe80::1]',
  ];
  for (const host of local) expect(await statusFor(world, [host]), host).toBe(401);
  const rebound = [
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    '127.1',
    '127.0.0.1.nip.io',
    '[::1].evil',
  ];
  for (const host of rebound) expect(await statusFor(world, [host]), host).toBe(400);
});
