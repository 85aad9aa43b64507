import { describe, expect } from 'vitest';
import { readConfig } from '../src/config.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { serve } from './support/second-server.ts';
import { loggedIn, type openWorld, type Reply, SECRET_KEY, type World } from './support/world.ts';

const ALICE = { username: 'alice', password: 'Sup3rSecret!x' };
const PAGE = 'https://app.example.com';
const REFRESH = '/api/token/refresh/';
const BLACKLIST = '/api/token/blacklist/';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** What a browser keeps of the answers, and what the page keeps. */
interface Browser {
  readonly cookies: Map<string, string>;
  csrf: string;
  access: string | undefined;
}

const newBrowser = (): Browser => ({ cookies: new Map(), csrf: '', access: undefined });

const cookieHeader = ({ cookies }: Browser) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Takes the cookies of an answer as a browser does, and notes what the page is told. */
function take(browser: Browser, reply: Reply): Reply {
  for (const line of reply.headers.getSetCookie()) {
    const [, name = '', value = '', age = ''] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)$/.exec(line) ?? [];
    if (age === '0') browser.cookies.delete(name);
    else browser.cookies.set(name, value);
  }
  browser.csrf = reply.json?.csrf_token ?? browser.csrf;
  browser.access = reply.json?.access ?? browser.access;
  return reply;
}

const fromPage = (browser: Browser): Record<string, string> => ({
  Origin: PAGE,
  'Sec-Fetch-Site': 'same-site',
  'X-CSRFToken': browser.csrf,
  Cookie: cookieHeader(browser),
});

type Headers = Readonly<Record<string, string | undefined>>;

/** A POST of the page with all it should send, or with headers in their place (undefined: without). */
async function send(
  world: World,
  browser: Browser,
  path: string,
  body?: unknown,
  other: Headers = {},
): Promise<Reply> {
  const all = Object.entries({ ...fromPage(browser), ...other });
  const headers = Object.fromEntries(all.filter((entry) => entry[1] !== undefined)) as Record<string, string>;
  return take(browser, await world.post(path, body, { headers }));
}

async function openWithAlice(
  open: typeof openWorld,
  transport: 'cookie' | 'cookie-only' = 'cookie',
): Promise<{ world: World; browser: Browser; login: Reply }> {
  const world = await open({
    PUBLIC_URL: 'http://127.0.0.1',
    CORS_ORIGINS: PAGE,
    TOKEN_TRANSPORT: transport,
  });
  const registered = await world.post('/api/register/', ALICE);
  expect(registered.status).toBe(201);
  const browser = newBrowser();
  const login = await send(world, browser, '/api/token/', ALICE);
  expect(login.status).toBe(200);
  return { world, browser, login };
}

const DETAIL = (text: string) => ({ detail: `CSRF Failed: ${text}` });
const WRONG_TOKEN = DETAIL("CSRF token from the 'X-Csrftoken' HTTP header incorrect.");

