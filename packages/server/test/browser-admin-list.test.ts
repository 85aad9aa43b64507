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
