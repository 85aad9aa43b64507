import { expect, test } from 'vitest';
import { systemRandom } from '../../src/adapters/system.ts';

test('random bytes are given once, however they are asked for, and stay what they were', () => {
  const sizes = Array.from({ length: 2_000 }, (_, at) => [16, 5, 32, 1][at % 4] ?? 0);
  const given = sizes.map((size) => systemRandom.bytes(size));
  const then = given.map((bytes) => Buffer.from(bytes).toString('hex'));
  expect(given.map((bytes) => bytes.length)).toEqual(sizes);
  expect(given.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(then);
  const long = then.filter((hex) => hex.length >= 32);
  expect(new Set(long).size).toBe(long.length);
  for (const size of [0, 4_096, 10_000]) expect(systemRandom.bytes(size)).toHaveLength(size);
});

test('given bytes carry no others with them: a buffer can be handed to another thread', () => {
  expect(systemRandom.bytes(16).buffer.byteLength).toBe(16);
});
