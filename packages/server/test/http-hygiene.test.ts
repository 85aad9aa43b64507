import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { createServer } from '../src/http/server.ts';
import { VERSION } from '../src/version.ts';
import { test } from './support/oracles.ts';
import { HOST, sendRaw } from './support/raw.ts';
import { loggedIn, type World } from './support/world.ts';

/** Sockets of clients that began a request and take their time. */
async function dawdlers({ baseUrl }: World, count: number, bytes: string): Promise<Socket[]> {
  const port = Number(new URL(baseUrl).port);
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}));
  for (const socket of sockets) socket.write(bytes);
  await sleep(20);
  return sockets;
}

describe('clients that take their time', () => {
  test('have ten seconds for the head and thirty for all; 5,000 may be connected [H-07, H-08]', async ({
    world,
  }) => {
    const { fastify } = await createServer(world.app, { reason: undefined }, VERSION);
    const { headersTimeout, requestTimeout, maxConnections } = fastify.server;
    await fastify.close();
    expect({ headersTimeout, requestTimeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxConnections: 5_000,
    });
  });

  test('hold nobody up: 200 that send half a head, and 200 half a body [H-07]', async ({ world }) => {
    const { access: token } = await loggedIn(world);
    const half = `POST /api/token/ HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
    const sockets = [
      ...(await dawdlers(world, 200, half)),
      ...(await dawdlers(world, 200, `${half}Content-Length: 50\r\n\r\n{"username":`)),
    ];
    try {
      const started = performance.now();
      for (let turn = 0; turn < 20; turn += 1)
        expect((await world.get('/api/dashboard/', { token })).status).toBe(200);
      expect(performance.now() - started).toBeLessThan(2_000);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

test('a body that is no UTF-8 is refused, not mended, whatever was asked [H-09]', async ({ world }) => {
  const head = `POST /api/register/ HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nConnection: close\r\n`;
  for (const bytes of ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xe2\x82', '\xf8\x88\x80\x80\x80']) {
    const body = `{"username":"a${bytes}b","password":"Sup3rSecret!x"}`;
    const { statuses, text } = await sendRaw(world, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(statuses).toEqual([400]);
    expect(text).toMatch(/JSON parse error|UnicodeDecodeError|decode/);
  }
});

test('TRACE and CONNECT echo nothing back, and HTTP/0.9 is none [H-01, ASVS 13.4.4]', async ({ world }) => {
  const trace = `TRACE /healthz HTTP/1.1\r\n${HOST}X-Secret: 1234\r\nConnection: close\r\n\r\n`;
  const reply = await sendRaw(world, trace);
  expect(reply.statuses).toEqual([405]);
  expect(reply.text).not.toContain('1234');
  expect((await sendRaw(world, 'GET /healthz\r\n\r\n')).statuses).toEqual([400]);
});

test('no answer says which version of what runs here, not even of an error [H-18]', async ({ world }) => {
  const paths = ['/healthz', '/readyz', '/nope', '/api/token/', '/.well-known/jwks.json'];
  for (const path of paths) {
    const { headers, text } = await world.get(path);
    const head = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    expect(`${head}\n${text}`, path).not.toMatch(/fastify|node\.?js|express|django|v?\d+\.\d+\.\d+/i);
  }
});
