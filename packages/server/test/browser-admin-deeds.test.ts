import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { storedAs } from '../src/domain/admin/permissions.ts';
import { make, PASSWORD, staff } from './support/admin.ts';
import { adminPages, heading, PATIENTLY } from './support/admin-pages.ts';
import { describeInBrowser } from './support/browser.ts';
import { only } from './support/database.ts';
import { loggedIn } from './support/world.ts';

only('sqlite', () => {
  describeInBrowser('what is done on the admin site in a browser', () => {
    const admin = adminPages();

    const press = (within: Page | Locator, name: string) =>
      within.getByRole('button', { name, exact: true }).click();
    const choose = async (page: Page, field: string, option: string) => {
      await page
        .locator('input')
        .and(page.getByLabel(field, { exact: true }))
        .fill(option);
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    const givePassword = async (page: Page) => {
      await page.getByRole('dialog', { name: 'Your password, please' }).waitFor();
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
    };
    /** A superuser somewhere else. */
    const boss = async (name: string) => {
      const site = await staff(admin.world, name, 'superuser', new URL(admin.world.baseUrl).origin);
      await site.stepUp();
      return site;
    };
    const downloaded = async (page: Page, link: string): Promise<string> => {
      const wait = page.waitForEvent('download');
      await page.getByRole('link', { name: link }).click();
      return readFileSync(await (await wait).path(), 'utf8');
    };

    test('a user is created, and sets a password with the link that is shown once', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('users/new');
      await page.getByLabel('User name').fill('alice');
      await page.getByRole('switch', { name: 'Mail a link to set a password' }).click({ force: true });
      await press(page, 'Create');
      await page.getByText('It works once.').waitFor();
      const link = (await page.getByRole('status').getByText(/^http/).textContent()) ?? '';
      const [token = '', uid = ''] = link.split('/').filter(Boolean).reverse();
      const body = { uid, token, new_password: 'an0ther long secret' };
      expect((await admin.world.post('/api/password/reset/confirm/', body)).status).toBe(200);
      const credentials = { username: 'alice', password: body.new_password };
      expect((await admin.world.post('/api/token/', credentials)).status).toBe(200);
      await page.getByRole('link', { name: 'Open the user' }).click();
      await heading(page, 'alice').waitFor();
      expect(await page.getByText(link).count()).toBe(0);
    });

    test('what was deleted is not asked for again, and not shown again', { timeout: PATIENTLY }, async () => {
      await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn('groups/new');
      const refused: string[] = [];
      page.on('response', (answer) => {
        if (answer.status() === 404) refused.push(answer.url());
      });
      await page.getByLabel('Name').fill('Readers');
      await press(page, 'Save');
      await heading(page, 'Readers').waitFor();
      await press(page, 'Delete');
      await press(page.getByRole('dialog'), 'Delete');
      await givePassword(page);
      await page.getByText('No group yet.').waitFor();
      const go = async (link: string, title: string) => {
        await page.getByRole('link', { name: link, exact: true }).click();
        await heading(page, title).waitFor();
      };
      await go('Users', 'Users');
      await go('alice', 'alice');
      await go('Users', 'Users');
      await go('alice', 'alice');
      await press(page, 'Actions');
      await page.getByRole('menuitem', { name: 'Delete user' }).click();
      await page.getByLabel('Type alice to go on').fill('alice');
      await press(page.getByRole('dialog'), 'Delete user');
      await page.getByText('1 user', { exact: true }).waitFor();
      expect(refused).toEqual([]);
      await page.goBack();
      await page.goBack();
      await page.getByText('This cannot be shown').waitFor();
    });

    test('a group gives its members what it holds, and takes it away with it', {
      timeout: PATIENTLY,
    }, async () => {
      await make(admin.world, 'clerk', []);
      const page = await admin.signedIn('groups/new');
      await page.getByLabel('Name').fill('Readers');
      await choose(page, 'Permissions', 'view_user');
      await page.keyboard.press('Escape');
      await press(page, 'Save');
      await heading(page, 'Readers').waitFor();
      await page.goto(`${admin.site}users/2?tab=rights`);
      await choose(page, 'Groups', 'Readers');
      await page.keyboard.press('Escape');
      await press(page, 'Save');
      await givePassword(page);
      await page.getByText('Saved.').waitFor();
      const { app } = admin.world;
      expect((await app.store.rights.authorityOf(2))?.permissions).toEqual([storedAs('view_user')]);
      await page.goto(`${admin.site}groups`);
      await page.getByRole('link', { name: 'Readers' }).click();
      await press(page, 'Delete');
      await press(page.getByRole('dialog'), 'Delete');
      await page.getByText('No group yet.').waitFor();
      expect((await app.store.rights.authorityOf(2))?.permissions).toEqual([]);
    });

    test('two who save one account: the second reads what the first saved, keeps what he typed, and may save it over that [A-14]', {
      timeout: PATIENTLY,
    }, async () => {
      const id = await make(admin.world, 'alice', 'ordinary');
      const page = await admin.signedIn(`users/${id}`);
      await page.getByLabel('Full name').fill('Alice Two');
      const other = await boss('other');
      expect((await other.ask('PATCH', `/api/admin/users/${id}/`, { full_name: 'Alice One' })).status).toBe(
        200,
      );
      // Whatever is done here asks the server anew for what is on the screen.
      await press(page, 'Actions');
      await page.getByRole('menuitem', { name: 'Require a new password' }).click();
      await page.getByText('Must set a new password').waitFor();
      await press(page, 'Save');
      await page.getByText('Somebody changed this account meanwhile').waitFor();
      // The password was the last change of the account, but not of this field.
      const item = page.getByRole('listitem').filter({ hasText: 'Full name is now: Alice One' });
      await item.getByText('Last changed').waitFor();
      expect(await item.getByRole('link').textContent()).toBe('other');
      expect(await item.locator('time').count()).toBe(1);
      expect(await page.getByLabel('Full name').inputValue()).toBe('Alice Two');
      const stored = async () => (await admin.world.app.store.accounts.byId(id))?.profile.fullName;
      expect(await stored()).toBe('Alice One');
      await press(page, 'Save');
      await page.getByText('Saved.').waitFor();
      expect(await stored()).toBe('Alice Two');
      expect(await page.getByText('Somebody changed').count()).toBe(0);
      // What he saved himself is nothing that somebody else changed.
      await page.getByLabel('About', { exact: true }).fill('Here');
      await press(page, 'Save');
      await expect
        .poll(async () => (await admin.world.app.store.accounts.byId(id))?.profile.bio)
        .toBe('Here');
    });

    test('who saves a group that somebody else changed reads who that was [A-14]', {
      timeout: PATIENTLY,
    }, async () => {
      const other = await boss('other');
      const GROUPS = '/api/admin/groups/';
      const group = async (name: string) => (await other.ask('POST', GROUPS, { name })).json.id as number;
      const [id, another] = [await group('Readers'), await group('Writers')];
      const page = await admin.signedIn(`groups/${id}`);
      await page.getByLabel('Name').fill('Mine');
      await other.ask('PATCH', `${GROUPS}${id}/`, { name: 'Theirs' });
      const third = await boss('third');
      await third.ask('PATCH', `${GROUPS}${id}/`, { permissions: ['view_user'] });
      await third.ask('PATCH', `${GROUPS}${another}/`, { name: 'Authors' });
      await press(page, 'Save');
      await givePassword(page);
      const told = page.getByRole('alert').getByRole('listitem');
      await told.getByRole('link').first().waitFor();
      expect(await told.getByRole('link').allTextContents()).toEqual(['other', 'third']);
      expect(await told.first().textContent()).toMatch(/^Name is now: Theirs/);
    });

    test('every group can be found and chosen, however many there are', { timeout: PATIENTLY }, async () => {
      const { db } = admin.world.lent.database;
      const names = Array.from({ length: 201 }, (_, i) => ({ name: `group ${i + 1}`, base: null }));
      await db.insertInto('groups').values(names).execute();
      const page = await admin.signedIn('groups');
      await page.getByRole('link', { name: 'group 201' }).waitFor();
      await page.goto(`${admin.site}users/1?tab=rights`);
      await choose(page, 'Groups', 'group 201');
      await page.goto(`${admin.site}users`);
      await press(page, 'Filters');
      await choose(page, 'Group', 'group 201');
      await page.getByText('0 users', { exact: true }).waitFor();
    });

    test('keys are rotated after the password was given, and what the old one signed stays good', {
      timeout: PATIENTLY,
    }, async () => {
      const { access } = await loggedIn(admin.world, 'alice');
      const page = await admin.signedIn('keys');
      await press(page, 'Rotate');
      await page.getByLabel('Sign with it at once').check();
      await press(page.getByRole('dialog'), 'Rotate');
      await givePassword(page);
      await page.getByText('The new key is made.').waitFor();
      await page.getByRole('row', { name: /signing/ }).waitFor();
      expect((await admin.world.get('/api/dashboard/', { token: access })).status).toBe(200);
    });

    test('a key is retired after a question that names it, and what it signed is refused at once', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('keys');
      const rotate = async () => {
        // Of two that begin to sign in the same instant either may be the one that does.
        admin.world.pass(1);
        await press(page, 'Rotate');
        await page.getByLabel('Sign with it at once').check();
        await press(page.getByRole('dialog'), 'Rotate');
      };
      await rotate();
      await givePassword(page);
      await page.getByText('The new key is made.').waitFor();
      const { access } = await loggedIn(admin.world, 'alice');
      const { kid } = JSON.parse(Buffer.from(access.split('.')[0] ?? '', 'base64url').toString());
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await rotate();
      const row = page.getByRole('row', { name: kid });
      await row.filter({ hasNotText: 'signing' }).waitFor();
      expect((await admin.world.get('/api/dashboard/', { token: access })).status).toBe(200);
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await press(page, `Retire: ${kid}`);
      await page.getByRole('dialog').getByText(`Retire ${kid}?`).waitFor();
      await press(page.getByRole('dialog'), 'Retire');
      await row.filter({ hasText: 'retired' }).waitFor();
      expect((await admin.world.get('/api/dashboard/', { token: access })).status).toBe(401);
    });

    test('new events appear by themselves, and the trail and the users are downloaded as they are filtered', {
      timeout: PATIENTLY,
    }, async () => {
      const page = await admin.signedIn('audit');
      await page.getByRole('switch', { name: 'Live' }).check({ force: true });
      await loggedIn(admin.world, 'alice');
      const row = page.getByRole('row', { name: /logged_in.*alice/ });
      await row.waitFor();
      const isToTheSecond = async () => {
        const time = row.locator('time');
        expect(await time.textContent()).toMatch(/\d:\d\d:\d\d/);
        expect(await time.getAttribute('title')).toMatch(/T\d\d:\d\d:\d\d\.\d{3}Z$/);
      };
      await isToTheSecond();
      await page.getByLabel('About (id or name)').fill('alice');
      await press(page, 'Apply');
      await page.waitForURL(/user=alice/);
      await row.waitFor();
      await isToTheSecond();
      const events = (await downloaded(page, 'Export NDJSON')).trim().split('\n');
      expect(new Set(events.map((line) => JSON.parse(line).user.username))).toEqual(new Set(['alice']));
      await page.goto(`${admin.site}users?search=ali`);
      const [head, ...rows] = (await downloaded(page, 'Export CSV')).trim().split('\r\n');
      expect(head).toMatch(/^id,username,email/);
      expect(rows).toEqual([expect.stringMatching(/^2,alice,/)]);
      expect(admin.complaints).toEqual([]);
    });
  });
});
