import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readToken, signToken } from '../../src/domain/tokens/jwt.ts';
import { type Algorithm, hmacKey, type KeyRing, keyRing } from '../../src/domain/tokens/keys.ts';

// Which key may verify what. The J numbers are those of the attack cases in security/attacks.md, section 2.1.
const at = Date.UTC(2026, 10, 22, 12) / 1000;
const secret = 'steering-sample-key-0123456789-abcdefghijklmnopqrstuvwxyz';
const key = hmacKey(secret);
const claims = {
  token_type: 'access',
  exp: at + 300,
  iat: at,
  jti: '4cd073de67fd42af9cb13166a867d4fe',
  user_id: 1,
};

const encode = (data: string) => Buffer.from(data).toString('base64url');
const decode = (segment = '') => Buffer.from(segment, 'base64url').toString();

/** A token with the good claims and any header, signed correctly by any key. */
function forge(head: string, by = key): string {
  const signed = `${encode(head)}.${encode(JSON.stringify(claims))}`;
  return `${signed}.${by.sign(signed)}`;
}

function verdict(text: string, keys: KeyRing = keyRing(key)): string {
  const outcome = readToken(text, keys, at * 1000);
  return outcome.ok ? 'accepted' : outcome.reason;
}

test.each<Algorithm>(['HS256', 'HS384', 'HS512'])('an %s key verifies under its own id only', (algorithm) => {
  const named = hmacKey(Buffer.alloc(64, 7), algorithm, 'k1');
  const text = signToken(claims, named);
  expect(decode(text.split('.')[0])).toBe(`{"alg":"${algorithm}","typ":"JWT","kid":"k1"}`);
  expect(verdict(text, keyRing(named))).toBe('accepted');
  expect(verdict(text, keyRing(hmacKey(Buffer.alloc(64, 7), algorithm)))).toBe('token_invalid');
  expect(verdict(text, keyRing(hmacKey(Buffer.alloc(64, 7), algorithm, 'k2')))).toBe('token_invalid');
});

test('an empty key and two keys of one id are bugs', () => {
  expect(() => hmacKey('')).toThrow(RangeError);
  expect(() => keyRing(hmacKey('a', 'HS256', 'x'), [hmacKey('b', 'HS256', 'x')])).toThrow('same id');
});

const oddKids = '"__proto__" "constructor" "toString" "hasOwnProperty" "" null 1 ["k1"] true'.split(' ');
test.each(oddKids)('kid %s finds no key, neither a named one nor the nameless [J-13]', (kid) => {
  const both = keyRing(hmacKey(secret, 'HS256', 'k1'), [key]);
  expect(verdict(forge(`{"alg":"HS256","typ":"JWT","kid":${kid}}`), both)).toBe('token_invalid');
});

test('a key of another purpose does not verify, whatever the kid says [J-14]', () => {
  const links = hmacKey(Buffer.alloc(32, 1), 'HS256', 'links');
  const access = keyRing(hmacKey(Buffer.alloc(32, 2), 'HS256', 'access'), [key]);
  expect(verdict(signToken(claims, links), access)).toBe('token_invalid');
  expect(verdict(forge('{"alg":"HS256","kid":"access"}', links), access)).toBe('token_invalid');
  expect(verdict(forge('{"alg":"HS256"}', links), access)).toBe('token_invalid');
});

test('keys and addresses of keys in the header are neither used nor fetched [J-15]', async () => {
  const attacker = hmacKey('attacker-attacker-attacker-attacker');
  let calls = 0;
  const server = createServer(() => calls++).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/k`;
  const jwk = { kty: 'oct', k: encode('attacker-attacker-attacker-attacker') };
  for (const member of [{ jku: url }, { x5u: url }, { jwk }, { x5c: [url] }]) {
    const head = JSON.stringify({ alg: 'HS256', typ: 'JWT', ...member });
    expect(verdict(forge(head, attacker))).toBe('token_invalid');
    expect(verdict(forge(head))).toBe('accepted');
  }
  await wait(30);
  server.close();
  expect(calls).toBe(0);
});

test('what an older key signed is good until the key is retired [J-34]', () => {
  const next = hmacKey(Buffer.alloc(32, 3), 'HS256', 'k2');
  const older = [hmacKey(Buffer.alloc(64, 5), 'HS512', 'k1'), hmacKey(Buffer.alloc(32, 4)), key];
  const overlap = keyRing(next, older);
  for (const signer of [next, ...older]) expect(verdict(signToken(claims, signer), overlap)).toBe('accepted');
  for (const gone of older) expect(verdict(signToken(claims, gone), keyRing(next))).toBe('token_invalid');
  const otherOrder = '{"kid":"k1","typ":"JWT","alg":"HS512"}';
  expect(verdict(forge(otherOrder, older[0]), overlap)).toBe('accepted');
  expect(verdict(forge(otherOrder.replace('512', '256'), older[0]), overlap)).toBe('token_invalid');
});
