/** The admin site in a browser: for each test a server, its superuser `root`, and the browser of a person. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { make, PASSWORD } from './admin.ts';
import { openBrowser } from './browser.ts';
import { openWorld, type World } from './world.ts';

/** A browser on a machine that has much else to do, in milliseconds. */
export const PATIENTLY = 120_000;

export interface AdminPages {
  readonly world: World;
  readonly person: BrowserContext;
  /** the address of the site */
  readonly site: string;
  /** what the browser complained about: broken policy, faults of scripts */
  readonly complaints: readonly string[];
  /** Opens a page of the site in a new tab. */
  open(path?: string): Promise<Page>;
  /** Signs in with the password that `make` gave. */
  signIn(page: Page, username?: string): Promise<void>;
  signedIn(path: string, username?: string): Promise<Page>;
}

/** The heading of a page. */
export const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true });

/** Notes what a page complains about. */
function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/.test(message.text()))
      complaints.push(message.text());
  });
}

async function signIn(page: Page, username = 'root'): Promise<void> {
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: username, exact: true }).waitFor();
}

/** To be called in the `describe` of the tests that use it. */
export function adminPages(): AdminPages {
  let browser: Browser;
  let world: World;
  let person: BrowserContext;
  let complaints: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  }, 30_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    world = await openWorld({ PUBLIC_URL: '' }, 'dev');
    await make(world, 'root', 'superuser');
    person = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    complaints = [];
  });
  afterEach(async () => {
    await person.close();
    await world.close();
  });

  const address = () => `http://auth.localhost:${new URL(world.baseUrl).port}/admin/`;
  const open = async (path = ''): Promise<Page> => {
    const page = await person.newPage();
    page.setDefaultTimeout(15_000);
    listen(page, complaints);
    await page.goto(address() + path);
    return page;
  };
  return {
    get world() {
      return world;
    },
    get person() {
      return person;
    },
    get site() {
      return address();
    },
    get complaints() {
      return complaints;
    },
    open,
    signIn,
    async signedIn(path, username) {
      const page = await open(path);
      await signIn(page, username);
      return page;
    },
  };
}
