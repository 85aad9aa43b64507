import { connect } from 'node:net';
import { describe, expect } from 'vitest';
import { expectNothingHappened, test } from './support/oracles.ts';
import { HOST, headersOf, rawRequest, sendRaw } from './support/raw.ts';
import { loggedIn, type World } from './support/world.ts';

const POST = `POST /api/token/ HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
/** What an attacker hides behind the first request: if it is answered, two parsers can be made to disagree. */
const SECOND = rawRequest('GET /healthz', ['Connection: close']);

/** Requests whose end is a matter of opinion (request smuggling). */
const ATTACKS: Record<string, string> = {
  'Content-Length and Transfer-Encoding': `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding and Content-Length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
  'an unknown coding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'chunked, but not at the end': `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  'chunked twice': `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  'two equal Content-Lengths': `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
  'two Content-Lengths': `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `,
  'a list of Content-Lengths': `${POST}Content-Length: 2, 2\r\n\r\n{}`,
  'a Content-Length with a plus': `${POST}Content-Length: +2\r\n\r\n{}`,
  'a negative Content-Length': `${POST}Content-Length: -1\r\n\r\n{}`,
  'a hexadecimal Content-Length': `${POST}Content-Length: 0x2\r\n\r\n{}`,
  'a Content-Length of 20 digits': `${POST}Content-Length: 99999999999999999999\r\n\r\n{}`,
  'line feeds alone': `${POST}Content-Length: 2\r\n\r\n{}`.replaceAll('\r\n', '\n'),
  'one line feed alone': `${POST}X: y\nContent-Length: 2\r\n\r\n{}`,
  'a carriage return alone': `${POST}X: a\rb\r\nContent-Length: 2\r\n\r\n{}`,
  'a folded header': `${POST}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`,
  'a folded Transfer-Encoding': `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  'NUL in a header': `${POST}X: a\0b\r\nContent-Length: 2\r\n\r\n{}`,
  'a header without a name': `${POST}: a\r\nContent-Length: 2\r\n\r\n{}`,
  'a space in the name of a header': `${POST}X y: a\r\nContent-Length: 2\r\n\r\n{}`,
  'a chunk size that is no number': `${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`,
  'a negative chunk size': `${CHUNKED}-2\r\n{}\r\n0\r\n\r\n`,
  'chunks with line feeds alone': `${CHUNKED}2\n{}\n0\n\n`,
  'a Content-Length in the trailer': `${CHUNKED}2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n`,
  'a chunk extension of 20 KB': `${CHUNKED}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  'chunks in HTTP/1.0': CHUNKED.replace('HTTP/1.1', 'HTTP/1.0'),
  'HTTP/9.9': rawRequest('GET /healthz').replace('HTTP/1.1', 'HTTP/9.9'),
  'HTTP/0.9': 'GET /healthz\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'an unknown method': rawRequest('FOO /healthz'),
  'a control character in the path': rawRequest('GET /healthz?\x01'),
  'DEL in the path': rawRequest('GET /healthz?\x7f'),
  'bytes beyond ASCII in the path': rawRequest('GET /healthz?\xe9'),
};

test('a request whose end is a matter of opinion is a 400 and the end of the connection [H-01]', async ({
  world,
}) => {
  await expectNothingHappened(world, async () => {
    for (const [what, bytes] of Object.entries(ATTACKS)) {
      const { statuses, text } = await sendRaw(world, bytes + SECOND);
      expect(statuses, what).toEqual([400]);
      expect(text.split('\r\n\r\n')[1], what).toBe('{"detail":"Bad request."}');
    }
  });
});

test('what is no HTTP is answered with the security headers of every other answer [H-18]', async ({
  world,
}) => {
  const noHost = rawRequest('GET /healthz').replace(HOST, '');
  for (const bytes of ['GARBAGE\r\n\r\n', rawRequest(`GET /${'a'.repeat(17_000)}`), noHost]) {
    const headers = headersOf(await sendRaw(world, bytes));
    expect(headers.get('x-content-type-options'), bytes.slice(0, 30)).toBe('nosniff');
    expect(headers.get('cache-control'), bytes.slice(0, 30)).toBe('no-store');
  }
});

