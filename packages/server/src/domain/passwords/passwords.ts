import type { Outcome } from '../outcome.ts';
import type { Random } from '../system.ts';
import { type Argon2Cost, makeArgon2 } from './formats/argon2.ts';
import { formatOf } from './formats.ts';
import type { HashQueue } from './hash-queue.ts';

/** Hashing and checking, off the event loop and in bounded numbers. Never to be called in a transaction. */
export interface Passwords {
  /** A new hash in Django's string form. Refuses with `server_busy`. */
  hash(password: string): Promise<Outcome<string, 'server_busy'>>;
  /**
   * Does the password fit the stored string? With nothing that can be checked (no account, no usable
   * password) it does the same work and says no. Refuses with `server_busy`.
   */
  check(password: string, stored: string | undefined): Promise<Outcome<boolean, 'server_busy'>>;
}

/** The password work of one server. `cost` is low in tests only. */
export function passwords(queue: HashQueue, random: Random, cost: Argon2Cost): Passwords {
  const make = (password: string) => makeArgon2(password, random.bytes(16), cost);
  return {
    hash: (password) => queue.run(() => make(password)),
    check: (password, stored) =>
      queue.run(async () => {
        const verdict = stored === undefined ? undefined : await formatOf(stored)?.check(password, stored);
        if (verdict !== undefined) return verdict;
        await make(password);
        return false;
      }),
  };
}
