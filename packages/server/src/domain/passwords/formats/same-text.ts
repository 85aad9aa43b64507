import { timingSafeEqual } from 'node:crypto';

/** Are two texts the same? Takes equally long for all of one length. */
export function isSameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
