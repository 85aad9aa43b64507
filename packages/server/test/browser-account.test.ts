import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  askForAccount,
  go,
  heading,
  linkIn,
  logIn,
  PASSWORD,
  press,
  signUp,
} from './support/account-pages.ts';
import { describeInBrowser, openBrowser } from './support/browser.ts';
import { only } from './support/database.ts';
import { boxOf } from './support/mail.ts';
import { red } from './support/pictures.ts';
import { proxyBelow } from './support/prefix-proxy.ts';
import { openWorld, type World } from './support/world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NEW_PASSWORD = 'an0ther long secret';
const EMAIL = 'alice@example.com';
/** milliseconds: a page is half a megabyte of scripts, and this machine may have much else to do */
const SLOW = { timeout: 60_000 };

only('sqlite', () => {
  describeInBrowser('the account pages in a browser', () => {
    let browser: Browser;
    /** what the browser complained about: broken policy, faults of scripts, and requests to other hosts */
    const complaints: string[] = [];
    const opened: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      browser = await openBrowser();
    }, 30_000);
    afterAll(() => browser?.close());
    afterEach(async () => {
      for (const one of opened.splice(0).reverse()) await one.close();
      expect(complaints.splice(0)).toEqual([]);
    });

    /** A production server with account pages, at a name of its own. */
    const serve = async (
      settings: Record<string, string> = {},
      profile: 'serve' | 'dev' = 'serve',
    ): Promise<{ world: World; site: string }> => {
      const base = { PUBLIC_URL: 'http://id.localhost', ACCOUNT_UI: 'on' };
      const world = await openWorld({ ...base, ...settings }, profile);
      opened.push(world);
      return { world, site: `http://id.localhost:${new URL(world.baseUrl).port}/account/` };
    };

    const newPerson = async (): Promise<BrowserContext> => {
      const person = await browser.newContext({
        reducedMotion: 'reduce',
        viewport: { width: 360, height: 640 },
      });
      opened.push(person);
      return person;
    };

    const openPage = async (person: BrowserContext, address: string): Promise<Page> => {
      const page = await person.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (/Content.Security.Policy/.test(message.text())) complaints.push(message.text());
      });
      const { host } = new URL(address);
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol !== 'blob:' && url.host !== host) complaints.push(request.url());
      });
      await page.goto(address);
      return page;
    };

    test(
      'a newcomer signs up, is greeted and told of a mail, sends a text, and stays logged in when the page is loaded anew',
      SLOW,
      async () => {
        const { world, site } = await serve();
        const page = await openPage(await newPerson(), site);
        await signUp(page, EMAIL);
        await page.getByText('Hey alice, You are seeing a GET response').waitFor();
        await page.getByLabel('Your text').fill('This is my Text');
        await press(page, 'Send');
        await page.getByText('Hey alice, your text is This is my Text').waitFor();
        const hint = page.getByText(`${EMAIL} is not verified yet. A mail with a link`);
        await hint.waitFor();
        await world.app.store.transaction((store) =>
          store.accounts.change(1, { profile: { verified: true } }),
        );
        world.pass(301);
        await page.reload();
        await heading(page, 'Hello, alice');
        await page.getByText('Hey alice').waitFor();
        expect(await hint.count()).toBe(0);
        await press(page, 'Log out');
        await heading(page, 'Log in');
        expect(await page.evaluate('localStorage.length')).toBe(0);
        await page.goto(`${site}sessions`);
        await logIn(page, 'wrong');
        await page.getByRole('alert').getByText('No active account found').waitFor();
        await page.getByLabel('User name or e-mail').focus();
        // The keyboard alone is enough.
        await page.keyboard.press('Tab');
        await page.keyboard.press('ControlOrMeta+A');
        await page.keyboard.type(PASSWORD);
        await page.keyboard.press('Enter');
        await heading(page, 'Sessions');
        await page.getByRole('button', { name: 'Skip to the content' }).focus();
        await page.keyboard.press('Enter');
        expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
      },
    );

    test('in cookie mode no script can see the refresh token', SLOW, async () => {
      const { world, site } = await serve({ TOKEN_TRANSPORT: 'cookie', PUBLIC_URL: '' }, 'dev');
      const person = await newPerson();
      const page = await openPage(person, site);
      await signUp(page);
      expect(await page.evaluate('[document.cookie, Object.keys(localStorage).join()]')).toEqual(['', '']);
      world.pass(301);
      await page.reload();
      await heading(page, 'Hello, alice');
      await go(page, 'Profile');
      await page.getByLabel('Full name').fill('Alice Liddell');
      await press(page, 'Save');
      await page.getByText('Saved.').waitFor();
      await press(page, 'Log out');
      await heading(page, 'Log in');
      expect(await person.cookies()).toEqual([]);
    });

    test(
      'tabs share one session: both go on when they refresh at once, and both are out when one is',
      SLOW,
      async () => {
        const { world, site } = await serve();
        const person = await newPerson();
        const first = await openPage(person, site);
        await signUp(first);
        const second = await openPage(person, `${site}sessions`);
        await heading(second, 'Sessions');
        await expect.poll(() => second.getByRole('listitem').count()).toBe(1);
        world.pass(301);
        await Promise.all([first.reload(), second.reload()]);
        await Promise.all([heading(first, 'Hello, alice'), heading(second, 'Sessions')]);
        await press(first, 'Log out');
        await heading(second, 'Log in');
      },
    );

    test(
      'a tab that hears late of a logout keeps the login after it, and shows whose that is',
      SLOW,
      async () => {
        const { site } = await serve();
        const person = await newPerson();
        await person.addInitScript(
          "addEventListener('storage', (e) => window.deaf && e.stopImmediatePropagation())",
        );
        const first = await openPage(person, site);
        await signUp(first);
        const second = await openPage(person, site);
        await heading(second, 'Hello, alice');
        await second.evaluate('window.deaf = true');
        await press(first, 'Log out');
        await askForAccount(first, 'boris', '');
        await heading(first, 'Hello, boris');
        await second.evaluate(`
        window.deaf = false;
        dispatchEvent(new StorageEvent('storage', { key: Object.keys(localStorage)[0], oldValue: 'hers', newValue: null }));
      `);
        await heading(second, 'Hello, boris');
        await second.getByText('Hey boris').waitFor();
        await first.reload();
        await heading(first, 'Hello, boris');
      },
    );

    test(
      'who signed up but is not let in is told why, and to look for a mail only when there is one',
      SLOW,
      async () => {
        const { site } = await serve();
        const page = await openPage(await newPerson(), site);
        let answer: { status: number; contentType: string; body: string } | undefined;
        await page.route('**/api/token/', (route) =>
          answer === undefined ? route.abort() : route.fulfill(answer),
        );
        const refused = async (name: string, email: string, sentence: string) => {
          await askForAccount(page, name, email);
          await heading(page, 'Log in');
          await page.getByText(sentence).waitFor();
        };
        await refused('alice', EMAIL, 'The server cannot be reached.');
        const contentType = 'application/json';
        answer = { status: 401, contentType, body: '{"detail": "The e-mail address is not verified."}' };
        await refused('boris', 'boris@example.com', 'Open the link in the mail');
        await refused('clara', '', 'The e-mail address is not verified.');
        answer = { status: 503, contentType, body: '{"detail": "The server is busy."}' };
        await refused('doris', 'doris@example.com', 'The server is busy.');
      },
    );

    test('people change picture, name and password, and end a session elsewhere', SLOW, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-pictures-'));
      opened.push({ close: async () => rmSync(folder, { recursive: true }) });
      const { site } = await serve({ MEDIA_URL: `file:${folder}` });
      const page = await openPage(await newPerson(), site);
      await signUp(page);
      const elsewhere = await openPage(await newPerson(), site);
      await logIn(elsewhere);
      await heading(elsewhere, 'Hello, alice');
      await go(page, 'Profile');
      const buffer = await red().png().toBuffer();
      await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer });
      await page.getByRole('button', { name: 'Remove the picture' }).waitFor();
      expect(await page.getByAltText('Your picture').getAttribute('src')).toMatch(
        /\/media\/pictures\/.*\.webp$/,
      );
      await go(page, 'Sessions');
      await page.getByRole('listitem').filter({ hasNotText: 'this one' }).getByRole('button').click();
      await page.getByText('The session has ended.').waitFor();
      await elsewhere.getByRole('link', { name: 'Sessions' }).click();
      await heading(elsewhere, 'Log in');
      await go(page, 'Password');
      await page.getByLabel('Current password').fill('wrong');
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await press(page, 'Change the password');
      await page.locator('input[name=current_password][aria-invalid=true]:focus').waitFor();
      await page.getByLabel('Current password').fill(PASSWORD);
      await press(page, 'Change the password');
      await page.getByText('Your password is changed.').waitFor();
      await logIn(elsewhere, NEW_PASSWORD);
      await heading(elsewhere, 'Sessions');
    });

    test('the links in mails lead to pages that do nothing before a button is pressed', SLOW, async () => {
      const { world, site } = await serve();
      const box = boxOf(world.app);
      const linked = (path: string) => linkIn(box, site, path);
      const page = await openPage(await newPerson(), site);
      await signUp(page, EMAIL);
      await page.goto(await linked('/activate/'));
      await heading(page, 'Verify your e-mail');
      await go(page, 'E-mail');
      await page.getByText('not verified').waitFor();
      const verify = await linked('/activate/');
      await page.goto(verify);
      await press(page, 'Verify the address');
      await page.getByText('Your e-mail is verified.').waitFor();
      expect(page.url()).toBe(site);
      await page.goto(verify);
      await press(page, 'Verify the address');
      await page.getByText('The link is not valid, was used, or is too old.').waitFor();
      await page.goto(`${site}email`);
      await page.getByLabel('New e-mail').fill('alice@example.net');
      await page.getByLabel('Current password').fill(PASSWORD);
      await press(page, 'Send the link');
      await page.getByText('a mail is on its way').waitFor();
      await page.goto(await linked('/email/change/'));
      await press(page, 'Change the e-mail');
      await page.getByText('Your e-mail is changed.').waitFor();
      await page.goto(await linked('/email/revert/'));
      await press(page, 'Take it back');
      await page.getByText('Your old e-mail is back.').waitFor();
      await heading(page, 'Log in');
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('E-mail').fill(EMAIL);
      await press(page, 'Send the link');
      await page.getByText('a mail is on its way').waitFor();
      await page.goto(await linked('/password/reset/confirm/'));
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await press(page, 'Set the password');
      await heading(page, 'Log in');
      await logIn(page, NEW_PASSWORD);
      await heading(page, 'Hello, alice');
    });

    test(
      'who lost his user name or wants another e-mail without the password gets there by mail',
      SLOW,
      async () => {
        const { world, site } = await serve();
        const box = boxOf(world.app);
        const page = await openPage(await newPerson(), site);
        // No page of ours asks for these: front ends for djoser do.
        const askFor = (what: string) =>
          page.evaluate(
            async ([path, email]) => {
              const headers = { 'Content-Type': 'application/json' };
              await fetch(path, { method: 'POST', headers, body: JSON.stringify({ email }) });
            },
            [`/auth/users/${what}/`, EMAIL] as const,
          );
        await signUp(page, EMAIL);
        await askFor('reset_username');
        const link = await linkIn(box, site, '/username/reset/confirm/');
        await page.goto(link);
        await heading(page, 'Choose a new user name');
        await page.getByLabel('New user name').fill('alicia');
        await press(page, 'Take the user name');
        await page.getByText('Your user name is changed.').waitFor();
        await heading(page, 'Hello, alicia');
        await page.goto(link);
        await page.getByLabel('New user name').fill('alina');
        await press(page, 'Take the user name');
        await page.getByText('Ask for a new mail if you still need this.').waitFor();
        await askFor('reset_email');
        await page.goto(await linkIn(box, site, '/email/reset/confirm/'));
        await page.getByLabel('New e-mail').fill('alice@example.net');
        await press(page, 'Send the link');
        await page.getByText('a mail to it is on its way').waitFor();
        await page.goto(await linkIn(box, site, '/email/change/'));
        await press(page, 'Change the e-mail');
        await page.getByText('Your e-mail is changed.').waitFor();
      },
    );

    test(
      'people take what is held about them along, delete their account and take it back',
      SLOW,
      async () => {
        const { world, site } = await serve();
        const page = await openPage(await newPerson(), site);
        await signUp(page, EMAIL);
        await go(page, 'Your data');
        const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
        const held = JSON.parse(readFileSync(await file.path(), 'utf8'));
        expect(JSON.stringify(held)).toContain(EMAIL);
        await page.getByLabel('Current password').fill(PASSWORD);
        await page.getByLabel('I want to delete my account').check();
        await press(page, 'Delete the account');
        await heading(page, 'Log in');
        await page.goto(await linkIn(boxOf(world.app), site, '/take-back/'));
        await press(page, 'Take it back');
        await page.getByText('Your account is back.').waitFor();
        await logIn(page);
        await heading(page, 'Hello, alice');
      },
    );

    test('below a path of a proxy everything is found, also after a link into it', SLOW, async () => {
      const { world } = await serve({ TRUSTED_PROXIES: '127.0.0.1' });
      const proxy = await proxyBelow('/some/where', world.baseUrl);
      opened.push(proxy);
      const page = await openPage(await newPerson(), `http://id.localhost:${proxy.port}/some/where/account/`);
      await signUp(page);
      await go(page, 'Profile');
      expect(new URL(page.url()).pathname).toBe('/some/where/account/profile');
      await page.reload();
      await page.getByAltText('Your picture').waitFor();
      await page.goBack();
      await heading(page, 'Hello, alice');
    });

    test(
      'axe finds nothing on any page, light or dark, and nothing is wider than 360 pixels',
      SLOW,
      async () => {
        const { site } = await serve();
        const page = await openPage(await newPerson(), site);
        /** Contrast is all that colours change. */
        const faultsIn = (options: string) =>
          page.evaluate(
            `axe.run(${options}).then(({violations}) => violations.map(({id, nodes}) => id + ' ' + nodes[0].html))`,
          );
        const look = async (name: string) => {
          await heading(page, name);
          await page.waitForLoadState('networkidle');
          await page.evaluate(AXE);
          await page.emulateMedia({ colorScheme: 'light' });
          expect(await faultsIn(''), name).toEqual([]);
          await page.emulateMedia({ colorScheme: 'dark' });
          expect(await faultsIn("{ runOnly: ['color-contrast'] }"), `${name}, dark`).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(360);
        };
        await look('Log in');
        await page.getByRole('link', { name: 'Forgot your password?' }).click();
        await look('Set a new password');
        await page.goBack();
        await signUp(page, EMAIL);
        await look('Hello, alice');
        for (const name of ['Profile', 'E-mail', 'Password', 'Sessions', 'Your data']) {
          await go(page, name);
          await look(name);
        }
      },
    );
  });
});
