import { type Random, randomHex } from '../system.ts';

/** The id of a new session: 128 random bits as 32 hex digits. */
export function newSessionId(random: Random): string {
  return randomHex(random, 16);
}

/** The session that a `sid` claim names; undefined for anything that is not one of our ids. */
export function readSessionId(claim: unknown): string | undefined {
  return typeof claim === 'string' && /^[0-9a-f]{32}$/.test(claim) ? claim : undefined;
}
