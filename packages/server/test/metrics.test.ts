import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as base, describe, expect, vi } from 'vitest';
import { only } from './support/database.ts';
import { type Family, readExposition, sampleValue } from './support/exposition.ts';
import { fetchOnce, METRICS_TOKEN, type Metered, openMetered } from './support/metered.ts';
import { sendRaw } from './support/raw.ts';
import { SECRET_KEY } from './support/world.ts';

/** `open` for a server with settings of its own, `metered` for one with its metrics on their own port. */
const test = base.extend<{ open: typeof openMetered; metered: Metered }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  open: async ({}, use) => {
    const opened: Metered[] = [];
    await use(async (settings) => {
      const metered = await openMetered(settings);
      opened.push(metered);
      return metered;
    });
    for (const metered of opened) await metered.close();
  },
  metered: async ({ open }, use) => use(await open()),
});

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const NINA = { username: 'nina', password: 'Sup3rSecret!x' };

async function logIn({ post }: Metered): Promise<{ access: string; refresh: string }> {
  await post('/api/register/', NINA);
  const { access = '', refresh = '' } = (await post('/api/token/', NINA)).json;
  return { access, refresh };
}

// Where they are is the same on any database. What is counted is not.
only('sqlite', () => {
  describe('where the metrics are', () => {
    test('nowhere, unless they are switched on [ASVS 13.4.5]', async ({ open }) => {
      const { latchkey, baseUrl } = await open({ METRICS: 'off' });
      const reply = await fetchOnce(`${baseUrl}/metrics`, bearer(METRICS_TOKEN));
      expect([reply.status, await reply.text()]).toEqual([404, '{"detail":"Not found."}']);
      expect([latchkey.metricsUrl, latchkey.app.requestMeter]).toEqual([undefined, undefined]);
    });

    test('on a port of their own, which knows nothing else; the main port has none', async ({ metered }) => {
      const { latchkey, baseUrl } = metered;
      expect(latchkey.metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
      const url = latchkey.metricsUrl ?? '';
      const reply = await fetchOnce(`${url}?x=1`);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      const head = await fetchOnce(url, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      for (const [method, path] of [
        ['POST', '/metrics'],
        ['GET', '/metrics/'],
        ['GET', '/'],
        ['GET', '/api/token/'],
      ])
        expect((await fetchOnce(new URL(path ?? '', url), { method: method ?? '' })).status).toBe(404);
      expect((await fetchOnce(`${baseUrl}/metrics`)).status).toBe(404);
    });

    test('on the main port for who has the token: missing or wrong is 401 [ASVS 13.4.5]', async ({
      open,
    }) => {
      const { baseUrl, latchkey } = await open({ METRICS: 'off', METRICS_TOKEN });
      const url = `${baseUrl}/metrics`;
      const wrong = [
        {},
        bearer('x'),
        bearer(`${METRICS_TOKEN}x`),
        bearer(METRICS_TOKEN.toLowerCase()),
        bearer(''),
      ];
      wrong.push({ headers: { Authorization: METRICS_TOKEN } });
      for (const ask of wrong) {
        const reply = await fetchOnce(url, ask);
        expect([reply.status, await reply.text()]).toEqual([
          401,
          '{"detail":"The metrics are for who has METRICS_TOKEN."}',
        ]);
        expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
      const right = await fetchOnce(url, bearer(METRICS_TOKEN));
      expect(right.status).toBe(200);
      const families = readExposition(await right.text());
      expect(
        sampleValue(families, 'latchkey_http_requests_total', { route: '/metrics', status: '401' }),
      ).toBe(6);
      expect((await fetchOnce(url, { method: 'POST', ...bearer(METRICS_TOKEN) })).status).toBe(405);
      expect(latchkey.metricsUrl).toBeUndefined();
    });

    test('who shows the token to a proxy in clear is refused, so that it is noticed [H-30, ASVS 4.1.2]', async ({
      open,
    }) => {
      const behind = { PUBLIC_URL: 'https://auth.example', TRUSTED_PROXIES: '127.0.0.1' };
      const { baseUrl } = await open({ METRICS: 'off', METRICS_TOKEN, ...behind });
      const statusFor = async (proto: string) => {
        const headers = { ...bearer(METRICS_TOKEN).headers, 'X-Forwarded-Proto': proto };
        return (await fetchOnce(`${baseUrl}/metrics`, { headers })).status;
      };
      expect([await statusFor('http'), await statusFor('https')]).toEqual([403, 200]);
    });

    test('whatever host the scraper calls the server by', async ({ open }) => {
      const server = await open({ METRICS: 'off', METRICS_TOKEN });
      const head = `GET /metrics HTTP/1.1\r\nHost: 10.1.2.3:8000\r\nConnection: close\r\n`;
      const reply = await sendRaw(server, `${head}Authorization: Bearer ${METRICS_TOKEN}\r\n\r\n`);
      expect(reply.statuses).toEqual([200]);
    });

    test('on both ports, and for the token on both', async ({ open }) => {
      const { baseUrl, latchkey } = await open({ METRICS_TOKEN });
      for (const url of [`${baseUrl}/metrics`, latchkey.metricsUrl ?? '']) {
        expect((await fetchOnce(url)).status).toBe(401);
        expect((await fetchOnce(url, bearer(METRICS_TOKEN))).status).toBe(200);
      }
    });

    test('until the server is closed, even while a scraper holds a connection', async ({ metered }) => {
      const url = metered.latchkey.metricsUrl ?? '';
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => {});
      const late = sleep(3_000, 'the server waits for the scraper', { ref: false });
      expect(await Promise.race([metered.close(), late]).finally(() => socket.destroy())).toBeUndefined();
      await expect(fetchOnce(url)).rejects.toThrow();
    });

    test('not on a port that is taken: the server does not start, and says which setting it is', async ({
      metered,
      open,
    }) => {
      const { port } = new URL(metered.latchkey.metricsUrl ?? '');
      await expect(open({ METRICS: port })).rejects.toThrow(/^METRICS cannot be served: .*EADDRINUSE/);
    });
  });
});

describe('what is counted', () => {
  test('logins, by whether they were right', async ({ metered }) => {
    const logins = async () => {
      const families = await metered.scrape();
      return ['ok', 'failed', 'busy'].map((result) =>
        sampleValue(families, 'latchkey_logins_total', { result }),
      );
    };
    expect(await logins()).toEqual([0, 0, 0]);
    await logIn(metered);
    await metered.post('/api/token/', { ...NINA, password: 'wrong' });
    await metered.post('/api/token/', { ...NINA, username: 'nobody' });
    expect(await logins()).toEqual([1, 2, 0]);
  });

  test('rotations, by what became of them', async ({ metered }) => {
    const rotations = async () => {
      const families = await metered.scrape();
      const results = ['rotated', 'repeated', 'reused', 'ended', 'unknown'];
      return results.map((result) => sampleValue(families, 'latchkey_rotations_total', { result }));
    };
    const rotate = async (refresh = '') =>
      (await metered.post('/api/token/refresh/', { refresh })).json.refresh;
    const { refresh: first } = await logIn(metered);
    const second = await rotate(first);
    expect(await rotations()).toEqual([1, 0, 0, 0, 0]);
    expect(await rotate(first)).toBe(second);
    expect(await rotations()).toEqual([1, 1, 0, 0, 0]);
    const third = await rotate(second);
    await rotate(first);
    expect(await rotations()).toEqual([2, 1, 1, 0, 0]);
    await rotate(third);
    expect(await rotations()).toEqual([2, 1, 1, 1, 0]);
  });

  test('requests by route, method and status, and their time by route', async ({ metered }) => {
    const { access } = await logIn(metered);
    for (const ask of [bearer(access), {}]) await fetchOnce(`${metered.baseUrl}/api/dashboard/`, ask);
    // Served without the slash: it is the same route.
    await metered.post('/api/token', NINA);
    const families = await metered.scrape();
    const requests = (route: string, method: string, status: string) =>
      sampleValue(families, 'latchkey_http_requests_total', { route, method, status });
    expect(requests('/api/register/', 'POST', '201')).toBe(1);
    expect(requests('/api/token/', 'POST', '200')).toBe(2);
    expect(requests('/api/dashboard/', 'GET', '200')).toBe(1);
    expect(requests('/api/dashboard/', 'GET', '401')).toBe(1);
    const timed = { route: '/api/token/' };
    expect(sampleValue(families, 'latchkey_http_request_duration_seconds_count', timed)).toBe(2);
    expect(sampleValue(families, 'latchkey_http_request_duration_seconds_sum', timed)).toBeGreaterThan(0);
    expect(sampleValue(families, 'latchkey_hash_wait_seconds_count')).toBe(3);
  });

  test('a request that is under way, and one whose caller hung up', async ({ metered }) => {
    const { hostname, port } = new URL(metered.baseUrl);
    const socket = connect(Number(port), hostname);
    socket.write('POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n');
    socket.write('Content-Length: 100\r\n\r\n{"username":');
    const level = async () => sampleValue(await metered.scrape(), 'latchkey_http_requests_under_way');
    await vi.waitFor(async () => expect(await level()).toBe(1)).finally(() => socket.destroy());
    await vi.waitFor(async () => expect(await level()).toBe(0));
    const labels = { route: '/api/token/', method: 'POST', status: 'aborted' };
    expect(sampleValue(await metered.scrape(), 'latchkey_http_requests_total', labels)).toBe(1);
  });

  only('postgres', () =>
    test('connections of the pool', async ({ metered }) => {
      await logIn(metered);
      const families = await metered.scrape();
      const level = (name: string) => sampleValue(families, `latchkey_database_pool_${name}`);
      expect(level('connections')).toBeGreaterThanOrEqual(1);
      expect(level('idle')).toBe(level('connections'));
      expect([level('waiting'), level('limit')]).toEqual([0, 10]);
    }),
  );

  only('postgres', () =>
    test('who waits for a connection when all are taken; then the server is not ready', async ({ open }) => {
      const { latchkey, scrape } = await open({ DATABASE_POOL: '1' });
      const { store } = latchkey.app;
      let letGo = () => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const holding = store.transaction(() => held);
      const waiting = store.ping().catch(() => 'it waited in vain');
      const families = await scrape().finally(letGo);
      await Promise.all([holding, waiting]);
      const names = ['connections', 'idle', 'waiting', 'limit'];
      const levels = names.map((name) => sampleValue(families, `latchkey_database_pool_${name}`));
      expect(levels).toEqual([1, 0, 1, 1]);
      expect(sampleValue(families, 'latchkey_ready')).toBe(0);
      expect(sampleValue(await scrape(), 'latchkey_ready')).toBe(1);
    }),
  );
});

const seriesOf = (families: ReadonlyMap<string, Family>) =>
  [...families.values()]
    .filter(({ name }) => name.startsWith('latchkey_'))
    .flatMap((family) => family.samples).length;

only('sqlite', () => {
  describe('what strangers send', () => {
    test('makes no series of its own: not a path, not a method, not a host', async ({ metered }) => {
      const { baseUrl, scrape } = metered;
      const send = async (salt: string) => {
        await fetchOnce(`${baseUrl}/${salt}`);
        await fetchOnce(`${baseUrl}/api/token/${salt}/?${salt}=1`, { method: 'DELETE' });
        await fetchOnce(`${baseUrl}/api/docs/${salt}`);
        const close = 'Connection: close\r\n\r\n';
        for (const start of [
          `PROPFIND /${salt}`,
          'REPORT /api/token/',
          `BREW${salt} /`,
          `GET http://${salt}/`,
          'GET /%zz',
        ])
          await sendRaw(metered, `${start} HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}`);
        await sendRaw(metered, `GET /healthz HTTP/1.1\r\nHost: ${salt}.example\r\n${close}`);
        await sendRaw(metered, `GET / HTTP/1.1\r\nHost: ${salt}.example\r\n${close}`);
      };
      await send('first');
      const before = seriesOf(await scrape());
      for (let i = 0; i < 10; i += 1) await send(`salt${i}`);
      const after = await scrape();
      expect(seriesOf(after)).toBe(before);
      expect(sampleValue(after, 'latchkey_http_requests_total', { route: 'none', method: 'other' })).toBe(11);
      expect(
        sampleValue(after, 'latchkey_http_requests_total', { route: '/api/token/', method: 'other' }),
      ).toBe(11);
    });

    test('is not repeated in the metrics: no name, no secret, no address [S-08]', async ({ open }) => {
      const metered = await open({ METRICS_TOKEN });
      const { access, refresh } = await logIn(metered);
      await metered.post('/api/token/refresh/', { refresh });
      await fetchOnce(`${metered.baseUrl}/api/dashboard/?secret=in-the-query`, bearer(access));
      const text = await (await fetchOnce(metered.latchkey.metricsUrl ?? '', bearer(METRICS_TOKEN))).text();
      expect(text).toContain('latchkey_rotations_total{result="rotated"} 1');
      const { config } = metered.latchkey.app;
      const words = [
        NINA.username,
        NINA.password,
        access,
        refresh,
        SECRET_KEY,
        METRICS_TOKEN,
        'in-the-query',
      ];
      for (const word of [...words, config.databaseUrl.reveal(), 'sqlite:', '127.0.0.1'])
        expect(text.includes(word), `the metrics contain ${word}`).toBe(false);
    });
  });

  test('a busy server is scraped in valid text, each time', async ({ metered }) => {
    const { access } = await logIn(metered);
    let stop = false;
    const visitor = async (ask: () => Promise<unknown>) => {
      while (!stop) await ask();
    };
    const visitors = [
      visitor(() => fetchOnce(`${metered.baseUrl}/api/dashboard/`, bearer(access))),
      visitor(() => metered.post('/api/token/', NINA)),
      visitor(() => metered.post('/api/token/', { ...NINA, password: 'wrong' })),
      visitor(() => fetchOnce(`${metered.baseUrl}/nowhere`)),
    ];
    const counts: number[] = [];
    try {
      for (let i = 0; i < 10; i += 1) {
        const families = await metered.scrape();
        const route = { route: '/api/token/' };
        counts.push(sampleValue(families, 'latchkey_http_request_duration_seconds_count', route) ?? 0);
      }
    } finally {
      stop = true;
      await Promise.all(visitors);
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(counts[0] ?? 0);
    expect(sampleValue(await metered.scrape(), 'latchkey_http_requests_under_way')).toBe(0);
  });
});

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** PostgreSQL has more to measure, so that what is written is held against one of the two databases. */
const POOL = /^latchkey_database_pool_/;

test('docs/metrics.md lists every metric of ours with its type, labels and meaning, and no other', async ({
  metered,
}) => {
  await logIn(metered);
  const families = [...(await metered.scrape()).values()].filter(({ name }) => name.startsWith('latchkey_'));
  const rows = families.map(({ name, type, help, samples }) => {
    const labels = Object.keys(samples[0]?.labels ?? {}).filter((label) => label !== 'le');
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
  });
  const written = [...file('docs/metrics.md').matchAll(/^\| `latchkey_.*$/gm)].map(([row]) => row);
  const wanted = families.some(({ name }) => POOL.test(name))
    ? written
    : written.filter((row) => !POOL.test(row.slice(3)));
  expect(wanted).toEqual(rows);
});

/** Every text of the dashboard that is a query. */
function queriesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'expr' || key === 'query' || key === 'definition') && typeof inner === 'string'
      ? [inner]
      : queriesOf(inner),
  );
}

test('every metric and every label that the Grafana dashboard and the alarms ask for is there', async ({
  metered,
}) => {
  await logIn(metered);
  const families = [...(await metered.scrape()).values()];
  const known = new Map<string, Set<string>>();
  const parts = ['', '_bucket', '_sum', '_count'];
  // A histogram without observations (no garbage was collected yet) has no samples.
  for (const { name, type, samples } of families)
    for (const one of [
      ...parts.slice(0, type === 'histogram' ? 4 : 1).map((part) => ({ name: name + part, labels: {} })),
      ...samples,
    ])
      known.set(one.name, new Set([...(known.get(one.name) ?? []), ...Object.keys(one.labels)]));
  const hasPool = families.some(({ name }) => POOL.test(name));
  const alarms = [...file('examples/grafana/README.md').matchAll(/expr: (.+)/g)].map(
    ([, query = '']) => query,
  );
  const queries = [...queriesOf(JSON.parse(file('examples/grafana/latchkey-dashboard.json'))), ...alarms];
  expect(alarms.length).toBe(4);
  const asked = queries.flatMap((query) => [
    ...query.matchAll(/\b((?:latchkey|process|nodejs)_\w+)(?:\{([^}]*)\})?/g),
  ]);
  expect(asked.length).toBeGreaterThan(20);
  for (const [, name = '', selectors = ''] of asked) {
    if (!hasPool && POOL.test(name)) continue;
    expect([...known.keys()], name).toContain(name);
    const labels = [...selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label);
    const ofPrometheus = ['job', 'instance'];
    expect([...(known.get(name) ?? []), ...ofPrometheus], name).toEqual(expect.arrayContaining(labels));
  }
  const used = new Set(asked.map(([, name]) => name?.replace(/_(bucket|sum|count)$/, '')));
  const ours = families.map(({ name }) => name).filter((name) => name.startsWith('latchkey_'));
  expect(ours.filter((name) => !used.has(name))).toEqual([]);
});
