// Tests of a front end against `latchkey dev`, in a browser driven by Playwright:
//
//   FRONTEND_URL=http://127.0.0.1:3000 npx latchkey dev
//   LATCHKEY_URL=http://127.0.0.1:8000 FRONTEND_URL=http://127.0.0.1:3000 node --test sign-up.test.mjs
//
// CHROMIUM names the browser where Playwright has brought none. With @playwright/test the calls are the same: `page` and
// `request` are its fixtures, and the snapshot is made in its global setup.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';

const { LATCHKEY_URL = 'http://127.0.0.1:8000', FRONTEND_URL = 'http://127.0.0.1:3000' } = process.env;

/** The front end under test: one page, whatever the path is. */
const frontEnd = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(readFileSync(new URL('sign-up.html', import.meta.url)));
});

let browser;
let page;
let request;

before(async () => {
  frontEnd.listen(new URL(FRONTEND_URL).port, '127.0.0.1');
  const { CHROMIUM: executablePath } = process.env;
  browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
});
after(async () => {
  await browser?.close();
  frontEnd.close();
  frontEnd.closeAllConnections();
});
beforeEach(async () => {
  const person = await browser.newContext();
  await person.addInitScript((url) => localStorage.setItem('api', url), LATCHKEY_URL);
  page = await person.newPage();
  request = person.request;
  await request.post(`${LATCHKEY_URL}/dev/reset/`);
});

const advance = (by) => request.post(`${LATCHKEY_URL}/dev/clock/`, { data: { advance: by } });
const status = () => page.getByRole('status');

test('who signs up confirms the address by mail, stays logged in, and is logged out after 51 days', async () => {
  await page.goto(FRONTEND_URL);
  await page.getByLabel('Name').fill('alice');
  await page.getByLabel('E-mail').fill('alice@example.org');
  await page.getByLabel('Password').fill('Sup3rSecret!x');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await status().getByText('Look into your inbox').waitFor();

  const inbox = await request.get(`${LATCHKEY_URL}/dev/inbox/?to=alice@example.org&wait=5`);
  const [mail] = (await inbox.json()).mails;
  await page.goto(mail.links[0]);
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await status().getByText('The e-mail address is verified.').waitFor();

  await advance('6m');
  await page.goto(FRONTEND_URL);
  await status().getByText('Hello alice.').waitFor();

  await advance('51d');
  await page.reload();
  await status().getByText('You are not logged in.').waitFor();
});