describe('refresh tokens in a cookie', () => {
  for (const path of ['/api/logout/', '/api/logout/all/'])
    test(`are forgotten with the session at ${path}`, async ({ open }) => {
      const { world, browser } = await openWithAlice(open);
      const authorization = { Authorization: `Bearer ${browser.access}` };
      const reply = await send(world, browser, path, undefined, authorization);
      expect(reply.status).toBe(204);
      expect([...browser.cookies]).toEqual([]);
      expect((await world.get('/api/dashboard/', { headers: authorization })).status).toBe(401);
    });

  test('are set at login with every protection there is, and never stand in a body [R-25, H-31]', async ({
    open,
  }) => {
    const { login, browser, world } = await openWithAlice(open);
    expect(login.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-latchkey_refresh=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=4320000$/,
      ),
    ]);
    expect(Object.keys(login.json)).toEqual(['access', 'csrf_token']);
    const refreshed = await send(world, browser, REFRESH);
    expect([refreshed.status, Object.keys(refreshed.json)]).toEqual([200, ['access', 'csrf_token']]);
    for (const reply of [login, refreshed])
      for (const cookie of browser.cookies.values()) expect(reply.text).not.toContain(cookie);
    expect((await world.get('/api/dashboard/', { token: browser.access ?? '' })).status).toBe(200);
  });

  test('stay below 4 KB and end with their session, whatever stands in the profile [H-31]', async ({
    open,
  }) => {
    const world = await open({
      ...{ PUBLIC_URL: 'http://127.0.0.1', CORS_ORIGINS: PAGE, TOKEN_TRANSPORT: 'cookie-only' },
      ...{ REFRESH_TOKEN_SECONDS: '31622400', SESSION_MAX_SECONDS: '100' },
    });
    const email = `${'x'.repeat(60)}@${'y'.repeat(60)}.example`;
    await world.post('/api/register/', { ...ALICE, username: '\u{1f512}'.repeat(100), email });
    await world.lent.database.db
      .updateTable('profiles')
      .set({ bio: '\u00e9'.repeat(1_000) })
      .execute();
    const login = await world.post('/api/token/', { email, password: ALICE.password });
    const lines = login.headers.getSetCookie();
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.split(';')[0]?.length).toBeLessThanOrEqual(4_096);
    expect(lines[0]).toContain('; Max-Age=100');
    const refresh = lines[0]?.split(/[=;]/)[1] ?? '';
    expect(Object.keys(claimsIn(refresh))).toEqual(['token_type', 'exp', 'iat', 'jti', 'user_id', 'sid']);
  });

  test('are rotated by the cookie alone: two tabs at once both stay logged in', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    const before = cookieHeader(browser);
    const tabs = await Promise.all([1, 2, 3].map(() => send(world, browser, REFRESH)));
    expect(tabs.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(tabs.map((tab) => tab.headers.getSetCookie()[0]?.split(';')[0])).size).toBe(1);
    expect(cookieHeader(browser)).not.toBe(before);
    expect((await send(world, browser, REFRESH)).status).toBe(200);
  });

  test('are deleted when they are refused, and at logout', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    const stale = { Cookie: cookieHeader(browser) };
    await send(world, browser, REFRESH);
    await send(world, browser, REFRESH);
    const reused = await send(world, browser, REFRESH, undefined, stale);
    expect([reused.status, reused.headers.getSetCookie()]).toEqual([
      401,
      [`__Host-latchkey_refresh=; ${ATTRIBUTES}; Max-Age=0`],
    ]);
    await send(world, browser, '/api/token/', ALICE);
    const { access = '' } = browser;
    const out = await send(world, browser, BLACKLIST);
    expect([out.status, out.json, browser.cookies.size]).toEqual([200, {}, 0]);
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(401);
    expect((await send(world, browser, REFRESH)).json).toEqual({
      detail: 'Authentication credentials were not provided.',
    });
  });

  test('take over from a token that a page kept itself, so that the switch logs nobody out', async ({
    open,
  }) => {
    const bearer = await open();
    const { refresh } = await loggedIn(bearer);
    const config = { ...bearer.app.config, tokenTransport: 'cookie' as const, corsOrigins: [PAGE] };
    const server = await serve({ ...bearer.app, config });
    try {
      const reply = await fetch(`${server.baseUrl}${REFRESH}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: PAGE },
        body: JSON.stringify({ refresh }),
      });
      expect([reply.status, reply.headers.getSetCookie().length]).toEqual([200, 1]);
      expect(Object.keys((await reply.json()) as object)).toEqual(['access', 'csrf_token']);
    } finally {
      await server.close();
    }
  });

  test('count before one in the body, which may be that of another session [R-16]', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    await world.post('/api/register/', { ...ALICE, username: 'bob' });
    const bob = newBrowser();
    await send(world, bob, '/api/token/', { ...ALICE, username: 'bob' });
    const [token] = bob.cookies.values();
    const reply = await send(world, browser, REFRESH, { refresh: token });
    expect(claimsIn(reply.json.access).username).toBe('alice');
  });

  test('that are malformed, or came twice, are no session: 401, never 500 [H-21]', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    const name = '__Host-latchkey_refresh';
    const token = browser.cookies.get(name);
    const broken = ['=', ';;;', name, `${name}=`, `${name}="${token}"`, `${name}=%E0%A4%A`, `${name}=..`];
    const odd = [
      ...[`${name}=${token}; ${name}=${token}`, `${name}=x; ${name}=${token}`, `latchkey_refresh=${token}`],
      ...[`${name.toLowerCase()}=${token}`, `${name}=${'x'.repeat(8_000)}`, `${name}=e30.e30.e30`, 'a'],
      ...[`${name}=${token}x`, `${name}=bnVsbA.bnVsbA.bnVsbA`, '__proto__=x', `${name}=\u00e9.a.b`],
    ];
    await expectNothingHappened(world, async () => {
      for (const Cookie of [...broken, ...odd]) {
        const { json } = await world.get('/api/token/csrf/', { headers: { Cookie } });
        const csrf = json.csrf_token ?? '';
        const reply = await send(world, browser, REFRESH, undefined, { Cookie, 'X-CSRFToken': csrf });
        expect(reply.status, Cookie).toBe(401);
      }
    });
  });

  test('that an attacker planted before the login are left behind [R-30]', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    const planted = browser.cookies.get('__Host-latchkey_refresh');
    const before = claimsIn(planted ?? '').sid;
    await send(world, browser, '/api/token/', ALICE);
    expect(claimsIn(browser.cookies.get('__Host-latchkey_refresh') ?? '').sid).not.toBe(before);
  });
});

describe('what another site makes a browser do', () => {
  const strangers: Headers[] = [
    { Origin: undefined },
    { Origin: 'null' },
    { Origin: 'https://evil.example' },
    { Origin: 'https://app.example.com.evil.example' },
    { Origin: 'https://evil-app.example.com' },
    { Origin: 'http://app.example.com' },
    { Origin: `${PAGE}:8443` },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'X-CSRFToken': undefined },
    { 'X-CSRFToken': '' },
    { 'X-CSRFToken': 'x'.repeat(43) },
  ];

  test('is refused and changes nothing, at refresh and at logout [R-25]', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    await expectNothingHappened(world, async () => {
      for (const other of strangers) {
        for (const path of [REFRESH, BLACKLIST]) {
          const reply = await send(world, browser, path, undefined, other);
          expect([reply.status, reply.headers.getSetCookie()], JSON.stringify(other)).toEqual([403, []]);
          expect(reply.json.detail).toMatch(/^CSRF Failed: /);
        }
      }
    });
    expect((await send(world, browser, REFRESH)).status).toBe(200);
  });

  test('is no login either: a form of another site sets no cookie [L-29]', async ({ open }) => {
    const { world } = await openWithAlice(open);
    const form = 'username=alice&password=Sup3rSecret%21x';
    await expectNothingHappened(world, async () => {
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json']) {
        for (const other of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
          const headers = { 'Content-Type': type, ...other };
          const reply = await world.post('/api/token/', form, { headers });
          expect([reply.status, reply.headers.getSetCookie()], type).toEqual([403, []]);
        }
      }
    });
    const tool = await world.post('/api/token/', ALICE);
    expect([tool.status, tool.headers.getSetCookie().length]).toEqual([200, 1]);
  });

  test('is not excused by the CSRF token of another session', async ({ open }) => {
    const { world, browser } = await openWithAlice(open);
    const thief = newBrowser();
    await send(world, thief, '/api/token/', ALICE);
    const reply = await send(world, browser, REFRESH, undefined, { 'X-CSRFToken': thief.csrf });
    expect([reply.status, reply.json]).toEqual([403, WRONG_TOKEN]);
  });

  test('does not read the CSRF token: it is for our pages, and for no listed origin but them', async ({
    open,
  }) => {
    const { world, browser } = await openWithAlice(open);
    const ask = (other: Headers) => {
      const headers = { Cookie: cookieHeader(browser), ...other } as Record<string, string>;
      return world.get('/api/token/csrf/', { headers });
    };
    const ours = await ask({ Origin: PAGE });
    expect([ours.status, ours.json]).toEqual([200, { csrf_token: browser.csrf }]);
    expect(ours.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(ours.headers.get('access-control-allow-credentials')).toBe('true');
    expect((await ask({})).json).toEqual({ csrf_token: browser.csrf });
    for (const other of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ]) {
      const reply = await ask(other);
      expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  test('does nothing with credentials where any origin may call [H-16]', async ({ open }) => {
    const world = await open({ TOKEN_TRANSPORT: 'cookie', CORS_ORIGINS: '*' });
    const headers = { Origin: 'https://evil.example' };
    const reply = await world.post('/api/token/', {}, { headers });
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.has('access-control-allow-credentials')).toBe(false);
    expect(reply.status).toBe(403);
  });
});

describe('access tokens in a cookie too', () => {
  test('never stand in a body, and open what a bearer token opens', async ({ open }) => {
    const { world, browser, login } = await openWithAlice(open, 'cookie-only');
    expect(Object.keys(login.json)).toEqual(['csrf_token']);
    expect([...browser.cookies.keys()]).toEqual(['__Host-latchkey_refresh', '__Host-latchkey_access']);
    expect(login.headers.getSetCookie()[1]).toMatch(/Max-Age=300$/);
    const headers = { Cookie: cookieHeader(browser) };
    expect((await world.get('/api/dashboard/', { headers })).json.response).toMatch(/^Hey alice/);
    expect((await send(world, browser, '/api/dashboard/', { text: 'x' })).status).toBe(200);
    expect((await send(world, browser, REFRESH)).status).toBe(200);
    await send(world, browser, BLACKLIST);
    expect(browser.cookies.size).toBe(0);
    expect((await world.get('/api/dashboard/', { headers })).status).toBe(401);
  });

  test('change nothing for a page of another site', async ({ open }) => {
    const { world, browser } = await openWithAlice(open, 'cookie-only');
    for (const other of [
      { Origin: undefined },
      { Origin: 'https://evil.example' },
      { 'X-CSRFToken': undefined },
    ])
      expect((await send(world, browser, '/api/dashboard/', {}, other)).status).toBe(403);
  });

  test('step back behind a bearer token, and do not stop who wants to register', async ({ open }) => {
    const { world, browser } = await openWithAlice(open, 'cookie-only');
    const headers = { Cookie: cookieHeader(browser) };
    expect((await world.get('/api/dashboard/', { headers, token: 'x' })).status).toBe(401);
    const stale = { Cookie: '__Host-latchkey_access=e30.e30.e30' };
    const body = { ...ALICE, username: 'carol' };
    expect((await world.post('/api/register/', body, { headers: stale })).status).toBe(201);
  });
});

test('a public address that browsers keep no such cookies for is refused at the start [H-31]', () => {
  const start = (PUBLIC_URL: string, TOKEN_TRANSPORT = 'cookie') =>
    readConfig('serve', { SECRET_KEY, PUBLIC_URL, TOKEN_TRANSPORT }).publicUrl;
  for (const url of ['http://auth.example.com', 'http://localhost.example.com', 'http://10.0.0.1'])
    expect(() => start(url), url).toThrow('PUBLIC_URL has to be https for TOKEN_TRANSPORT=cookie');
  for (const url of ['https://auth.example.com', 'http://localhost:8000', 'http://api.shop.localhost'])
    expect(start(url)).toBe(url);
  expect(start('http://auth.example.com', 'bearer')).toBe('http://auth.example.com');
});

test('with bearer tokens no cookie is set, read or promised [R-24, J-32]', async ({ open }) => {
  const world = await open({ CORS_ORIGINS: PAGE });
  const { refresh, access } = await loggedIn(world);
  const headers = {
    ...{ Cookie: `__Host-latchkey_refresh=${refresh}; __Host-latchkey_access=${access}` },
    ...{ Origin: PAGE, 'X-CSRFToken': 'x' },
  };
  const replies = [
    await world.post('/api/token/', ALICE, { headers }),
    await world.post(REFRESH, {}, { headers }),
    await world.get('/api/dashboard/', { headers }),
    await world.get('/api/token/csrf/', { headers }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 400, 401, 404]);
  for (const reply of replies) {
    expect(reply.headers.getSetCookie()).toEqual([]);
    expect(reply.headers.has('access-control-allow-credentials')).toBe(false);
  }
});

test('the OpenAPI document of cookie mode names cookies, CSRF header and refusals', async ({ open }) => {
  const world = await open({ TOKEN_TRANSPORT: 'cookie-only' });
  const { json } = await world.get('/api/schema/');
  const schemes = ['bearer', 'adminCookie', 'refreshCookie', 'accessCookie'];
  expect(Object.keys(json.components.securitySchemes)).toEqual(schemes);
  const { post } = json.paths[REFRESH];
  expect(post.security).toEqual([{ refreshCookie: [] }]);
  expect(post.parameters[0].name).toBe('X-CSRFToken');
  expect(Object.keys(post.responses)).toContain('403');
  expect(Object.keys(post.responses[200].content['application/json'].schema.properties)).not.toContain(
    'refresh',
  );
  expect(json.paths['/api/token/csrf/'].get.parameters).toBeUndefined();
  expect(json.paths['/api/dashboard/'].get.security).toEqual([{ bearer: [] }, { accessCookie: [] }]);
});
