// node scripts/measure-first-page.mjs [rounds] [address …]: how long a visitor of a running server (npm start) waits for the form
// of each first page, in milliseconds from the start of the navigation, on a slow telephone: a quarter of the processor, 1.6 Mbit/s,
// 150 ms there and back (Lighthouse's "slow 4G"). And what that takes of the processor, unthrottled, which is the steadier figure.
// The form is pressed as soon as it is painted: "sent" is when what was filled in goes to the server, which is not asked here.
// The first line is a form with nothing to it, one KB: what the browser itself takes on this machine.
import { createServer } from 'node:http';
import { openBrowser } from './browser.mjs';

const BARE = `<!doctype html><title>A form</title>
<form><input required><input type="password" required><button type="submit">Send</button></form>
<script>document.forms[0].addEventListener('submit', (event) => {
  event.preventDefault();
  fetch('', { method: 'POST', body: [...event.target].map(({ value }) => value).join() });
});</script>`;
const bare = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(BARE));
await new Promise((listens) => bare.listen(0, '127.0.0.1', listens));

const [rounds = '7', ...addresses] = process.argv.slice(2);
const PAGES = ['admin/', 'account/', 'account/sign-up'];
const asked = addresses.length > 0 ? addresses : PAGES.map((path) => `http://127.0.0.1:8000/${path}`);
const pages = [`http://127.0.0.1:${bare.address().port}/`, ...asked];

const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const CONDITIONS = {
  'a slow telephone': { cpu: 4, network: SLOW_4G },
  'a slow processor': { cpu: 4 },
  'no throttle': { cpu: 1 },
};

/**
 * Notes in the page when the form can be typed into and has been painted. Then it is filled in and sent, and what goes to the
 * server is noted instead of sent.
 */
const NOTE_FORM = `new MutationObserver((_, observer) => {
  if (!document.querySelector('[type=submit]')) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => {
    window.formAt = performance.now();
    for (const input of document.querySelectorAll('input[required]')) input.value = 'measured';
    document.querySelector('form').requestSubmit();
  }));
}).observe(document, { childList: true, subtree: true });
const ask = window.fetch;
window.fetch = (address, options) => {
  if (options?.method !== 'POST') return ask(address, options);
  window.sentAt = String(options.body).includes('measured') ? performance.now() : NaN;
  return new Promise(() => {});
};`;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One visit of somebody who has never been there. */
async function visit(browser, address, { cpu, network }) {
  const person = await browser.newContext({ viewport: { width: 360, height: 640 } });
  const page = await person.newPage();
  const tools = await person.newCDPSession(page);
  let bytes = 0;
  tools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await tools.send('Network.enable');
  if (network) await tools.send('Network.emulateNetworkConditions', network);
  await tools.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.addInitScript(NOTE_FORM);
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator('input[type=password]').waitFor();
  const { metrics } = await tools.send('Performance.getMetrics');
  const script = metrics.find(({ name }) => name === 'ScriptDuration').value * 1000;
  const task = metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  let noted;
  while (noted === undefined) noted = await page.evaluate('window.sentAt && { formAt, sentAt }');
  await person.close();
  return { ...noted, script, task, bytes };
}

const browser = await openBrowser();
try {
  const visits = new Map();
  // In turns, so that what else the machine does hits all alike.
  for (let round = 0; round < Number(rounds); round += 1)
    for (const address of pages)
      for (const [condition, limits] of Object.entries(CONDITIONS)) {
        const key = `${address}, ${condition}`;
        visits.set(key, [...(visits.get(key) ?? []), await visit(browser, address, limits)]);
      }
  for (const [key, all] of visits) {
    const of = (name) => median(all.map((one) => one[name]));
    const fastest = Math.min(...all.map(({ formAt }) => formAt));
    const cpu = key.endsWith('no throttle')
      ? `, processor ${of('task').toFixed(0)} ms (scripts ${of('script').toFixed(0)} ms)`
      : '';
    const times = `form after ${of('formAt').toFixed(0)} ms (fastest ${fastest.toFixed(0)}), sent after ${of('sentAt').toFixed(0)}`;
    console.log(`${key}: ${times}${cpu}, ${(of('bytes') / 1000).toFixed(0)} KB by then`);
  }
} finally {
  await browser.close();
  bare.close();
}
