import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey, type KeyPurpose } from '../../src/domain/keys/derive.ts';

const SECRET = 'a key of the tests, long enough: 0123456789abcdef';

// Worked out with Python's hmac, by RFC 5869 sections 2.2 and 2.3. To change one is to make all that it sealed unreadable.
const EXPECTED: Readonly<Record<KeyPurpose, string>> = {
  cookie: 'b0d1529a37b594b3e4b90953c0ef908c7b305e5f29e2fb3f59b3e8ffa0355442',
  csrf: '73a5a0d17aac6bd853256bf0612dfdbb9bb597b137c9ab5df67b0239dbafdfe2',
  link: '6d1d1efa32ac6f21a709ffa56897fb8d4d714e31482eaecd1ff2ecc18c6b6940',
  data: '8ff240726a48ffb7c2467b9fd81f121fb4ae1a7a8500283fcd4b0e7ced4a9d87',
  limits: '84104603a554bfd1f24c43bc0fa7afa3f39cc146a095b6be45a7288e292c5f1a',
  audit: 'ab42476a2f41bb81cb2fac6d03b8607c0c9e91ab57c4efe0de6a9731c49bbc7c',
};

test.each(Object.entries(EXPECTED))('the key for %s stays what it is', (purpose, expected) => {
  expect(deriveKey(SECRET, purpose as KeyPurpose).toString('hex')).toBe(expected);
});

test('each purpose has a key of its own, and none is the key of the tokens [J-14]', () => {
  const keys = Object.keys(EXPECTED).map((purpose) => deriveKey(SECRET, purpose as KeyPurpose));
  const all = [...keys, Buffer.from(SECRET), createHmac('sha256', SECRET).digest()];
  expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(all.length);
});
