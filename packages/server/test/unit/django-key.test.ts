import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { warnOfWeakDjangoKey } from '../../src/cli/greet.ts';
import { readConfig } from '../../src/config.ts';
import { djangoKey } from '../../src/domain/tokens/django-key.ts';

const spki = { type: 'spki', format: 'pem' } as const;
const pemOfEc = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export(spki).toString();
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(spki).toString();
const secretEc = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

test('a key that does not fit its algorithm is refused: above all a public key as an HMAC secret', () => {
  const es256 = pemOfEc('prime256v1');
  expect(djangoKey(es256.replaceAll('\n', '\\n'), 'ES256')).toMatchObject({ algorithm: 'ES256' });
  expect(djangoKey(es256, 'HS256')).toHaveProperty('fault');
  expect(djangoKey(es256, 'ES384')).toHaveProperty('fault');
  expect(djangoKey(es256, 'RS256')).toHaveProperty('fault');
  expect(djangoKey(smallRsa, 'RS256')).toHaveProperty('fault');
  expect(djangoKey(secretEc, 'ES256')).toHaveProperty('fault');
  expect(djangoKey('a plain text', 'RS256')).toHaveProperty('fault');
});

const BASE = {
  SECRET_KEY: 'a key of the tests, long enough: 0123456789abcdef',
  PUBLIC_URL: 'http://127.0.0.1',
};

/** What a server that starts with these settings says of Django's key. */
function warnings(settings: Readonly<Record<string, string>>): string[] {
  const said: string[] = [];
  const log = { info() {}, error() {}, request() {}, warn: (_: object, text: string) => said.push(text) };
  warnOfWeakDjangoKey(readConfig('serve', { ...BASE, ...settings }), log);
  return said;
}

test('a server warns of a key of Django that can be guessed, while it counts', () => {
  const weak = { DJANGO_TOKENS: 'on', DJANGO_JWT_KEY: 'django-insecure-0123456789-abcdefghijklmnop' };
  expect(warnings(weak)).toEqual([
    'DJANGO_JWT_KEY looks like an example, not like a random key. Who guesses it can log in as anybody: set DJANGO_TOKENS=off soon',
  ]);
  expect(warnings({ ...weak, DJANGO_JWT_KEY: 'short' })).toEqual([
    expect.stringContaining('DJANGO_JWT_KEY must be at least 32 bytes long'),
  ]);
  expect(warnings({ ...weak, DJANGO_TOKENS: 'off' })).toEqual([]);
  expect(warnings({ ...weak, DJANGO_JWT_KEY: BASE.SECRET_KEY })).toEqual([]);
  expect(warnings({ DJANGO_TOKENS: 'on' })).toEqual([]);
  // a public key is no secret
  expect(warnings({ ...weak, DJANGO_JWT_KEY: smallRsa, DJANGO_JWT_ALGORITHM: 'RS256' })).toEqual([]);
});

test.each([
  ['DJANGO_TOKENS', 'yes'],
  ['DJANGO_TOKENS', '2026-02-30'],
  ['DJANGO_JWT_ALGORITHM', 'none'],
  ['DJANGO_TOKEN_MAX_SECONDS', '-1'],
])('%s=%s is refused', (name, text) => {
  expect(() => readConfig('serve', { ...BASE, [name]: text })).toThrow(name);
});
