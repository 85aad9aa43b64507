import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { make, PASSWORD } from './support/admin.ts';
import { adminPages, heading, PATIENTLY } from './support/admin-pages.ts';
import { describeInBrowser, type PageServer, servePages } from './support/browser.ts';
import { only } from './support/database.ts';
import { loggedIn } from './support/world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What a name could try: an element with a handler, the end of an attribute, the end of a script. */
const MARKUP = `<img src=x onerror="window.pwned=1">"'</script><svg/onload=window.pwned=1>`;

/** Every page, and the heading that says it is there. */
const PAGES = [
  ['overview', 'Overview'],
  ['users', 'Users'],
  ['users/new', 'Create user'],
  ['users/2', 'alice'],
  ['users/2?tab=rights', 'alice'],
  ['users/2?tab=sessions', 'alice'],
  ['users/2?tab=tokens', 'alice'],
  ['users/2?tab=events', 'alice'],
  ['users/2?tab=history', 'alice'],
  ['groups', 'Groups'],
  ['groups/new', 'New group'],
  ['tokens', 'Refresh tokens'],
  ['keys', 'Keys'],
  ['audit', 'Audit'],
  ['imports', 'Imports'],
  ['settings', 'Settings in force'],
  [`users?search=${encodeURIComponent(MARKUP)}`, 'Users'],
  [`explain?query=${encodeURIComponent(MARKUP)}`, 'Explain'],
] as const;

