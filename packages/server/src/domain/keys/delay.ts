import type { SigningAlgorithm } from '../tokens/keys.ts';

/** In seconds. Servers look every second, and their clocks differ a little. */
export const SHORTEST_DELAY = 10;

/** In seconds. Readers of the public keys keep them for five minutes. */
const PUBLIC_DELAY = 330;

/** Seconds until every server, and every reader of the public keys, has a new key. */
export function usualDelay(algorithm: SigningAlgorithm | 'RS256'): number {
  return algorithm.startsWith('HS') ? SHORTEST_DELAY : PUBLIC_DELAY;
}
