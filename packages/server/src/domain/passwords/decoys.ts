import { createHmac } from 'node:crypto';
import { loginKey } from '../accounts/login-name.ts';
import type { Clock } from '../system.ts';
import { type Checkable, checkable } from './formats.ts';

/** Finds work for a login that has no password to check. */
export interface Decoys {
  /** A stored string that no password fits, and that is as much work as an account of this table has. */
  forName(name: string): Promise<string>;
}

/** Accounts that are looked at to learn the mix. */
const SAMPLE = 1_000;

/** Milliseconds; how long a mix is believed. */
const REFRESH = 5 * 60_000;

/** Folding a huge text would take its time, and no account has such a name. */
const LONGEST_NAME = 320;

/** How much of a table costs what: decoys, and how many accounts each stands for. */
type Mix = ReadonlyMap<string, number>;

export interface DecoyParts {
  readonly clock: Clock;
  /** makes the choice unforeseeable, and the same on every server */
  readonly key: string;
  /** the decoy of the hashes that are made now */
  readonly own: string;
  /** stored passwords of at most so many accounts, from all over the table */
  readonly sample: (limit: number) => Promise<readonly string[]>;
  readonly decoyOf: (stored: string) => string | undefined;
}

/** What a stored string is checked with, and the decoy that costs as much; undefined when it is not checked. */
export function checked(stored: string, acceptsLegacy: boolean): Checkable | undefined {
  const found = checkable(stored);
  return found?.format.isLegacy && !acceptsLegacy ? undefined : found;
}

/** Counts what a sample costs. The hashes that are made now always count once: there are some soon. */
function mixOf(stored: readonly string[], own: string, decoyOf: DecoyParts['decoyOf']): Mix {
  const mix = new Map([[own, 1]]);
  for (const text of stored) {
    const decoy = decoyOf(text);
    if (decoy !== undefined) mix.set(decoy, (mix.get(decoy) ?? 0) + 1);
  }
  return mix;
}

/**
 * Draws one entry of a mix for a name, as often as its share of the mix. Weighted rendezvous hashing: when accounts
 * are upgraded, and the mix shifts, hardly a name changes but to what there is more of, as an account would.
 */
function draw(mix: Mix, name: string, key: string): string {
  const score = ([decoy, count]: readonly [string, number]) => {
    const bits = createHmac('sha256', key).update(`unknown name\0${name}\0${decoy}`).digest();
    return count / -Math.log((bits.readUIntBE(0, 6) + 1) / (2 ** 48 + 1));
  };
  const scored = [...mix].map((entry) => ({ decoy: entry[0], score: score(entry) }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best)).decoy;
}

/** Decoys after the mix of costs that a table has, which is looked at anew every five minutes when it is asked for. */
export function decoys({ clock, key, own, sample, decoyOf }: DecoyParts): Decoys {
  let mix: Promise<Mix> | undefined;
  let readAt = 0;
  const read = () => {
    readAt = clock.elapsed();
    const reading = sample(SAMPLE).then((stored) => mixOf(stored, own, decoyOf));
    mix = reading;
    reading.catch(() => {
      if (mix === reading) mix = undefined;
    });
    return reading;
  };
  return {
    async forName(name) {
      const current = await (mix === undefined || clock.elapsed() - readAt > REFRESH ? read() : mix);
      return draw(current, loginKey(name.slice(0, LONGEST_NAME)), key);
    },
  };
}
