import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { make, PASSWORD } from './support/admin.ts';
import { adminPages, heading, PATIENTLY } from './support/admin-pages.ts';
import { describeInBrowser } from './support/browser.ts';
import { only } from './support/database.ts';

only('sqlite', () => {
  describeInBrowser('the session of the admin site in a browser', () => {
    const admin = adminPages();

    const signOut = async (page: Page, username = 'root') => {
      await page.getByRole('button', { name: username, exact: true }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    };
    const isOut = (page: Page) => heading(page, 'Sign in').waitFor();
    const sessions = async () => {
      const rows = admin.world.lent.database.db.selectFrom('admin_sessions').select('key');
      return (await rows.execute()).length;
    };

    test('signing out ends it, also when the server ended it already', { timeout: PATIENTLY }, async () => {
      const page = await admin.signedIn('overview');
      await signOut(page);
      await isOut(page);
      expect(await sessions()).toBe(0);
      await admin.signIn(page);
      admin.world.pass(31 * 60);
      await signOut(page);
      await isOut(page);
      expect(admin.complaints).toEqual([]);
    });

    test('who cannot be signed out is told so, and is when the server is there again', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('overview');
      await page.route('**/api/admin/session/', (route) => route.abort());
      await signOut(page);
      await page.getByText('Not done').waitFor();
      await page.unroute('**/api/admin/session/');
      await signOut(page);
      await isOut(page);
      expect([await sessions(), admin.complaints]).toEqual([0, []]);
    });

    test('a tab goes on with the session that another tab signed in to', { timeout: PATIENTLY }, async () => {
      await make(admin.world, 'clerk', ['view_user']);
      const page = await admin.signedIn('users');
      const other = await admin.open('users');
      await signOut(other);
      await isOut(other);
      await admin.signIn(other, 'clerk');
      await signOut(page);
      await page.getByText('CSRF Failed').waitFor();
      await signOut(page, 'clerk');
      await isOut(page);
      expect(await sessions()).toBe(0);
    });

    test('what waits for the password is not done when the session ends', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users');
      await page.getByLabel('Choose alice').check();
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog', { name: 'Your password, please' }).waitFor();
      admin.world.pass(31 * 60);
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await isOut(page);
      await page.getByText('Not done').waitFor();
    });

    test('who thinks better of giving the password is back at what he was doing', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users/2');
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Set password' }).click();
      const field = page.getByLabel('New password');
      await field.fill('another long password');
      await page.keyboard.press('Enter');
      const asking = page.getByRole('dialog', { name: 'Your password, please' });
      await asking.waitFor();
      await page.keyboard.press('Escape');
      await asking.waitFor({ state: 'detached' });
      await page.getByText('Not done').waitFor();
      await page.getByRole('dialog', { name: 'Set password' }).waitFor();
      expect(await field.inputValue()).toBe('another long password');
      await page.keyboard.press('Escape');
      await field.waitFor({ state: 'detached' });
    });

    test('what is typed is there again, and nothing of it is seen meanwhile, when the session ended over it', {
      timeout: PATIENTLY,
    }, async () => {
      const id = await make(admin.world, 'alice', 'ordinary');
      const page = await admin.open(`users/${id}`);
      await page.clock.install();
      await admin.signIn(page);
      const name = page.getByLabel('Full name');
      await name.fill('Alice Lidell');
      admin.world.pass(31 * 60);
      await page.getByRole('button', { name: 'Save' }).click();
      await isOut(page);
      await name.waitFor({ state: 'hidden' });
      // Long enough for an answer to be forgotten that nobody looks at.
      await page.clock.fastForward('14:00');
      await admin.signIn(page);
      await heading(page, 'alice').waitFor();
      expect(await page.title()).toMatch(/^alice/);
      expect(await name.inputValue()).toBe('Alice Lidell');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      expect((await admin.world.app.store.accounts.byId(id))?.profile.fullName).toBe('Alice Lidell');
      await name.fill('Alice Hargreaves');
      admin.world.pass(31 * 60);
      await page.getByRole('button', { name: 'Save' }).click();
      await isOut(page);
      expect(await name.count()).toBe(1);
      await page.clock.fastForward('16:00');
      await expect.poll(() => name.count()).toBe(0);
      expect(admin.complaints).toEqual([]);
    });

    test('a dialog waits for the sign-in as well, and lies over nothing meanwhile', {
      timeout: PATIENTLY,
    }, async () => {
      const id = await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn(`users/${id}`);
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Set password' }).click();
      const field = page.getByLabel('New password');
      await field.fill('another long password');
      await admin.world.lent.database.db.deleteFrom('admin_sessions').execute();
      await page.keyboard.press('Enter');
      await isOut(page);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await expect.poll(() => page.locator(':focus').getAttribute('name')).toBe('username');
      await page.keyboard.press('Escape');
      await admin.signIn(page);
      await page.getByRole('dialog', { name: 'Set password' }).waitFor();
      expect(await field.inputValue()).toBe('another long password');
    });

    test('who goes back while he is signed out finds the page of the address', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('users');
      await page.getByRole('link', { name: 'alice' }).click();
      await heading(page, 'alice').waitFor();
      admin.world.pass(31 * 60);
      await page.getByRole('link', { name: 'Groups', exact: true }).click();
      await isOut(page);
      await page.goBack();
      await page.goBack();
      await page.waitForURL(/users$/);
      await admin.signIn(page);
      await heading(page, 'Users').waitFor();
      expect(admin.complaints).toEqual([]);
    });

    test('nothing of what is open or typed is left for another person, nor after signing out', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'clerk', ['view_user', 'change_user']);
      const id = await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn(`users/${id}`);
      const name = page.getByLabel('Full name');
      await name.fill('Alice Lidell');
      admin.world.pass(31 * 60);
      await page.getByRole('button', { name: 'Save' }).click();
      await isOut(page);
      await admin.signIn(page, 'clerk');
      await name.waitFor();
      expect(await name.inputValue()).toBe('');
      await name.fill('Alice Hargreaves');
      await signOut(page, 'clerk');
      await isOut(page);
      expect(await name.count()).toBe(0);
      await admin.signIn(page, 'clerk');
      await name.waitFor();
      expect(await name.inputValue()).toBe('');
    });

    test('who may not create what the address is for reads that, before he types anything', {
      timeout: PATIENTLY,
    }, async () => {
      const id = await make(admin.world, 'clerk', ['view_user', 'view_group', 'add_group']);
      const page = await admin.signedIn('users/new', 'clerk');
      await page.getByRole('alert').getByText('Not allowed').waitFor();
      expect(await page.getByRole('textbox').count()).toBe(0);
      await page.goto(`${admin.site}groups/new`);
      await page.getByLabel('Name').fill('Readers');
      // Who loses the right over it keeps what he typed.
      await admin.world.lent.database.db.deleteFrom('user_permissions').where('user_id', '=', id).execute();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Not done').waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('Readers');
      await page.reload();
      await page.getByRole('alert').getByText('Not allowed').waitFor();
      expect(await page.getByRole('textbox').count()).toBe(0);
    });

    test('who loses rights meanwhile is not offered any more what is refused', {
      timeout: PATIENTLY,
    }, async () => {
      const id = await make(admin.world, 'clerk', ['view_user', 'view_auditevent']);
      const page = await admin.signedIn('users', 'clerk');
      const sections = page.getByRole('navigation', { name: 'Parts of the site' }).getByRole('link');
      expect(await sections.allTextContents()).toContain('Audit');
      await admin.world.lent.database.db.deleteFrom('user_permissions').where('user_id', '=', id).execute();
      await page.getByRole('link', { name: 'Audit' }).click();
      await page.getByText('Not allowed').waitFor();
      await expect.poll(() => sections.allTextContents()).toEqual([]);
    });
  });
});
