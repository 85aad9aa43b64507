import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { ADMIN_COOKIE } from '../src/http/admin-session.ts';
import { COOKIE_NAMES } from '../src/http/cookies.ts';
import { test, type World } from './support/world.ts';

/** The addresses of a page's own files, as they stand in it. */
const assetsIn = (html: string) =>
  [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, one = '']) => one);

const baseIn = (html: string) => /<base href="([^"]*)">/.exec(html)?.[1];

interface Raw {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Path and encoding exactly as given: fetch would make them better. */
function raw(world: World, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(world.baseUrl);
    request({ host: '127.0.0.1', port, path, headers }, async (response) => {
      const parts = await response.toArray();
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
    })
      .on('error', reject)
      .end();
  });
}

describe('a page', () => {
  test('has a policy with a nonce of its own in each answer, and nothing inline without it', async ({
    open,
  }) => {
    const world = await open({ ACCOUNT_UI: 'on' });
    const answers = [await world.get('/account/'), await world.get('/account/')];
    const nonces = answers.map(({ text, headers }) => {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      const [, nonce = ''] = /script-src 'nonce-([^']{24})'/.exec(policy) ?? [];
      for (const tag of text.match(/<(?:script|style|link rel="(?:stylesheet|modulepreload)")[^>]*>/g) ?? [])
        expect(tag).toContain(` nonce="${nonce}"`);
      expect(text).not.toMatch(/__NONCE__| style="| on\w+="/);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(2);
    expect(answers[0]?.headers.get('cache-control')).toBe('no-store');
  });

  test('answers for every path below its own, so that links into it work', async ({ open }) => {
    const world = await open({ ACCOUNT_UI: 'on' });
    const page = await world.get('/account/');
    for (const path of ['/account/activate/MQ/abc', '/account/password', '/account/a.b/c%20d?x=1']) {
      const { status, text } = await world.get(path);
      expect([status, baseIn(text)]).toEqual([200, baseIn(page.text)]);
    }
    expect((await world.ask('HEAD', '/account/')).text).toBe('');
    expect((await world.get('/account')).headers.get('location')).toBe('account/');
    const refused = await world.post('/account/', {});
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('has the form for a stranger in itself, and for nobody who came with a session', async ({ open }) => {
    const session = { Cookie: `${ADMIN_COOKIE}=${'a'.repeat(43)}` };
    const token = { Cookie: `${COOKIE_NAMES.refresh}=a.b.c` };
    // Our cookies do not come along from there.
    const fromElsewhere = { 'Sec-Fetch-Site': 'cross-site' };
    const formIn = async (world: World, path: string, headers: Record<string, string> = {}) =>
      /<form.*<button type="submit"[^>]*>([^<]*)/.exec((await world.get(path, { headers })).text)?.[1];
    const bearer = await open({ ACCOUNT_UI: 'on' });
    for (const path of ['/admin/', '/admin/users/1', '/admin/sign-up'])
      expect(await formIn(bearer, path)).toBe('Sign in');
    expect(await formIn(bearer, '/admin/users/1', session)).toBeUndefined();
    expect(await formIn(bearer, '/admin/users/1', fromElsewhere)).toBeUndefined();
    for (const path of ['/account/', '/account/log-in?next=x', '/account/profile'])
      expect(await formIn(bearer, path, { ...session, ...token, ...fromElsewhere })).toBe('Log in');
    expect(await formIn(bearer, '/account/sign-up')).toBe('Sign up');
    for (const path of ['/account/forgot', '/account/activate/MQ/abc', '/account/x/profile'])
      expect(await formIn(bearer, path), path).toBeUndefined();
    const cookie = await open({ ACCOUNT_UI: 'on', TOKEN_TRANSPORT: 'cookie' });
    expect(await formIn(cookie, '/account/')).toBe('Log in');
    expect(await formIn(cookie, '/account/', token)).toBeUndefined();
    expect(await formIn(cookie, '/account/', fromElsewhere)).toBeUndefined();
  });

  test('sends no form by itself: no password gets into an address', async ({ open }) => {
    const world = await open({ ACCOUNT_UI: 'on' });
    for (const path of ['/admin/', '/account/', '/account/sign-up']) {
      const { text, headers } = await world.get(path);
      expect(text.match(/<form[^>]*>/g)).toEqual(['<form class="plain-stack" method="post">']);
      expect(headers.get('content-security-policy')).toContain("form-action 'none'");
    }
  });

  test('is there or not as the settings say; serve has no account pages unless asked', async ({ open }) => {
    const statuses = async (world: World) =>
      Promise.all(['/admin/', '/account/'].map(async (path) => (await world.get(path)).status));
    expect(await statuses(await open())).toEqual([200, 404]);
    expect(await statuses(await open({ ADMIN_UI: 'off', ACCOUNT_UI: 'on' }))).toEqual([404, 200]);
    expect(await statuses(await open({}, 'dev'))).toEqual([200, 200]);
  });

  test('is not there, and no route of staff, where another server is for them [ASVS 3.5.4]', async ({
    open,
  }) => {
    const statuses = async (world: World) => {
      const asked = [
        world.get('/admin/'),
        world.get('/api/admin/users/'),
        world.post('/api/admin/session/', {}),
        world.get('/api/dashboard/'),
      ];
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    const [admin, ...api] = await statuses(await open());
    expect(admin).toBe(200);
    expect(api).not.toContain(404);
    expect(await statuses(await open({ ADMIN_API: 'off' }))).toEqual([404, 404, 404, 401]);
  });

  test('tells where it is mounted: below PUBLIC_URL, or where a trusted proxy says', async ({ open }) => {
    const settings = { PUBLIC_URL: 'http://127.0.0.1/auth/', ACCOUNT_UI: 'on' };
    const below = await open(settings);
    const headers = { 'X-Forwarded-Prefix': '/id/' };
    expect(baseIn((await below.get('/account/')).text)).toBe('/auth/account/');
    expect(baseIn((await below.get('/account/', { headers })).text)).toBe('/auth/account/');
    const proxied = await open({ ...settings, TRUSTED_PROXIES: '127.0.0.1' });
    expect(baseIn((await proxied.get('/account/x/y', { headers })).text)).toBe('/id/account/');
    for (const prefix of ['//evil.example', '/a/../b', '/a"><script>', 'https://evil.example', '/a//b', '/.'])
      expect(
        baseIn((await proxied.get('/account/', { headers: { 'X-Forwarded-Prefix': prefix } })).text),
      ).toBe('/auth/account/');
  });
});

/** A script and all that it imports before it runs; what it loads later by `import()` is not among them. */
async function withImports(world: World, path: string, seen: Map<string, Buffer>): Promise<void> {
  if (seen.has(path)) return;
  const { status, body } = await raw(world, path);
  expect(status, path).toBe(200);
  seen.set(path, body);
  if (!path.endsWith('.js')) return;
  for (const [, name = ''] of body.toString().matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w-]+\.js)["'`]/g))
    await withImports(world, path.replace(/[^/]*$/, name), seen);
}

describe('the first page of a visitor', () => {
  test('stands after 5 KB of HTML with its styles, and lives after 10 KB of scripts, with gzip', async ({
    open,
  }) => {
    const world = await open({ ACCOUNT_UI: 'on' });
    const zipped = (bytes: Buffer | string) => gzipSync(bytes, { level: 9 }).length;
    for (const page of ['admin', 'account']) {
      const { text } = await world.get(`/${page}/`);
      expect(zipped(text)).toBeLessThan(5_000);
      const files = new Map<string, Buffer>();
      for (const name of assetsIn(text).filter((one) => /\.(js|css)$/.test(one)))
        await withImports(world, `/${page}/${name}`, files);
      expect([...files.keys()].every((name) => name.endsWith('.js'))).toBe(true);
      expect(files.size).toBeGreaterThan(1);
      expect([...files.values()].map(zipped).reduce((sum, size) => sum + size)).toBeLessThan(10_000);
    }
  });
});

describe('a file of a page', () => {
  test('is kept for good by who has it, and comes as small as the browser can read', async ({ world }) => {
    const assets = assetsIn((await world.get('/admin/')).text);
    const script = assets.find((name) => name.endsWith('.js'));
    const path = `/admin/${script}`;
    const plain = await raw(world, path);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await raw(world, path, { 'Accept-Encoding': 'br;q=0, gzip' });
    const smallest = await raw(world, path, { 'Accept-Encoding': 'gzip, deflate, br' });
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(brotliDecompressSync(smallest.body).equals(plain.body)).toBe(true);
    const tags = [plain, zipped, smallest].map(({ headers }) => String(headers.etag));
    expect(new Set(tags).size).toBe(3);
    const kept = await raw(world, path, { 'If-None-Match': `"other", ${tags[0]}` });
    expect([kept.status, kept.headers.etag, kept.body.length]).toEqual([304, tags[0], 0]);
    expect((await world.ask('HEAD', path)).headers.get('content-length')).not.toBeNull();
  });

  test('is served from the folder of pages alone', async ({ world }) => {
    const tricks = [
      'assets/',
      'assets/none.js',
      'assets/../account.html',
      'assets/../../main.js',
      'assets/..%2f..%2fmain.js',
      'assets/%2e%2e/%2e%2e/main.js',
      'assets/..\\..\\main.js',
      'assets//etc/passwd',
      'assets/x.js%00.css',
    ];
    for (const trick of tricks) expect((await raw(world, `/admin/${trick}`)).status, trick).toBe(404);
    const outside = await raw(world, '/admin/../main.js');
    expect(outside.body.toString()).not.toContain('import');
  });
});
