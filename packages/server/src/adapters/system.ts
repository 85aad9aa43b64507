import { randomFillSync } from 'node:crypto';
import type { Clock, Random } from '../domain/system.ts';

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Bytes that are fetched from the system at once: each call costs as much as signing a token. */
const STOCK = 4_096;

const stock = new Uint8Array(STOCK);
let used = STOCK;

/** Every byte is given once, and nothing of what was given stays here. */
function bytes(count: number): Uint8Array {
  if (count > STOCK) return randomFillSync(new Uint8Array(count));
  if (used + count > STOCK) {
    randomFillSync(stock);
    used = 0;
  }
  const given = stock.slice(used, used + count);
  stock.fill(0, used, used + count);
  used += count;
  return given;
}

export const systemRandom: Random = { bytes };
