import { describe, expect, test } from 'vitest';
import { boundedCache } from '../../src/domain/bounded-cache.ts';
import { readToken, signToken } from '../../src/domain/tokens/jwt.ts';
import { hmacKey, keyRing } from '../../src/domain/tokens/keys.ts';

const KEY = hmacKey('a key of the tests that is long enough for HS256');
const NOW = 1_700_000_000_000;
const claims = { token_type: 'access', exp: NOW / 1000 + 300, iat: NOW / 1000, jti: 'a'.repeat(32) };

describe('an access token that was verified before', () => {
  test('is refused when it has expired meanwhile', () => {
    const ring = keyRing(KEY);
    const token = signToken(claims, KEY);
    expect(readToken(token, ring, NOW)).toMatchObject({ ok: true });
    expect(ring.genuine.get(token)).toEqual(claims);
    expect(readToken(token, ring, NOW + 299_999)).toMatchObject({ ok: true });
    expect(readToken(token, ring, NOW + 300_000)).toMatchObject({ reason: 'token_expired' });
    expect(readToken(token, ring, NOW, { maxLifetimeSeconds: 299 })).toMatchObject({
      reason: 'token_invalid',
    });
  });

  test('is refused by a ring without its key', () => {
    const token = signToken(claims, KEY);
    expect(readToken(token, keyRing(KEY), NOW)).toMatchObject({ ok: true });
    const other = keyRing(hmacKey('another key of the tests, as long as the first'));
    expect(readToken(token, other, NOW)).toMatchObject({ reason: 'token_invalid' });
  });

  test('is remembered only if it was good, of type access and of ordinary length', () => {
    const ring = keyRing(KEY);
    const forged = `${signToken(claims, KEY).slice(0, -4)}AAAA`;
    const refresh = signToken({ ...claims, token_type: 'refresh' }, KEY);
    const expired = signToken({ ...claims, exp: NOW / 1000 - 1 }, KEY);
    const long = signToken({ ...claims, bio: 'x'.repeat(3_000) }, KEY);
    for (const token of [forged, refresh, expired, long]) {
      readToken(token, ring, NOW);
      expect(ring.genuine.get(token)).toBeUndefined();
    }
  });

  test('cannot be changed by who reads its claims', () => {
    const ring = keyRing(KEY);
    const token = signToken(claims, KEY);
    const first = readToken(token, ring, NOW);
    if (!first.ok) throw new Error('refused');
    expect(() => Object.assign(first.value, { user_id: 1 })).toThrow(TypeError);
  });
});

describe('a bounded cache', () => {
  test('never keeps more than its size, and keeps what is used', () => {
    const cache = boundedCache<number, string>(100);
    cache.set(-1, 'often');
    for (let i = 0; i < 1_000; i += 1) {
      cache.set(i, 'once');
      expect(cache.get(-1)).toBe('often');
    }
    const kept = Array.from({ length: 1_000 }, (_, i) => cache.get(i)).filter((value) => value !== undefined);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(cache.get(0)).toBeUndefined();
  });
});
