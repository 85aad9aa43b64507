import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { make } from './support/admin.ts';
import { adminPages, heading, PATIENTLY } from './support/admin-pages.ts';
import { describeInBrowser } from './support/browser.ts';
import { only } from './support/database.ts';

only('sqlite', () => {
  describeInBrowser('a list of the admin site in a browser', () => {
    const admin = adminPages();

    test('the search box says what is searched, also after the back button and when filters are cleared', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users');
      const box = page.getByRole('searchbox');
      for (const [title, link] of [
        ['Users', 'Users'],
        ['Refresh tokens', 'Tokens'],
      ] as const) {
        await page.getByRole('link', { name: link, exact: true }).click();
        await heading(page, title).waitFor();
        await box.fill('alice');
        await page.waitForURL(/search=alice/);
        await page.goBack();
        await expect.poll(() => box.inputValue(), { message: title }).toBe('');
        await page.goForward();
        await expect.poll(() => box.inputValue(), { message: title }).toBe('alice');
      }
      await page.getByRole('link', { name: 'Users', exact: true }).click();
      await box.fill('nobody');
      await page.getByText('0 users', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Filters' }).click();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByText('2 users', { exact: true }).waitFor();
      expect(await box.inputValue()).toBe('');
    });

    test('a day can be typed, digit by digit', { timeout: PATIENTLY }, async () => {
      const page = await admin.signedIn('users');
      await page.getByRole('button', { name: 'Filters' }).click();
      const day = page.getByLabel('Joined before');
      await day.focus();
      await page.keyboard.type('01022020', { delay: 30 });
      expect(await day.inputValue()).toBe('2020-01-02');
      await page.getByText('0 users', { exact: true }).waitFor();
      await page.goBack();
      await page.getByText('1 user', { exact: true }).waitFor();
      expect(await day.inputValue()).toBe('');
    });

    test('who was left as he was at a deed for many is named, with the reason in words', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users');
      const all = page.getByLabel('Choose all on this page');
      // What is drawn: the browser itself forgets `indeterminate` at a click.
      const isMixed = async () => (await all.getAttribute('data-indeterminate')) !== null;
      await page.getByLabel('Choose alice').check();
      expect(await isMixed()).toBe(true);
      await all.check();
      expect(await isMixed()).toBe(false);
      await page.getByRole('button', { name: 'Deactivate' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
      await page.getByText('1 user changed.').waitFor();
      await page.getByText('root: this is your own account').waitFor();
    });

    /** So many accounts, from id 1001 on. */
    const crowd = async (count: number) => {
      const { db } = admin.world.lent.database;
      const ids = Array.from({ length: count }, (_, i) => 1001 + i);
      const flags = { is_active: 1, is_staff: 0, is_superuser: 0 } as const;
      const none = { email: '', password: '!', created_at: 0, last_login_at: null, erase_at: null };
      const users = ids.map((id) => ({ id, username: `user ${id}`, ...flags, ...none }));
      const blank = { full_name: '', bio: '', image: 'default.jpg', verified: 0 } as const;
      const profiles = ids.map((user_id) => ({ user_id, ...blank }));
      for (let from = 0; from < count; from += 1_000) {
        await db
          .insertInto('users')
          .values(users.slice(from, from + 1_000))
          .execute();
        await db
          .insertInto('profiles')
          .values(profiles.slice(from, from + 1_000))
          .execute();
      }
    };
    const inactive = async () => {
      const rows = admin.world.lent.database.db.selectFrom('users').select('id').where('is_active', '=', 0);
      return (await rows.execute()).length;
    };

    test('all who match can be chosen over the pages, and what is done to them can be stopped and gone on with', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'clerk', []);
      await crowd(405);
      const page = await admin.signedIn('users?is_staff=false');
      const all = page.getByLabel('Choose all on this page');
      const dialog = page.getByRole('dialog');
      const press = (within: Page | Locator, name: string) =>
        within.getByRole('button', { name, exact: true }).click();
      await all.check();
      // Half way one may think better of it.
      const pages = (url: URL) => url.searchParams.get('page_size') === '200';
      await page.route(pages, (route) => {
        if (!new URL(route.request().url()).searchParams.has('cursor')) return route.continue();
      });
      await press(page, 'Choose all 405 users that match');
      await page.getByText('200 of 405 found').waitFor();
      await press(page, 'Stop');
      await page.getByText('50 users chosen').waitFor();
      await page.unroute(pages);
      await press(page, 'Choose all 405 users that match');
      await page.getByText('405 users chosen').waitFor();
      // Who unticks one means the rows that he sees.
      await page.getByLabel('Choose user 1405').uncheck();
      await page.getByText('49 users chosen').waitFor();
      await all.check();
      await press(page, 'Choose all 405 users that match');
      await press(page, 'Deactivate');
      await dialog.getByText('Deactivate 405 users?').waitFor();
      let asked = 0;
      let goOn = () => {};
      const second = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route('**/users/bulk/', async (route) => {
        asked += 1;
        if (asked === 2) await second;
        await route.continue();
      });
      await press(dialog, 'Deactivate');
      await dialog.getByText('200 of 405 done').waitFor();
      await press(dialog, 'Stop');
      goOn();
      await page.getByText('400 users changed.').waitFor();
      await page.getByText('5 users chosen').waitFor();
      expect(await inactive()).toBe(400);
      await dialog.waitFor({ state: 'hidden' });
      await press(page, 'Deactivate');
      await press(dialog, 'Deactivate');
      await page.getByText('5 users changed.').waitFor();
      expect([await inactive(), asked]).toEqual([405, 3]);
      expect(await page.getByText('chosen').count()).toBe(0);
    });

    test('of all who match, those who were left as they were are named; what failed later is told, and the rest stays chosen', {
      timeout: PATIENTLY,
    }, async () => {
      await crowd(300);
      const page = await admin.signedIn('users');
      await page.getByLabel('Choose all on this page').check();
      await page.getByRole('button', { name: 'Choose all 301 users that match' }).click();
      await page.getByText('301 users chosen').waitFor();
      let isAway = true;
      await page.route('**/users/bulk/', (route) => {
        const isFirst = route.request().postDataJSON().ids.length === 200;
        return isFirst || !isAway ? route.continue() : route.abort();
      });
      const deactivate = async () => {
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
      };
      await deactivate();
      await page.getByText('Not done').waitFor();
      await page.getByText('200 users changed.').waitFor();
      await page.getByText('101 users chosen').waitFor();
      isAway = false;
      await deactivate();
      await page.getByText('root: this is your own account').waitFor();
      expect(await inactive()).toBe(300);
    });

    test('more than ten thousand are not chosen at once', { timeout: PATIENTLY }, async () => {
      await crowd(10_000);
      const page = await admin.signedIn('users');
      await page.getByLabel('Choose all on this page').check();
      await page.getByText('More than 10,000 users match: narrow the search').waitFor();
      expect(await page.getByRole('button', { name: /^Choose all/ }).count()).toBe(0);
    });

    test('after a dialog the focus is where it was opened', { timeout: PATIENTLY }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users/2');
      const actions = page.getByRole('button', { name: 'Actions' });
      for (const deed of ['Set password', 'Deactivate', 'Delete user']) {
        await actions.focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menuitem', { name: deed }).press('Enter');
        await page.getByRole('dialog').waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        const isBack = () => actions.evaluate((button) => button.matches(':focus'));
        await expect.poll(isBack, { message: deed }).toBe(true);
      }
    });

    test('the kinds of events that there are to search for are offered', { timeout: PATIENTLY }, async () => {
      const page = await admin.signedIn('audit');
      await page.getByRole('combobox', { name: 'Event', exact: true }).fill('signed');
      await page.getByRole('option', { name: 'admin_signed_in' }).click();
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.waitForURL(/event=admin_signed_in/);
      await expect.poll(() => page.getByRole('row').count()).toBe(2);
    });
  });
});
