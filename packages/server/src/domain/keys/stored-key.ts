import type { SigningAlgorithm } from '../tokens/keys.ts';

/** RS256 is for verifying only. */
export type RingAlgorithm = SigningAlgorithm | 'RS256';

/** SECRET_KEY stands in the ring under this name. Its tokens have no `kid`, as Django's have none. */
export const SECRET_KEY_ID = 'SECRET_KEY';

/** One key of the ring as the database has it. Instants are milliseconds. */
export interface StoredKey {
  readonly kid: string;
  readonly algorithm: RingAlgorithm;
  /** the public half as a JWK in JSON; undefined for HMAC */
  readonly publicJwk: string | undefined;
  /** the private part, sealed; undefined for SECRET_KEY and for keys that only verify */
  readonly sealed: string | undefined;
  readonly createdAt: number;
  /** from when on it signs; undefined: not before somebody says so */
  readonly signsFrom: number | undefined;
  /** when another takes over, or took over */
  readonly signsUntil: number | undefined;
  /** from then on nothing it signed is accepted; undefined: no end is set */
  readonly verifiesUntil: number | undefined;
}

/** What a key does at an instant; `next` will sign, `standby` waits to be told, `old` only verifies what it has signed. */
export type KeyState = 'signing' | 'next' | 'standby' | 'verifying' | 'old' | 'retired';

/** Clocks of servers may differ by so much. */
export const CLOCK_SKEW = 120_000;

const secretKeyRow: StoredKey = Object.freeze({
  kid: SECRET_KEY_ID,
  algorithm: 'HS256',
  publicJwk: undefined,
  sealed: undefined,
  createdAt: 0,
  signsFrom: 0,
  signsUntil: undefined,
  verifiesUntil: undefined,
});

/** The stored keys, and SECRET_KEY among them for as long as no other has been told to sign. */
export function withSecretKey(stored: readonly StoredKey[]): readonly StoredKey[] {
  const isReplaced = stored.some(({ kid, signsFrom }) => kid === SECRET_KEY_ID || signsFrom !== undefined);
  return isReplaced ? stored : [secretKeyRow, ...stored];
}

/** Is what it signed, or signs, accepted at the instant? */
export function isInForce({ verifiesUntil = Number.POSITIVE_INFINITY }: StoredKey, now: number): boolean {
  return now < verifiesUntil;
}

/**
 * Those that may sign at the instant, the one that should first: the one that was told to sign last. So there is
 * one however many were told to, and no state that two servers could see differently for longer than a reload takes.
 */
export function signersAt(keys: readonly StoredKey[], now: number): readonly StoredKey[] {
  return keys
    .filter((key) => key.signsFrom !== undefined && key.signsFrom <= now && isInForce(key, now))
    .sort((a, b) => (b.signsFrom ?? 0) - (a.signsFrom ?? 0) || (a.kid < b.kid ? -1 : 1));
}

/** What a key of the ring does at the instant. */
export function stateOf(key: StoredKey, keys: readonly StoredKey[], now: number): KeyState {
  if (!isInForce(key, now)) return 'retired';
  if (key === signersAt(keys, now)[0]) return 'signing';
  if (key.signsFrom !== undefined && key.signsFrom > now) return 'next';
  if (key.signsUntil !== undefined) return 'old';
  return key.sealed === undefined ? 'verifying' : 'standby';
}
