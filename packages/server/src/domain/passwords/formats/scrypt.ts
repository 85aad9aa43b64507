import { scryptSync } from 'node:crypto';
import type { PasswordFormat } from '../formats.ts';
import { isSameText } from './same-text.ts';

const SHAPE = /^scrypt\$([1-9]\d{0,5})\$([^$]+)\$([1-9]\d{0,2})\$([1-9]\d{0,2})\$[A-Za-z0-9+/]{86}==$/;

interface Parts {
  /** N, r and p of RFC 7914 */
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: string;
}

function partsOf(stored: string): Parts {
  const [, cost, salt = '', blockSize, parallelization] = SHAPE.exec(stored) ?? [];
  return { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization), salt };
}

const text = ({ cost, blockSize, parallelization, salt }: Parts, hash: Buffer) =>
  `scrypt$${cost}$${salt}$${blockSize}$${parallelization}$${hash.toString('base64')}`;

/** N; and N · r · p, three times what Django 5.2 writes: as 128 · N · r bytes are needed, that is 256 MiB too. */
const MOST = { cost: 2 ** 18, work: 2 ** 21 };

/** RFC 7914 section 6: N is a power of 2, more than 1 and less than 2^(16 r). */
function isPossible({ cost, blockSize }: Parts): boolean {
  return cost > 1 && Number.isInteger(Math.log2(cost)) && Math.log2(cost) < 16 * blockSize;
}

function isAffordable({ cost, blockSize, parallelization }: Parts): boolean {
  return cost <= MOST.cost && cost * blockSize * parallelization <= MOST.work;
}

/** Django's ScryptPasswordHasher: `scrypt$N$salt$r$p$base64` with 64 bytes of hash. */
export const scrypt: PasswordFormat = {
  name: 'scrypt',
  decoyOf(stored) {
    const parts = partsOf(stored);
    const isGood = isPossible(parts) && isAffordable(parts);
    return isGood ? text({ ...parts, salt: 'none' }, Buffer.alloc(64)) : undefined;
  },
  async check(password, stored) {
    const { salt, ...cost } = partsOf(stored);
    const hash = scryptSync(password, salt, 64, { ...cost, maxmem: 2 ** 30 });
    return isSameText(text({ ...cost, salt }, hash), stored);
  },
};
