import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { test } from './support/oracles.ts';
import { headersOf, type RawReply, rawRequest, sendRaw } from './support/raw.ts';
import { loggedIn } from './support/world.ts';

const NOT_FOUND = '{"detail":"Not found."}';

const bodyOf = ({ text }: RawReply) => text.slice(text.indexOf('\r\n\r\n') + 4);

describe('paths', () => {
  test('have one spelling: a trick is a 404, not another way in [H-20, L-16]', async ({ world }) => {
    const { access } = await loggedIn(world);
    const tricks =
      '//api/dashboard/ /api//dashboard/ /API/dashboard/ /api/DASHBOARD/ /api/./dashboard/ /api/../api/dashboard/ /api/dashboard;x/ /api/dashboard/;x /api/dashboard/..;/ /api/dashboard/. /api/dashboard/%00 /api%2fdashboard/ /api/%2e/dashboard/ /api/%252e/dashboard/ /api/d%2561shboard/ /api/dashboard%2f /api/dashboard/%20 /api/%c0%af/ /api/dashbo%u0061rd/ /\\api\\dashboard\\ /api/dashboard// /%2fapi/dashboard/ /% /%zz /api/dashboard/%';
    for (const path of tricks.split(' ')) {
      const headers = [`Authorization: Bearer ${access}`, 'Connection: close'];
      const reply = await sendRaw(world, rawRequest(`GET ${path}`, headers));
      expect([reply.statuses, bodyOf(reply)], path).toEqual([[404], NOT_FOUND]);
    }
  });

  test('that are not there look alike, and a method that is not there too [H-32]', async ({ world }) => {
    const answers = await Promise.all(
      [
        '/nope',
        '/api/users/1/',
        '/api/users/999/',
        '/admin.php',
        '/.env',
        '/.git/config',
        '/latchkey.sqlite3',
        '/api/',
      ].map((path) => world.get(path)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([`404 ${NOT_FOUND}`]),
    );
  });

  const METHODS: [string, string[]][] = [
    ['a method they have not', ['PUT', 'PATCH', 'DELETE', 'TRACE']],
    ['a method from beyond HTTP, as Django does,', ['PROPFIND', 'PURGE', 'M-SEARCH']],
  ];
  test.for(METHODS)(
    'that are there refuse %s and echo nothing of it [H-32]',
    async ([, methods], { world }) => {
      for (const method of methods) {
        for (const path of ['/api/token/', '/api/register/', '/healthz', '/api/schema/']) {
          const reply = await sendRaw(
            world,
            rawRequest(`${method} ${path}`, ['Connection: close', 'X-Secret: 1234']),
          );
          const answer = [reply.statuses, bodyOf(reply)];
          expect(answer, path).toEqual([[405], `{"detail":"Method \\"${method}\\" not allowed."}`]);
          expect(reply.text).not.toContain('1234');
        }
      }
    },
  );

  test('every 405 names what is allowed (RFC 9110, 15.5.6)', async ({ world }) => {
    const allowed: [string, string][] = [
      ['/api/token/', 'POST, OPTIONS'],
      ['/healthz', 'GET, HEAD'],
      ['/api/schema/', 'GET, HEAD'],
    ];
    for (const [path, methods] of allowed) {
      const reply = await world.ask('DELETE', path);
      expect([reply.status, reply.headers.get('allow')], path).toEqual([405, methods]);
    }
  });

  test('without their last slash are redirected for a look, with the query, and served for the rest', async ({
    world,
  }) => {
    const places: [string, string][] = [
      ['/api/dashboard', '/api/dashboard/'],
      ['/api/dashboard?a=b&c=//evil.example', '/api/dashboard/?a=b&c=//evil.example'],
      ['/api/dashboard?', '/api/dashboard/?'],
      ['/api/dashboard?%0d%0aSet-Cookie:%20x=1', '/api/dashboard/?%0d%0aSet-Cookie:%20x=1'],
    ];
    for (const [from, to] of places) {
      for (const method of ['GET', 'HEAD']) {
        const reply = await sendRaw(world, rawRequest(`${method} ${from}`, ['Connection: close']));
        expect([reply.statuses, headersOf(reply).get('location')], from).toEqual([[301], to]);
        expect(headersOf(reply).has('set-cookie')).toBe(false);
      }
    }
    const body = { username: 'alice', password: 'Sup3rSecret!x' };
    expect((await world.post('/api/register', body)).status).toBe(201);
    expect((await world.post('/api/token?next=x', body)).status).toBe(200);
    expect((await world.ask('OPTIONS', '/api/token')).json.name).toBe('My Token Obtain Pair');
    for (const path of [
      '//evil.example/api/dashboard',
      '/\\evil.example/api/dashboard',
      '/nope',
      '/healthz/',
    ])
      expect((await sendRaw(world, rawRequest(`GET ${path}`, ['Connection: close']))).statuses, path).toEqual(
        [404],
      );
  });
});

describe('an answer as a page', () => {
  const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
  const HTML = { Accept: 'text/html' };

  test('shows what people wrote and asked for as text, never as HTML [G-14]', async ({ world }) => {
    const { access: token } = await loggedIn(world, EVIL);
    const raw = rawRequest(`GET /api/dashboard/?"><script>alert(2)</script>`, [
      `Authorization: Bearer ${token}`,
      'Accept: text/html',
      'Connection: close',
    ]);
    const pages = [
      (await world.get('/api/dashboard/', { token, headers: HTML })).text,
      (await world.post('/api/dashboard/', { text: EVIL }, { token, headers: HTML })).text,
      (await world.post('/api/register/', { username: EVIL, password: EVIL }, { headers: HTML })).text,
      (
        await world.post('/api/token/', EVIL, {
          headers: { ...HTML, 'Content-Type': EVIL.replaceAll("'", '') },
        })
      ).text,
      bodyOf(await sendRaw(world, raw)),
    ];
    for (const page of pages) {
      expect(page).toContain('<!doctype html>');
      expect(page).not.toMatch(/<script|<img|onerror='|"><s/);
    }
    expect(pages[0]).toContain('&quot;&gt;&lt;script&gt;');
  });

  test('may load nothing but its one style, named by its hash', async ({ world }) => {
    const { headers, text } = await world.get('/api/token/', { headers: HTML });
    const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(text).not.toMatch(/<(script|link|img|iframe|form)|style=|https?:\/\/| on\w+=/);
  });
});
