import type { Outcome } from '../outcome.ts';
import type { Random } from '../system.ts';
import { checked, type Decoys } from './decoys.ts';
import { type Argon2Cost, decoyOfCost } from './formats/argon2.ts';
import { checkable } from './formats.ts';
import type { HashQueue } from './hash-queue.ts';

/** Hashing and checking, off the event loop and in bounded numbers. Never to be called in a transaction. */
export interface Passwords {
  /** Would it refuse with `server_busy` now? */
  isBusy(): boolean;
  /** A new hash in Django's string form. Refuses with `server_busy`. */
  hash(password: string): Promise<Outcome<string, 'server_busy'>>;
  /**
   * Does the password fit the stored string? With nothing that can be checked (no account, no usable password) it
   * does the work of some account of the table, chosen by the login name, and says no. Refuses with `server_busy`.
   */
  check(
    password: string,
    stored: string | undefined,
    loginName: string,
  ): Promise<Outcome<boolean, 'server_busy'>>;
  /**
   * A new hash for a password that was just found to fit the stored string; undefined when there is no need, when
   * the string does not prove the whole password, when upgrades are off, and when there is too much to do.
   */
  upgrade(password: string, stored: string): Promise<string | undefined>;
}

/** Does the slow part somewhere off the event loop. */
export interface PasswordThreads {
  /** a new argon2id hash in Django's string form, with a 16-byte salt */
  make(password: string, salt: Uint8Array, cost: Argon2Cost): Promise<string>;
  /** `checkOrSpend`, in one go: a second way to a thread and back could be measured from outside */
  check(password: string, stored: string, decoy: string): Promise<boolean>;
}

export interface PasswordPolicy {
  /** are plain digests (md5, sha1) checked? */
  readonly acceptsLegacy: boolean;
  /** are hashes that are not as ours replaced when they are next seen to fit? */
  readonly upgrades: boolean;
  readonly decoys: Decoys;
}

/** No digests, no upgrades, and for unknown names the work of a hash of ours. */
function plainPolicy(own: string): PasswordPolicy {
  return { acceptsLegacy: false, upgrades: false, decoys: { forName: async () => own } };
}

/** The password work of one server. `cost` is low in tests only. */
export function passwords(
  queue: HashQueue,
  random: Random,
  cost: Argon2Cost,
  threads: PasswordThreads,
  policy: PasswordPolicy = plainPolicy(decoyOfCost(cost)),
): Passwords {
  const own = decoyOfCost(cost);
  const hash = (password: string) => queue.run(() => threads.make(password, random.bytes(16), cost));
  return {
    isBusy: queue.isFull,
    hash,
    async check(password, stored = '', loginName) {
      // Drawn for known names too, so that they take as long.
      const drawn = await policy.decoys.forName(loginName);
      const his = checked(stored, policy.acceptsLegacy);
      // A string is taken apart for nobody too: doing so takes its time.
      const work = his ?? checked(drawn, policy.acceptsLegacy);
      const isNoWork = work === undefined || work.format.isLegacy === true;
      return queue.run(async () => {
        const against = his === undefined ? drawn : stored;
        const fits = await threads.check(password, against, isNoWork ? own : work.decoy);
        return fits && his !== undefined;
      });
    },
    async upgrade(password, stored) {
      const found = policy.upgrades ? checkable(stored) : undefined;
      const isWhole = Buffer.byteLength(password) <= (found?.format.sees ?? Number.POSITIVE_INFINITY);
      if (found === undefined || found.decoy === own || !isWhole) return undefined;
      const hashed = await hash(password);
      return hashed.ok ? hashed.value : undefined;
    },
  };
}
