import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { faultsOfPassword } from '../../src/domain/passwords/rules.ts';

const KEY = 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret';
const SITE = [{ code: 'password_too_similar', to: 'name of this site' }];

const siteAt = (PUBLIC_URL: string) => readConfig('serve', { SECRET_KEY: KEY, PUBLIC_URL });

test.each([
  ['latchkey-1!', 'https://auth.example.com', SITE],
  ['Wonderland26!', 'https://auth.wonderland.example', SITE],
  ['wonder-land', 'https://www.wonder-land.example', SITE],
  ['wonderland and a hatter', 'https://auth.wonderland.example', []],
  ['Wonderland26!', 'https://auth.example.com', []],
  ['127.0.0.1:8000x', 'https://127.0.0.1', []],
])(
  'the password %s at %s: the name of the site is no secret [ASVS 6.1.2, ASVS 6.2.11]',
  async (password, address, faults) => {
    const app = { config: siteAt(address), isBreached: async () => false };
    expect(await faultsOfPassword(app, password)).toEqual(faults);
  },
);

test('the list of breaches is asked last, about passwords that pass everything else', async () => {
  const asked: string[] = [];
  const isBreached = async (password: string) => asked.push(password) > 0;
  const app = { config: siteAt('https://auth.example.com'), isBreached };
  expect(await faultsOfPassword(app, 'password123')).toEqual([{ code: 'password_too_common' }]);
  expect(await faultsOfPassword(app, 'three blind mice')).toEqual([{ code: 'password_breached' }]);
  expect(asked).toEqual(['three blind mice']);
});

test.each([
  ['file:/srv/pwned.txt', true],
  ['https://api.pwnedpasswords.com', true],
  ['http://127.0.0.1:8080', true],
  ['http://api.pwnedpasswords.com', false],
  ['https://name:password@api.pwnedpasswords.com', false],
  ['https://api.pwnedpasswords.com/?x=', false],
  ['on', false],
  ['file:', false],
])('BREACHED_PASSWORDS=%s is taken: %s', (text, isTaken) => {
  const read = () =>
    readConfig('serve', { SECRET_KEY: KEY, PUBLIC_URL: 'https://example.com', BREACHED_PASSWORDS: text });
  if (isTaken) expect(read().breachedPasswords).toBe(text);
  else expect(read).toThrow(/BREACHED_PASSWORDS must be/);
});
