import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  answerPage,
  chromiumProgram,
  describeInBrowser,
  openBrowser,
  servePages,
} from './support/browser.ts';
import { type DevServer, openDevServer } from './support/dev-server.ts';

const FOLDER = fileURLToPath(new URL('../../../examples/dev-server/', import.meta.url));
const GUIDE = fileURLToPath(new URL('../../../docs/dev-server.md', import.meta.url));

const NO_PYTHON = 'left out: there is no python3';

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Tests that need Python; where there is none they are left out, and the report says so. */
const testWithPython = hasPython ? test : test.skip;

/** Runs a program in the folder of the examples; gives how it ended and what it wrote. */
async function runExample(program: string, parameters: readonly string[], settings: Record<string, string>) {
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PYTHONDONTWRITEBYTECODE: '1',
    ...settings,
  };
  const child = spawn(program, parameters, {
    cwd: FOLDER,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('what the guide shows of the examples is in them', () => {
  const examples = readdirSync(FOLDER).map((name) => readFileSync(FOLDER + name, 'utf8'));
  const shown = [...readFileSync(GUIDE, 'utf8').matchAll(/```(?:python|js)\n([\s\S]*?)```/g)];
  expect(shown).toHaveLength(2);
  for (const [, code = ''] of shown) expect(examples.filter((text) => text.includes(code))).toHaveLength(1);
});

describe('the examples', () => {
  let server: DevServer;
  let frontEnd: string;
  beforeAll(async () => {
    frontEnd = `http://127.0.0.1:${await freePort()}`;
    server = await openDevServer({ FRONTEND_URL: frontEnd });
  });
  afterAll(() => server.close());

  testWithPython(hasPython ? 'in Python run' : `in Python run (${NO_PYTHON})`, async () => {
    const settings = { LATCHKEY_URL: server.url };
    const { code, output } = await runExample('python3', ['-m', 'unittest', 'test_sign_up.py'], settings);
    expect([code, output]).toEqual([0, expect.stringContaining('Ran 2 tests')]);
  });

  describeInBrowser('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    }, 30_000);
    afterAll(() => browser?.close());

    test('with Playwright run', async () => {
      const settings = { LATCHKEY_URL: server.url, FRONTEND_URL: frontEnd, CHROMIUM: chromiumProgram ?? '' };
      const { code, output } = await runExample(process.execPath, ['--test', 'sign-up.test.mjs'], settings);
      expect([code, output]).toEqual([0, expect.stringMatching(/pass 1\b/)]);
      // It starts a browser of its own.
    }, 60_000);

    test('a person opens a mail in the inbox, and its link in a new tab', async () => {
      await server.post('/dev/reset/');
      await server.post('/api/register/', {
        username: 'eve',
        email: 'eve@example.org',
        password: 'Sup3rSecret!x',
      });
      const answering = createServer((_request, response) => answerPage(response));
      answering.listen(Number(new URL(frontEnd).port), '127.0.0.1');
      await once(answering, 'listening');
      const page = await browser.newPage();
      await page.goto(`${server.url}/dev/`);
      await page.getByRole('link', { name: 'Inbox', exact: true }).click();
      await page.getByRole('link', { name: 'Confirm your e-mail address' }).click();
      const link = page.frameLocator('iframe').getByRole('link', { name: 'Confirm address' });
      const [tab] = await Promise.all([page.waitForEvent('popup'), link.click()]);
      await tab.waitForURL(`${frontEnd}/activate/MQ/*`);
      await page.getByRole('link', { name: 'Server' }).click();
      await page.getByRole('button', { name: '6 minutes' }).click();
      await page.getByText('6 minutes ahead').waitFor();
      await page.context().close();
      answering.close();
    });

    test('a page of another site can neither read the inbox nor reset the server', async () => {
      await server.post('/dev/reset/');
      await server.post('/api/register/', {
        username: 'eve',
        email: 'eve@example.org',
        password: 'Sup3rSecret!x',
      });
      const pages = await servePages();
      const page = await browser.newPage();
      await page.goto(pages.origin('evil.localhost'));
      const port = new URL(server.url).port;
      const told = await page.evaluate(async (own) => {
        const outcomes: string[] = [];
        for (const host of ['127.0.0.1', 'localhost']) {
          const url = `http://${host}:${own}`;
          const asked = await fetch(`${url}/dev/inbox/`).then(
            async (answer) => `${answer.status} ${await answer.text()}`,
            () => 'blocked',
          );
          outcomes.push(asked);
          for (const mode of ['cors', 'no-cors'] as const)
            await fetch(`${url}/dev/reset/`, { method: 'POST', mode }).catch(() => {});
          await fetch(`${url}/dev/clock/`, {
            method: 'POST',
            mode: 'no-cors',
            body: new URLSearchParams({ advance: '6m' }),
          }).catch(() => {});
        }
        return outcomes;
      }, port);
      for (const text of told) expect(text).not.toContain('eve@example.org');
      expect((await server.get('/dev/clock/')).json.ahead_seconds).toBe(0);
      expect((await server.get('/dev/inbox/')).json.mails).toHaveLength(1);
      await page.context().close();
      pages.close();
    });
  });
});
