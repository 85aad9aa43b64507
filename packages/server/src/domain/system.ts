/** The time of day. `now()` is whole milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
  /** milliseconds since some instant; never goes back, whatever is done to the time of day */
  elapsed(): number;
}

/** The dice. `bytes(n)` gives n unpredictable bytes; ids, salts and tokens all come from it. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** `count` random bytes as lower-case hex digits, the shape SimpleJWT gives a jti (16 bytes, 32 digits). */
export function randomHex(random: Random, count: number): string {
  return Buffer.from(random.bytes(count)).toString('hex');
}
