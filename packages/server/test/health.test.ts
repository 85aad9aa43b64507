import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { openDatabase } from '../src/adapters/sql/open.ts';
import { sqlStore } from '../src/adapters/sql/store.ts';
import { notReady, type Readiness } from '../src/http/health.ts';
import { openApiDocument } from '../src/http/openapi.ts';
import type { Method } from '../src/http/route.ts';
import { ROUTES } from '../src/http/routes/all.ts';
import { Secret } from '../src/secret.ts';
import { VERSION } from '../src/version.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { rawRequest, sendRaw } from './support/raw.ts';
import { serve } from './support/second-server.ts';
import type { World } from './support/world.ts';

describe('the probes', () => {
  test('say that all is well, to GET and HEAD, and change nothing [ASVS 3.5.3]', async ({ world }) => {
    await expectNothingHappened(world, async () => {
      expect((await world.get('/healthz')).text).toBe('{"status":"ok"}');
      expect((await world.get('/readyz')).text).toBe('{"status":"ready"}');
      for (const path of ['/healthz', '/readyz']) {
        const head = await world.ask('HEAD', path);
        expect([head.status, head.text]).toEqual([200, '']);
      }
    });
  });

  test('/readyz says no also to who asked before the server was told to stop, and is answered after it', async () => {
    const readiness: Readiness = { reason: undefined };
    const ping = async () => {
      readiness.reason = 'shutting down';
    };
    expect(await notReady({ store: { ping } }, readiness)).toBe('shutting down');
  });

  test('/readyz says no without its database, /healthz goes on', async ({ world }) => {
    const databaseUrl = new Secret(world.lent.url);
    const database = openDatabase({
      databaseUrl,
      databasePool: 1,
      databaseWaitSeconds: 2,
      sqliteSynchronous: 'normal',
    });
    const store = sqlStore(database);
    const server = await serve({ ...world.app, store });
    expect((await fetch(`${server.baseUrl}/readyz`)).status).toBe(200);
    await database.close();
    const reply = await fetch(`${server.baseUrl}/readyz`);
    const reason = 'the database does not answer';
    expect([reply.status, await reply.json()]).toEqual([503, { status: 'not ready', reason }]);
    expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);
    await server.close();
  });

  test('/readyz says no while the server stops, and requests are still answered', async ({ world }) => {
    const server = await serve(world.app);
    server.readiness.reason = 'shutting down';
    const reply = await fetch(`${server.baseUrl}/readyz`);
    expect([reply.status, await reply.json()]).toEqual([
      503,
      { status: 'not ready', reason: 'shutting down' },
    ]);
    expect((await fetch(`${server.baseUrl}/api/dashboard/`)).status).toBe(401);
    await server.close();
  });
});

test('the public keys are none: an HS256 key is a secret [J-35]', async ({ world }) => {
  const reply = await world.get('/.well-known/jwks.json');
  expect([reply.status, reply.text]).toEqual([200, '{"keys":[]}']);
  expect(reply.headers.get('cache-control')).toBe('public, max-age=300');
});

/** JSON, or a list to be kept as a file. */
const OUR_TYPES = /^(application\/json|application\/x-ndjson|text\/csv; charset=utf-8)$/;

