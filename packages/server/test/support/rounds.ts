/** `npm run test:long` sets it: then what is repeated is repeated as often as docs/reliability.md says, and tells its figures. */
const IS_LONG = process.env.TEST_ROUNDS === 'long';

/** How often a race or a kill is repeated: in `npm test` so often that a fault shows itself, in the long run for its figures. */
export function rounds(usual: number, long: number): number {
  return IS_LONG ? long : usual;
}

/** For tests that repeat something: a minute, and in the long run as much as that may take. Milliseconds. */
export const PATIENTLY = { timeout: IS_LONG ? 1_800_000 : 60_000 };

/** Prints the figures of a long run. */
export function tell(figures: string): void {
  if (IS_LONG) console.log(figures);
}
