import { expect, test } from 'vitest';
import { deviceOf } from '../../src/domain/sessions/device.ts';

const MOZILLA = 'Mozilla/5.0';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0';

test.each([
  ['Firefox on Windows', `${MOZILLA} (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0`],
  ['Chrome on Android', `${MOZILLA} (Linux; Android 15; Pixel 9) ${CHROME} Mobile Safari/537.36`],
  ['Microsoft Edge on Linux', `${MOZILLA} (X11; Linux x86_64) ${CHROME} Safari/537.36 Edg/137.0`],
  [
    'Safari on iOS',
    `${MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1`,
  ],
  ['curl', 'curl/8.5.0'],
  ['python-requests', 'python-requests/2.32'],
  ['latchkey command line', 'latchkey command line'],
  ['Unknown device', ''],
  ['Unknown device', '<script>alert(1)</script>'],
  ['Unknown device', '\u202e'.repeat(300)],
])('a person reads "%s" for %s', async (device, userAgent) => {
  expect(await deviceOf(userAgent)).toBe(device);
});

test('a long user agent is read in no time', async () => {
  const started = performance.now();
  for (const part of ['a/', '(', 'Version/', ' ', '; '])
    for (let i = 0; i < 20; i += 1) await deviceOf(`Mozilla/5.0 ${part.repeat(300 / part.length)}`);
  expect(performance.now() - started).toBeLessThan(1_000);
});