describe('the OpenAPI document', () => {
  test('is what is printed and committed, and what the docs page shows', async ({ world }) => {
    const { json } = await world.get('/api/schema/');
    expect(json).toEqual(JSON.parse(JSON.stringify(openApiDocument(VERSION))));
    const committed = readFileSync(new URL('../../../contract/openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed).paths).toEqual(json.paths);
    expect((await world.get('/api/docs/json')).json.paths).toEqual(json.paths);
  });

  test('lists no route of staff where they answer 404', async ({ open }) => {
    const world = await open({ ADMIN_API: 'off' });
    const paths = Object.keys((await world.get('/api/schema/')).json.paths);
    expect(paths.filter((path) => path.startsWith('/api/admin/'))).toEqual([]);
    expect(paths).toContain('/api/token/');
    expect(Object.keys((await world.get('/api/docs/json')).json.paths)).toEqual(paths);
  });

  test('is OpenAPI 3.1 and lists every route with its methods, bodies and answers [ASVS 15.2.3]', async ({
    world,
  }) => {
    const { json } = await world.get('/api/schema/');
    expect(json.openapi).toMatch(/^3\.1\.\d+$/);
    expect(json.info).toMatchObject({ title: 'Latchkey', version: VERSION });
    expect(Object.keys(json.paths)).toEqual([...ROUTES.map(({ path }) => path), '/.well-known/jwks.json']);
    const ids = new Set<string>();
    for (const route of ROUTES) {
      const methods = Object.keys(route.operations);
      const { parameters, ...operations } = json.paths[route.path];
      expect(Object.keys(operations)).toEqual(methods.map((method) => method.toLowerCase()));
      expect((parameters ?? []).map(({ name }: { name: string }) => name)).toEqual(
        [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
      for (const method of methods) {
        const operation = json.paths[route.path][method.toLowerCase()];
        ids.add(operation.operationId);
        const definition = route.operations[method as Method];
        const { fields, bodySchema, staff, identify = route.identify } = definition ?? {};
        const ways = staff === undefined ? [{ bearer: [] }] : [{ bearer: [] }, { adminCookie: [] }];
        expect(operation.security).toEqual(identify === 'required' ? ways : []);
        expect((fields ?? bodySchema) !== undefined).toBe('requestBody' in operation);
        for (const [status, response] of Object.entries(operation.responses)) {
          expect(status).toMatch(/^[245]\d\d$/);
          expect(response).toMatchObject({ description: expect.any(String) });
          if (status === '204') expect(response).not.toHaveProperty('content');
          else expect(Object.keys((response as { content: object }).content).join()).toMatch(OUR_TYPES);
        }
      }
    }
    expect(ids.size).toBe(ROUTES.flatMap((route) => Object.keys(route.operations)).length);
  });

  test('names the statuses that the routes really answer', async ({ world }) => {
    const { json } = await world.get('/api/schema/');
    const answers: [string, number][] = [
      [
        '/api/register/',
        (await world.post('/api/register/', { username: 'a', password: 'Sup3rSecret!x' })).status,
      ],
      ['/api/register/', (await world.post('/api/register/', {})).status],
      ['/api/token/', (await world.post('/api/token/', { username: 'a', password: 'x' })).status],
      ['/api/token/', (await world.post('/api/token/', {})).status],
      ['/api/token/refresh/', (await world.post('/api/token/refresh/', { refresh: 'x' })).status],
      ['/api/token/verify/', (await world.post('/api/token/verify/', { token: 'x' })).status],
      ['/api/token/blacklist/', (await world.post('/api/token/blacklist/', { refresh: 'x' })).status],
      ['/api/dashboard/', (await world.post('/api/dashboard/', {})).status],
    ];
    for (const [path, status] of answers)
      expect(Object.keys(json.paths[path].post.responses), path).toContain(String(status));
  });
});

describe('the pages', () => {
  const LOCAL = /^(?!.*:\/\/)/;

  test('`/` is there in dev alone: every route, nothing from elsewhere', async ({ world, open }) => {
    expect((await world.get('/')).status).toBe(404);
    const dev = await open({}, 'dev');
    const { status, headers, text } = await dev.get('/');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const { path } of ROUTES) expect(text).toContain(path);
    expect(text).not.toMatch(/<(script|img|link|iframe)/);
    // What is below /dev/ is mounted by `startLatchkey` alone.
    // Without the slash in front, so that they lead on below a path of a proxy, too.
    for (const [, link = ''] of text.matchAll(/href="(?!dev\/)([^"]*)"/g))
      expect((await dev.get(`/${link}`)).status, link).toBe(200);
  });

  /** The addresses that a page of HTML loads by itself. */
  const loadedBy = (html: string) =>
    [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');

  async function assetsOf(world: World): Promise<string[]> {
    const { status, text } = await world.get('/api/docs/');
    expect(status).toBe(200);
    const assets = loadedBy(text);
    expect(assets.length).toBeGreaterThan(4);
    return assets;
  }

  test('the docs page comes with its assets from here, and from nowhere else [ASVS 14.2.3]', async ({
    world,
  }) => {
    for (const asset of await assetsOf(world)) {
      expect(asset).toMatch(LOCAL);
      const path = new URL(asset, 'http://here/api/docs/').pathname;
      const reply = await world.get(path);
      expect([reply.status, reply.headers.get('x-content-type-options')], path).toEqual([200, 'nosniff']);
      if (path.endsWith('.css')) expect(reply.text).not.toMatch(/@import|url\(\s*["']?(?!["']?data:)/);
    }
    const policy = (await world.get('/api/docs/')).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toMatch(/frame-ancestors 'none'$/);
    expect(policy.replace(/'[\w-]+'|data:/g, '')).not.toMatch(/[.:*]/);
    // Swagger UI asks validator.swagger.io about every public document unless it is told not to.
    const { text } = await world.get('/api/docs/static/swagger-initializer.js');
    expect(text).toContain('validatorUrl: null');
    expect(text.replace(/^\s*\/\/.*$/gm, '')).not.toMatch(/https?:\/\//);
  });

  test('no file is served but those of the docs page, however its path is written [S-11, S-12]', async ({
    world,
  }) => {
    const tricks = [
      '../../package.json',
      '%2e%2e%2f%2e%2e%2fpackage.json',
      '..%5c..%5cpackage.json',
      '.htaccess',
      'CON',
    ];
    const odd = [
      '%00',
      'swagger-ui.css%00.js',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      '....//package.json',
      'SWAGGER-UI.CSS',
      '',
    ];
    for (const trick of [...tricks, ...odd]) {
      for (const start of ['/api/docs/static/', '/api/docs/', '/static/']) {
        if (start + trick === '/api/docs/' || start + trick === '/api/docs/static/') continue;
        const { statuses, text } = await sendRaw(
          world,
          rawRequest(`GET ${start}${trick}`, ['Connection: close']),
        );
        expect(statuses, start + trick).toEqual([404]);
        expect(text.split('\r\n\r\n')[1], start + trick).toBe('{"detail":"Not found."}');
      }
    }
  });
});
