import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PASSWORD } from './support/admin.ts';
import { adminPages, heading, PATIENTLY } from './support/admin-pages.ts';
import { describeInBrowser } from './support/browser.ts';
import { only } from './support/database.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FAULTS =
  "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))";
const IS_TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
/** The scripts that the first page does not wait for, as Vite names them. */
const REST = /\/assets\/(site|in-react)-[\w-]+\.js/;

/** The scripts that bring the form to life. */
const OWN = /\/assets\/(account|admin)-[\w-]+\.js/;

/** Each first page: where it is, and what is asked when its button is pressed. */
const FORMS = [
  { path: '../admin/users/1', button: 'Sign in', asks: '**/api/admin/session/', after: 'root' },
  { path: '../account/profile', button: 'Log in', asks: '**/api/token/', after: 'Profile' },
] as const;

only('sqlite', () => {
  describeInBrowser('the first page of a visitor in a browser', () => {
    const admin = adminPages();

    const fill = async (page: Page, password: string) => {
      await page.getByLabel('User name or e-mail').fill('root');
      await page.getByLabel('Password', { exact: true }).fill(password);
    };
    /** Lets the page have none of these scripts before the function it gives is called. */
    const hold = async (page: Page, scripts: RegExp) => {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route(scripts, async (route) => {
        await released;
        await route.continue();
      });
      return release;
    };
    const says = (page: Page, sentence: string) => page.getByRole('alert').getByText(sentence).waitFor();

    test('stands and takes what is typed while the rest is still on its way, and then leads where the link led', {
      timeout: PATIENTLY,
    }, async () => {
      for (const { path, button, after } of FORMS) {
        const page = await admin.open();
        const noise: string[] = [];
        page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
        const release = await hold(page, REST);
        await page.goto(admin.site + path);
        await fill(page, PASSWORD);
        const submit = page.getByRole('button', { name: button, exact: true });
        await submit.click();
        await page.locator('button[type=submit][aria-busy=true]').waitFor();
        release();
        await heading(page, after).waitFor();
        expect(page.url()).toBe(new URL(path, admin.site).href);
        expect([noise, admin.complaints]).toEqual([[], []]);
        await page.close();
      }
    });

    test('is in the HTML: what is typed and sent before its script is there is kept, out of the address, and then done', {
      timeout: PATIENTLY,
    }, async () => {
      for (const { path, button, after } of FORMS) {
        const page = await admin.open();
        const release = await hold(page, OWN);
        await page.goto(admin.site + path, { waitUntil: 'commit' });
        await fill(page, 'wrong');
        const submit = page.getByRole('button', { name: button, exact: true });
        await submit.click();
        await page.locator('button[type=submit][aria-busy=true]').waitFor();
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.getByLabel('Password', { exact: true }).press('Enter');
        expect(page.url()).toBe(new URL(path, admin.site).href);
        release();
        await heading(page, after).waitFor();
        expect(page.url()).toBe(new URL(path, admin.site).href);
        expect(admin.complaints).toEqual([]);
        await page.close();
      }
    });

    test('stays what it is when its script comes: the text, the place in it, and the field itself', {
      timeout: PATIENTLY,
    }, async () => {
      for (const { path } of FORMS) {
        const page = await admin.open();
        const release = await hold(page, OWN);
        await page.goto(admin.site + path, { waitUntil: 'commit' });
        const name = page.getByLabel('User name or e-mail');
        await name.fill('rot');
        await name.press('ArrowLeft');
        const field = await name.elementHandle();
        release();
        await page.waitForLoadState('load');
        await page.keyboard.type('o');
        expect(await name.inputValue()).toBe('root');
        expect(await field?.evaluate((input) => input.isConnected)).toBe(true);
        await page.getByRole('button', { name: 'Show the password' }).click();
        await page.locator('input[name=password][type=text]').waitFor();
        await page.close();
      }
    });

    test('is loaded anew when it was sent and its script does not come', { timeout: PATIENTLY }, async () => {
      for (const { path, button, after } of FORMS) {
        const page = await admin.open();
        await page.route(OWN, (route) => route.abort(), { times: 1 });
        await page.goto(admin.site + path);
        await fill(page, PASSWORD);
        const loaded = page.waitForEvent('load');
        await page.getByRole('button', { name: button, exact: true }).click();
        await loaded;
        await fill(page, PASSWORD);
        await page.getByRole('button', { name: button, exact: true }).click();
        await heading(page, after).waitFor();
        await page.close();
      }
    });

    test('is not shown to who is logged in, not even before the script is there', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.open('../account/profile');
      await fill(page, PASSWORD);
      await page.keyboard.press('Enter');
      await heading(page, 'Profile').waitFor();
      const release = await hold(page, OWN);
      await page.reload({ waitUntil: 'commit' });
      await page.getByText('Your account', { exact: true }).waitFor();
      expect(await page.locator('form').count()).toBe(1);
      expect(await page.locator('form').isVisible()).toBe(false);
      release();
      await heading(page, 'Profile').waitFor();
    });

    test('leaves no empty page to who is signed in: that it loads is seen until there is a page to see', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('overview');
      const release = await hold(page, /\/assets\/overview-[\w-]+\.js/);
      const asked = page.waitForRequest(/\/assets\/overview-/);
      await page.reload({ waitUntil: 'commit' });
      await asked;
      await page.getByRole('status', { name: 'Loading' }).waitFor();
      release();
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    });

    test('is in the colours that were chosen before its script is there', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.open('../account/');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('button', { name: 'Switch to dark colours' }).click();
      await hold(page, OWN);
      await page.reload({ waitUntil: 'commit' });
      await page.locator('html[data-mantine-color-scheme=dark] form').waitFor();
    });

    test('tells what is wrong: the password, too many tries, a busy server, no server', {
      timeout: PATIENTLY,
    }, async () => {
      for (const { path, button, asks } of FORMS) {
        const page = await admin.open(path);
        const press = () => page.getByRole('button', { name: button, exact: true }).click();
        await fill(page, 'wrong');
        await press();
        await says(page, 'No active account found');
        const answers = [
          [429, '{"detail": "Expected available in 7 seconds."}', '7 seconds'],
          [503, '{"detail": "The server is busy."}', 'The server is busy.'],
          [400, '{"username": ["This is no name."]}', undefined],
          [0, '', 'The server cannot be reached.'],
        ] as const;
        for (const [status, body, sentence] of answers) {
          const headers = { 'Content-Type': 'application/json', 'Retry-After': '7' };
          await page.route(asks, (route) =>
            status === 0 ? route.abort() : route.fulfill({ status, headers, body }),
          );
          await press();
          if (sentence === undefined) {
            await page.getByText('This is no name.').waitFor();
            await page.locator('input[name=username][aria-invalid=true]:focus').waitFor();
          } else await says(page, sentence);
          await page.unroute(asks);
        }
        await page.close();
      }
    });

    test('axe finds nothing in it in either scheme, also when something is wrong, and it fits into 360 px', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.open();
      await page.setViewportSize({ width: 360, height: 640 });
      for (const path of ['', '../account/', '../account/sign-up']) {
        await page.goto(admin.site + path);
        const password = page.locator('input[type=password]');
        await password.fill('x');
        await page.locator('input[name=username]').fill('root');
        await password.press('Enter');
        await page.locator('[role=alert], [aria-invalid=true]').first().waitFor();
        await page.getByRole('button', { name: 'Show the password' }).click();
        expect(await page.locator('input[name=password]').getAttribute('type')).toBe('text');
        await page.evaluate(AXE);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
          expect(await page.evaluate(FAULTS), `${path} ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(IS_TOO_WIDE), path).toBe(false);
      }
      await page.getByRole('button', { name: 'Switch to light colours' }).click();
      await page.locator('html[data-mantine-color-scheme=light]').waitFor();
      expect(admin.complaints).toEqual([]);
    });
  });
});
