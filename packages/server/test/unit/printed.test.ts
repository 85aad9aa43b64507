import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { printConfig, readConfig, settingsPage } from '../../src/config.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { SETTINGS } from '../../src/settings.ts';
import { VERSION } from '../../src/version.ts';
import { weaknessOfKey } from '../../src/weak-keys.ts';

const committed = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

test('contract/openapi.json is what the routes print (npm run openapi) [ASVS 2.1.1]', () => {
  expect(committed('contract/openapi.json')).toBe(`${JSON.stringify(openApiDocument(VERSION), null, 2)}\n`);
});

test('docs/settings.md is what the settings print (latchkey config --markdown)', () => {
  expect(committed('docs/settings.md')).toBe(settingsPage());
});

const KEY = 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret';
const ENVIRONMENT = {
  SECRET_KEY: KEY,
  PUBLIC_URL: 'https://auth.example.com/',
  DATABASE_URL: 'postgres://latchkey:p@ss@db/latchkey?password=again',
  REDIS_URL: 'rediss://latchkey:once-again@cache/2',
  SECRET_KEY_FALLBACKS: 'r8Xw1nKl4yAs0UoZc6MdIe3HtQg9Fb5V-before, s9Yx2oLm5zBt1VpAd7NeJf4IuRh0Gc6W-once',
};

test('no way of printing the configuration shows a secret [K-05]', () => {
  const config = readConfig('serve', ENVIRONMENT);
  const printed = [
    printConfig(config),
    JSON.stringify(config),
    inspect(config, { depth: 9 }),
    `${config.secretKey}`,
  ].join('\n');
  expect(printed).not.toMatch(/q7Wv0mJk|r8Xw1nKl|s9Yx2oLm|p@ss|again/);
  expect(printConfig(config)).toContain('DATABASE_URL=postgres://latchkey:***@db/latchkey?***');
  expect(printConfig(config)).toContain('SECRET_KEY_FALLBACKS=***,***');
  expect(printConfig(config)).toContain('REDIS_URL=rediss://latchkey:***@cache/2');
});

test('every setting is read from its own name, and a faulty one is named [K-06]', () => {
  const names = Object.values(SETTINGS).map(({ name }) => name);
  for (const name of names.filter((one) => one !== 'HOST')) {
    const faulty = { ...ENVIRONMENT, [name]: '\u0001 no value' };
    expect(() => readConfig('serve', faulty), name).toThrow(new RegExp(`^${name} `));
  }
});

test.each([
  ['', /32 bytes/],
  ['x'.repeat(31), /32 bytes/],
  ['0'.repeat(64), /repeats itself/],
  ['12345678901234567890123456789012', /repeats itself/],
  ['0123456789abcdef0123456789abcdef', /repeats itself/],
  ['abcdefghijklmnopqrstuvwxyz0123456789', /repeats itself/],
  ['a-string-secret-at-least-256-bits-long', /example/],
  ['-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA', /example/],
  ['django-insecure-abcdefghijklmnopqrstuvwxyz0123456789', /example/],
  ['change-me-change-me-change-me-change-me', /example/],
])('the key "%s" is refused in production [J-39]', (key, why) => {
  expect(weaknessOfKey(key)).toMatch(why);
});

test('keys of before are a list, and each is judged as SECRET_KEY is', () => {
  const read = (text: string) =>
    readConfig('serve', { ...ENVIRONMENT, SECRET_KEY_FALLBACKS: text }).secretKeyFallbacks;
  const other = `with, commas ${KEY}`;
  expect(read('none')).toEqual([]);
  expect(read(`${KEY}, ${KEY}1`).map((key) => key.reveal())).toEqual([KEY, `${KEY}1`]);
  expect(read(JSON.stringify([other, KEY])).map((key) => key.reveal())).toEqual([other, KEY]);
  for (const text of [`${KEY},short`, `${KEY},`, JSON.stringify([KEY, 'short'])])
    expect(() => read(text)).toThrow(
      /^SECRET_KEY_FALLBACKS has a key that does not fit: number 2 must be at least 32/,
    );
  for (const text of ['[1]', '["', '[null]']) expect(() => read(text)).toThrow(/must be keys/);
});

test('a random key passes', () => {
  expect(weaknessOfKey(KEY)).toBeUndefined();
});
