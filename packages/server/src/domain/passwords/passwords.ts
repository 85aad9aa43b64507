import type { Outcome } from '../outcome.ts';
import type { Random } from '../system.ts';
import type { Argon2Cost } from './formats/argon2.ts';
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

/** Does the slow part somewhere off the event loop. */
export interface PasswordThreads {
  /** a new argon2id hash in Django's string form, with a 16-byte salt */
  make(password: string, salt: Uint8Array, cost: Argon2Cost): Promise<string>;
  /** undefined when the stored string is damaged */
  check(password: string, stored: string): Promise<boolean | undefined>;
}

/** The password work of one server. `cost` is low in tests only. */
export function passwords(
  queue: HashQueue,
  random: Random,
  cost: Argon2Cost,
  threads: PasswordThreads,
): Passwords {
  const make = (password: string) => threads.make(password, random.bytes(16), cost);
  return {
    hash: (password) => queue.run(() => make(password)),
    check: (password, stored) =>
      queue.run(async () => {
        const isCheckable = stored !== undefined && formatOf(stored) !== undefined;
        const verdict = isCheckable ? await threads.check(password, stored) : undefined;
        if (verdict !== undefined) return verdict;
        await make(password);
        return false;
      }),
  };
}