only('sqlite', () => {
  describeInBrowser('the admin site in a browser', () => {
    const admin = adminPages();
    let strangers: PageServer;
    beforeAll(async () => {
      strangers = await servePages();
    });
    afterAll(() => strangers?.close());

    test('a person is found, verified in the list and edited, and the history tells by whom', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users');
      await page.getByLabel('Search by name, e-mail or id').fill('ali');
      await page.getByText('1 user', { exact: true }).waitFor();
      const verified = page.getByRole('switch', { name: 'alice is verified' });
      await verified.click({ force: true });
      await expect.poll(() => verified.isChecked()).toBe(true);
      await page.getByRole('link', { name: 'alice' }).click();
      await heading(page, 'alice').waitFor();
      await page.getByLabel('Full name').fill('Alice Smith');
      const answer = page.waitForResponse((response) => response.request().method() === 'PATCH');
      await page.getByRole('button', { name: 'Save' }).click();
      expect((await (await answer).json()).full_name).toBe('Alice Smith');
      await page.getByRole('tab', { name: 'History' }).click();
      await page
        .getByText(/fullName|full_name/)
        .first()
        .waitFor();
      expect(await page.getByRole('cell', { name: 'root' }).count()).toBeGreaterThan(0);
      await page.goBack();
      await page.getByLabel('Full name').waitFor();
      await page.goBack();
      expect(await page.getByLabel('Search by name, e-mail or id').inputValue()).toBe('ali');
      expect(admin.complaints).toEqual([]);
    });

    test('many are changed at once after a question that counts them; deleting wants the password again', {
      timeout: PATIENTLY,
    }, async () => {
      for (const name of ['alice', 'boris', 'clara']) await make(admin.world, name, 'ordinary');
      const page = await admin.signedIn('users');
      for (const name of ['alice', 'boris']) await page.getByLabel(`Choose ${name}`).check();
      await page.getByRole('button', { name: 'Deactivate' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Deactivate 2 users?').waitFor();
      await dialog.getByRole('button', { name: 'Deactivate' }).click();
      await page.getByText('2 users changed.').waitFor();
      await page.getByLabel('Choose clara').check();
      await page.getByRole('button', { name: 'Delete' }).click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog', { name: 'Your password, please' }).waitFor();
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByText('1 user changed.').waitFor();
      const accounts = await admin.world.lent.database.db
        .selectFrom('users')
        .select(['username', 'is_active'])
        .execute();
      expect(accounts.map(({ username, is_active }) => `${username} ${Boolean(is_active)}`).sort()).toEqual([
        'alice false',
        'boris false',
        'root true',
      ]);
    });

    test('a session that is ended is dead at once, and the audit says so', {
      timeout: PATIENTLY,
    }, async () => {
      const { access } = await loggedIn(admin.world, 'alice');
      const page = await admin.signedIn('users/2?tab=sessions');
      await page.getByRole('button', { name: /^End: / }).click();
      await page.getByText('No live session.').waitFor();
      expect((await admin.world.get('/api/dashboard/', { token: access })).status).toBe(401);
      await page.getByRole('link', { name: 'Audit' }).click();
      await heading(page, 'Audit').waitFor();
      await page
        .getByRole('row', { name: /session.*root.*alice/ })
        .first()
        .waitFor();
    });

    test('staff with partial rights is offered what it may do, and no more', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'clerk', ['view_user']);
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users', 'clerk');
      await page.getByRole('link', { name: 'alice' }).waitFor();
      const sections = page.getByRole('navigation', { name: 'Parts of the site' }).getByRole('link');
      expect(await sections.allTextContents()).toEqual(['Overview', 'Users']);
      expect(await page.getByRole('switch').count()).toBe(0);
      expect(await page.getByRole('checkbox').count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Create user' }).count()).toBe(0);
      await page.getByRole('link', { name: 'alice' }).click();
      await heading(page, 'alice').waitFor();
      expect(await page.getByRole('tab').allTextContents()).toEqual(['Profile', 'Rights']);
      expect(await page.getByLabel('Full name').isDisabled()).toBe(true);
      expect(await page.getByRole('button', { name: /Actions|Save/ }).count()).toBe(0);
      await page.goto(`${admin.site}keys`);
      await page.getByText('Not allowed').waitFor();
    });

    /** Without loading the site anew, which is most of the time. */
    const goWithin = async (page: Page, path: string, title: string) => {
      const url = JSON.stringify(admin.site + path);
      await page.evaluate(`history.pushState({}, '', ${url}); dispatchEvent(new PopStateEvent('popstate'))`);
      await heading(page, title).waitFor();
      await expect.poll(() => page.locator('.mantine-Loader-root').count(), { timeout: PATIENTLY }).toBe(0);
    };

    test('on no page does markup in names come alive, axe finds a serious fault in either scheme, or anything stand out at 360 px [A-08]', {
      timeout: PATIENTLY,
    }, async () => {
      const { access } = await loggedIn(admin.world, 'alice');
      const body = { full_name: MARKUP, bio: MARKUP };
      expect((await admin.world.ask('PATCH', '/api/profile/', { body, token: access })).status).toBe(200);
      const login = { username: 'alice', password: 'Sup3rSecret!x' };
      await admin.world.post('/api/token/', login, { headers: { 'User-Agent': MARKUP } });
      const page = await admin.signedIn('overview');
      // Over the debugger, which no policy of the page stops.
      await page.evaluate(AXE);
      const faults: string[] = [];
      for (const [path, title] of PAGES) {
        await goWithin(page, path, title);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          faults.push(
            ...((await page.evaluate(FAULTS[colorScheme])) as string[]).map(
              (one) => `${path} ${colorScheme}: ${one}`,
            ),
          );
        }
        await page.setViewportSize({ width: 360, height: 740 });
        // Once the page has taken notice of its new width.
        await expect.poll(() => page.evaluate(IS_TOO_WIDE), { timeout: 5_000, message: path }).toBe(false);
        await page.setViewportSize({ width: 1280, height: 800 });
        if ((await page.evaluate('window.pwned')) !== undefined) faults.push(`${path}: markup came alive`);
      }
      expect([faults, admin.complaints]).toEqual([[], []]);
    });

    test('the start page of a development server has no serious fault, follows the scheme, and fits into 360 px', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.open('../');
      await page.getByRole('heading', { level: 1, name: /^Latchkey .* is running$/ }).waitFor();
      await page.evaluate(AXE);
      const grounds: unknown[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate(FAULTS[colorScheme]), colorScheme).toEqual([]);
        grounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      }
      expect(grounds).toEqual(['rgb(255, 255, 255)', 'rgb(20, 23, 29)']);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate(IS_TOO_WIDE)).toBe(false);
      expect(admin.complaints).toEqual([]);
    });

    test('a page of another site can neither frame the admin nor use who is signed in [A-18]', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('users');
      const attacker = await admin.person.newPage();
      await attacker.goto(strangers.origin('evil.localhost'));
      const url = new URL('../api/admin/users/bulk/', admin.site).href;
      const asked = JSON.stringify({
        url,
        body: JSON.stringify({ action: 'deactivate', ids: [1] }),
        frame: admin.site,
      });
      await attacker.evaluate(`(async ({ url, body, frame }) => {
        await fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors', body }).catch(() => {});
        const element = Object.assign(document.createElement('iframe'), { src: frame });
        document.body.append(element);
        await new Promise((resolve) => element.addEventListener('load', resolve));
      })(${asked})`);
      const framed = attacker.frames().find((frame) => frame.parentFrame() !== null);
      expect(await framed?.evaluate('document.body.textContent').catch(() => '')).not.toMatch(
        /Latchkey admin/,
      );
      await page.reload();
      expect(await page.getByRole('switch', { name: 'root is active' }).isChecked()).toBe(true);
    });

    test('after the end of a session a login leads back to where one was, whatever the address says [A-19]', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('audit?event=admin_signed_in');
      await heading(page, 'Audit').waitFor();
      admin.world.pass(31 * 60);
      await page.getByRole('link', { name: 'Users' }).click();
      await admin.signIn(page);
      await heading(page, 'Users').waitFor();
      await page.goto(`${admin.site}?next=https://evil.localhost/`);
      await heading(page, 'Overview').waitFor();
      expect(page.url()).toBe(`${admin.site}overview`);
    });
  });
});

/** What is run in the page: serious faults by their ids. */
const faultsWith = (
  options: object,
) => `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ' ' + nodes[0].html))`;

/** Colours are all that is different in the dark. */
const FAULTS = {
  light: faultsWith({ resultTypes: ['violations'] }),
  dark: faultsWith({ resultTypes: ['violations'], runOnly: ['color-contrast'] }),
};

const IS_TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
