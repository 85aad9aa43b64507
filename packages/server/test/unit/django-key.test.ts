import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
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

test.each([
  ['DJANGO_TOKENS', 'yes'],
  ['DJANGO_TOKENS', '2026-02-30'],
  ['DJANGO_JWT_ALGORITHM', 'none'],
  ['DJANGO_TOKEN_MAX_SECONDS', '-1'],
])('%s=%s is refused', (name, text) => {
  const base = {
    SECRET_KEY: 'a key of the tests, long enough: 0123456789abcdef',
    PUBLIC_URL: 'http://127.0.0.1',
  };
  expect(() => readConfig('serve', { ...base, [name]: text })).toThrow(name);
});
