import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeInBrowser, openBrowser, type PageServer, servePages } from './support/browser.ts';
import { only } from './support/database.ts';
import { digest } from './support/oracles.ts';
import { openTlsProxy, type TlsProxy } from './support/tls-proxy.ts';
import { openWorld, type World } from './support/world.ts';

const ALICE = { username: 'alice', password: 'Sup3rSecret!x' };
const COOKIE = '__Host-latchkey_refresh';
const REFRESH = '/api/token/refresh/';
const BLACKLIST = '/api/token/blacklist/';

interface Told {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly body: any;
}

/** The statuses of what was asked of the server, as it noted them; without preflights. */
const statusesOf = (notes: readonly string[]): number[] =>
  notes.flatMap((note) => {
    const [, method, status] = /^request .*"method":"(\w+)".*"status":(\d+)/.exec(note) ?? [];
    return method === 'POST' ? [Number(status)] : [];
  });

/** The set-ups of docs/cookie-mode.md in Chromium. */
only('sqlite', () => {
  describeInBrowser('cookie mode in a browser', () => {
    let browser: Browser;
    let world: World;
    let person: BrowserContext;
    let api: string;

    beforeAll(async () => {
      browser = await openBrowser();
    }, 30_000);
    afterAll(async () => {
      await browser?.close();
    });
    afterEach(async () => {
      await person.close();
      await world.close();
    });

    const open = async (address: string): Promise<Page> => {
      const page = await person.newPage();
      await page.goto(address);
      return page;
    };

    /** What a page's script gets. */
    const call = (
      page: Page,
      method: string,
      path: string,
      headers: object = {},
      body?: unknown,
    ): Promise<Told> =>
      page.evaluate(
        async ({ url, init }) => {
          const response = await fetch(url, init);
          return { status: response.status, body: await response.json() };
        },
        {
          url: api + path,
          init: {
            method,
            credentials: 'include' as const,
            headers: { 'Content-Type': 'application/json', ...headers },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          },
        },
      );

    const logIn = async (page: Page): Promise<{ csrf: string; access: string }> => {
      expect((await call(page, 'POST', '/api/register/', {}, ALICE)).status).toBe(201);
      const { status, body } = await call(page, 'POST', '/api/token/', {}, ALICE);
      expect([status, Object.keys(body)]).toEqual([200, ['access', 'csrf_token']]);
      return { csrf: body.csrf_token, access: body.access };
    };

    /** A page that was loaded anew has neither token; the cookie brings both. */
    const comeBack = async (page: Page): Promise<{ csrf: string; refreshed: Told }> => {
      const csrf = (await call(page, 'GET', '/api/token/csrf/')).body.csrf_token;
      return { csrf, refreshed: await call(page, 'POST', REFRESH, { 'X-CSRFToken': csrf }) };
    };

    /** By a form, which a page may send anywhere. */
    const postForm = async (page: Page, path: string): Promise<void> => {
      await page.setContent(`<form method="post" action="${api}${path}"><input name="a" value="b"></form>`);
      await Promise.all([page.waitForURL(api + path), page.evaluate('document.forms[0].submit()')]);
      await page.goBack();
    };

    /**
     * `app.shop.localhost` and `api.shop.localhost` are one site, as app.example.com and api.example.com are; `evil.localhost` is
     * another.
     */
    describe('on two origins of one site', () => {
      let pages: PageServer;

      beforeAll(async () => {
        pages = await servePages();
      });
      afterAll(() => pages?.close());
      beforeEach(async () => {
        world = await openWorld({
          PUBLIC_URL: 'http://api.shop.localhost',
          CORS_ORIGINS: pages.origin('app.shop.localhost'),
          TOKEN_TRANSPORT: 'cookie',
        });
        api = `http://api.shop.localhost:${new URL(world.baseUrl).port}`;
        person = await browser.newContext();
      });

      test('a person stays logged in when the page is loaded anew, and no script sees the refresh token', async () => {
        const page = await open(pages.origin('app.shop.localhost'));
        await logIn(page);
        const [cookie, ...more] = await person.cookies(api);
        expect(cookie).toMatchObject({ name: COOKIE, httpOnly: true, secure: true, sameSite: 'Strict' });
        expect([more, cookie?.domain]).toEqual([[], 'api.shop.localhost']);
        await page.reload();
        expect(await page.evaluate('document.cookie')).toBe('');
        const { csrf, refreshed } = await comeBack(page);
        expect(refreshed.status).toBe(200);
        const bearer = { Authorization: `Bearer ${refreshed.body.access}` };
        expect((await call(page, 'GET', '/api/dashboard/', bearer)).body.response).toMatch(/^Hey alice/);
        expect((await call(page, 'POST', BLACKLIST, { 'X-CSRFToken': csrf })).status).toBe(200);
        expect(await person.cookies(api)).toEqual([]);
        expect((await call(page, 'GET', '/api/dashboard/', bearer)).status).toBe(401);
      });

      test('two tabs that refresh at once both stay logged in', async () => {
        const tabs = [
          await open(pages.origin('app.shop.localhost')),
          await open(pages.origin('app.shop.localhost')),
        ] as const;
        const { csrf } = await logIn(tabs[0]);
        for (let turn = 0; turn < 5; turn += 1) {
          const asked = tabs.map((tab) => call(tab, 'POST', REFRESH, { 'X-CSRFToken': csrf }));
          expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
        }
      });

      /** Whatever a page may send elsewhere without asking, with a stolen CSRF token, and by forms. */
      const attack = async (page: Page, csrf: string): Promise<void> => {
        const simple = { method: 'POST', mode: 'no-cors' as const, credentials: 'include' as const };
        const refused = (url: string, body: string) =>
          page.evaluate(([to, init]) => fetch(to, init).then(String, String), [
            url,
            { ...simple, body },
          ] as const);
        for (const path of [REFRESH, BLACKLIST, '/api/token/'])
          expect(await refused(api + path, JSON.stringify(ALICE))).toContain('Failed to fetch');
        const headers = { 'X-CSRFToken': csrf };
        await expect(call(page, 'POST', REFRESH, headers)).rejects.toThrow('Failed to fetch');
        await expect(call(page, 'GET', '/api/token/csrf/')).rejects.toThrow('Failed to fetch');
        for (const path of [REFRESH, BLACKLIST]) await postForm(page, path);
      };

      /** Another site, and a page of the same site that is not ours: the browser sends that one's cookies along. */
      test.for(['evil.localhost', 'evil.shop.localhost'])(
        'a page of %s is refused whatever it sends, and nothing changes [R-25, L-29]',
        async (name) => {
          const { csrf } = await logIn(await open(pages.origin('app.shop.localhost')));
          const before = await digest(world);
          const seen = world.notes.length;
          await attack(await open(pages.origin(name)), csrf);
          expect(statusesOf(world.notes.slice(seen))).toEqual([403, 403, 403, 403, 403]);
          expect(await digest(world)).toBe(before);
          expect((await comeBack(await open(pages.origin('app.shop.localhost')))).refreshed.status).toBe(200);
        },
      );

      test('a sub-domain cannot plant a cookie of ours [H-21]', async () => {
        await logIn(await open(pages.origin('app.shop.localhost')));
        const evil = await open(pages.origin('evil.shop.localhost'));
        const before = await person.cookies(api);
        const ends = [
          '; Secure; Path=/; Domain=shop.localhost',
          '; Secure; Path=/api',
          '; Domain=shop.localhost',
        ];
        for (const end of ends) await evil.evaluate(`document.cookie = '${COOKIE}=a.b.c${end}'`);
        expect(await person.cookies(api)).toEqual(before);
      });
    });

    /** The page and, below `/api/`, the server are `https://shop.example`; `evil.example` is another site. */
    describe('on one origin behind a proxy with TLS', () => {
      let proxy: TlsProxy;

      beforeEach(async () => {
        proxy = await openTlsProxy();
        api = proxy.origin('shop.example');
        world = await openWorld({
          PUBLIC_URL: api,
          TRUSTED_PROXIES: '127.0.0.1',
          TOKEN_TRANSPORT: 'cookie',
        });
        proxy.standBefore(world.baseUrl);
        person = await browser.newContext({ ignoreHTTPSErrors: true });
      });
      afterEach(() => proxy.close());

      test('a person logs in, stays so and logs out, and no script sees the refresh token [H-31]', async () => {
        const page = await open(api);
        await logIn(page);
        const cookies = await person.cookies(api);
        expect(cookies).toMatchObject([
          {
            name: COOKIE,
            domain: 'shop.example',
            path: '/',
            httpOnly: true,
            secure: true,
            sameSite: 'Strict',
          },
        ]);
        await page.reload();
        expect(await page.evaluate('document.cookie')).toBe('');
        const { csrf, refreshed } = await comeBack(page);
        expect(refreshed.status).toBe(200);
        expect((await person.cookies(api))[0]?.value).not.toBe(cookies[0]?.value);
        const bearer = { Authorization: `Bearer ${refreshed.body.access}` };
        expect((await call(page, 'GET', '/api/dashboard/', bearer)).body.response).toMatch(/^Hey alice/);
        expect((await call(page, 'POST', BLACKLIST, { 'X-CSRFToken': csrf })).status).toBe(200);
        expect(await person.cookies(api)).toEqual([]);
        expect((await call(page, 'POST', REFRESH, { 'X-CSRFToken': csrf })).status).toBe(401);
      });

      test('a form of another site is refused, and nothing changes [R-25, L-29]', async () => {
        await logIn(await open(api));
        const before = await digest(world);
        const seen = world.notes.length;
        const evil = await open(proxy.origin('evil.example'));
        for (const path of [REFRESH, BLACKLIST, '/api/token/']) await postForm(evil, path);
        expect(statusesOf(world.notes.slice(seen))).toEqual([403, 403, 403]);
        expect(await digest(world)).toBe(before);
        expect((await comeBack(await open(api))).refreshed.status).toBe(200);
      });
    });
  });
});
