// What a person does on the account pages, in a browser.
import type { Page } from 'playwright-core';
import type { Box } from './mail.ts';

export const PASSWORD = 'Sup3rSecret!x';

/** The address in the newest mail whose link has this in its path, at the port of this server. */
export async function linkIn(box: Box, site: string, path: string): Promise<string> {
  await box.collect();
  const links = box.letters.flatMap(
    ({ plain }) => plain.match(/http:\/\/id\.localhost\/account\/\S+/g) ?? [],
  );
  const link = links.findLast((one) => one.includes(path));
  if (link === undefined) throw new Error(`no mail has a link to ${path}`);
  return link.replace('http://id.localhost/account/', site);
}

export const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
export const go = async (page: Page, place: string) => {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
  await heading(page, place);
};

export const askForAccount = async (page: Page, name: string, email: string): Promise<void> => {
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('E-mail (optional)').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press(page, 'Sign up');
};

export const signUp = async (page: Page, email = ''): Promise<void> => {
  await askForAccount(page, 'alice', email);
  await heading(page, 'Hello, alice');
};

export const logIn = async (page: Page, password = PASSWORD): Promise<void> => {
  await page.getByLabel('User name or e-mail').fill('alice');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Log in');
};