describe('requests of a size that nobody needs [H-04]', () => {
  const cookies = Array.from({ length: 100 }, (_, index) => `Cookie: c${index}=${'x'.repeat(4_096)}`);

  test('a header, a path or cookies beyond 16 KB are refused', async ({ world }) => {
    const requests = [
      rawRequest('GET /healthz', [`X: ${'a'.repeat(17_000)}`]),
      rawRequest(`GET /${'a'.repeat(17_000)}`),
      rawRequest('GET /healthz', cookies),
    ];
    for (const bytes of requests) {
      const { statuses } = await sendRaw(world, bytes + SECOND);
      expect([[431], [414], [400]]).toContainEqual(statuses);
    }
  });

  test('2,001 headers are refused, not cut', async ({ world }) => {
    const lines = Array.from({ length: 2_001 }, () => 'a:b');
    const { statuses } = await sendRaw(world, rawRequest('GET /healthz', [...lines, 'Connection: close']));
    expect([[431], [400]]).toContainEqual(statuses);
  });
});

/** Sends chunks for as long as the server takes them; how many bytes, and what it said. */
function sendEndlessly({ baseUrl }: World): Promise<{ sent: number; text: string }> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
    const chunk = `4000\r\n${'a'.repeat(16_384)}\r\n`;
    let [sent, text, isOpen] = [0, '', true];
    const pour = () => {
      while (isOpen && sent < 200e6) {
        sent += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', pour);
      }
      socket.destroy();
    };
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isOpen = false;
      resolve({ sent, text });
    });
    socket.write(CHUNKED);
    pour();
  });
}

describe('bodies beyond 16 KB, or 64 KB where no password and no token is taken [H-06]', () => {
  const TOO_LARGE = '{"detail":"The body is larger than 16384 bytes."}';

  test('are refused as soon as they are announced', async ({ world }) => {
    for (const length of ['16385', '1048577', '10000000000']) {
      const { statuses, text } = await sendRaw(world, `${POST}Content-Length: ${length}\r\n\r\n`);
      expect([statuses, text.split('\r\n\r\n')[1]]).toEqual([[413], TOO_LARGE]);
    }
    const expecting = `${POST}Expect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n`;
    expect((await sendRaw(world, expecting)).statuses.at(-1)).toBe(413);
  });

  test('are refused when they are sent all the same, and one byte less is read', async ({ world }) => {
    const headers = { 'Content-Type': 'application/json' };
    for (const size of [16_385, (1 << 20) + 1]) {
      const reply = await world.post('/api/token/', 'x'.repeat(size), { headers });
      expect([reply.status, reply.text]).toEqual([413, TOO_LARGE]);
    }
    expect((await world.post('/api/token/', ' '.repeat(16_384), { headers })).status).toBe(400);
    const { access: token } = await loggedIn(world);
    const echo = async (size: number) =>
      (await world.post('/api/dashboard/', `"${'x'.repeat(size - 2)}"`, { headers, token })).status;
    expect([await echo(65_536), await echo(65_537)]).toEqual([200, 413]);
  });

  test('that never end are refused, and not kept', async ({ world }) => {
    const { sent, text } = await sendEndlessly(world);
    expect(text).toContain(TOO_LARGE);
    // The rest is what the kernel had room for.
    expect(sent).toBeLessThan(50e6);
  });
});

describe('one connection', () => {
  test('answers a hundred requests that came at once, in their order [H-25]', async ({ world }) => {
    const paths = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? '/nope' : '/healthz'));
    const last = rawRequest('GET /readyz', ['Connection: close']);
    const { statuses } = await sendRaw(world, paths.map((path) => rawRequest(`GET ${path}`)).join('') + last);
    expect(statuses).toEqual([...paths.map((path) => (path === '/nope' ? 404 : 200)), 200]);
  });

  test('takes no body of a GET for the next request', async ({ world }) => {
    const hidden = rawRequest('GET /nope');
    const { statuses } = await sendRaw(world, rawRequest('GET /healthz', [], hidden) + SECOND);
    expect([[200], [200, 200]]).toContainEqual(statuses);
  });

  test('stays HTTP/1.1 whatever it is asked to become [H-25]', async ({ world }) => {
    for (const protocol of ['h2c', 'websocket', 'TLS/1.3']) {
      const upgrade = [
        'Connection: Upgrade, HTTP2-Settings, close',
        `Upgrade: ${protocol}`,
        'HTTP2-Settings: AAMAAABk',
      ];
      expect((await sendRaw(world, rawRequest('GET /healthz', upgrade))).statuses).toEqual([200]);
    }
    expect((await sendRaw(world, rawRequest('CONNECT /healthz') + SECOND)).statuses).toEqual([]);
  });
});
