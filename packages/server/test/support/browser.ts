/** A real Chromium, installed or not, driven by playwright-core, which brings none. */
import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

const PLACES = [
  // No windows and toolbars around the pages: the least work.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The installed browser; undefined when there is none. */
export const chromiumProgram = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));

const MISSING =
  'left out: no Chromium was found. Install one (Debian: apt-get install chromium) or name it in CHROMIUM';

/** Tests that need a browser; where there is none they are left out, and the report says what is missing. */
export function describeInBrowser(title: string, tell: () => void): void {
  if (chromiumProgram === undefined) describe.skip(`${title} (${MISSING})`, tell);
  else describe(title, tell);
}

/**
 * What Playwright switches off (`chromiumSwitches` of its version 1.65; of several lists Chromium takes the last), and what
 * loads pages that nobody sees: the suggestions of the address bar, two in every window, and a process kept for the next page.
 */
const FEATURES_OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
];

/** Nothing is looked up, fetched or reported outside of this machine. */
const ALONE = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${FEATURES_OFF.join()}`,
  // Names that are no `localhost`, which Chromium believes without TLS too.
  '--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
];

/** Starts the browser with a profile of its own. It ends with `close()`. A context of it is a person's browser. */
export function openBrowser(): Promise<Browser> {
  if (chromiumProgram === undefined) throw new Error(MISSING);
  // Chromium's sandbox does not start as root, as which CI often runs.
  const args = process.getuid?.() === 0 ? [...ALONE, '--no-sandbox'] : ALONE;
  return chromium.launch({ executablePath: chromiumProgram, args });
}

/** An empty page. */
export function answerPage(response: ServerResponse): void {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
}

/** A server of empty pages for every name under `.localhost`: the front ends of a test, and the attackers'. */
export interface PageServer {
  /** such as `http://app.shop.localhost:1234` */
  origin(name: string): string;
  close(): void;
}

export async function servePages(): Promise<PageServer> {
  const server = createServer((_request, response) => answerPage(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: (name) => `http://${name}:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
