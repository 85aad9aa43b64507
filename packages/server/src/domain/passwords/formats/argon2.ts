import type { PasswordFormat } from '../formats.ts';

/** Memory in KiB, passes, lanes. The default is the first choice of the OWASP cheat sheet. */
export interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

export const DEFAULT_COST: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const SHAPE =
  /^argon2\$argon2(id|i|d)\$v=(16|19)\$m=(\d{1,6}),t=(\d{1,2}),p=(\d{1,2})\$[\w+/]{11,}\$[\w+/]{16,}$/;

/** A hash from outside may not cost more than 256 MiB and 10 passes. */
function isAffordable(stored: string): boolean {
  const [, , , memory = '', passes = ''] = SHAPE.exec(stored) ?? [];
  return memory !== '' && Number(memory) <= 262_144 && Number(passes) <= 10;
}

/** Native code: loaded by the thread that needs it, not by the server's. */
const library = () => import('@node-rs/argon2');

/** Django's Argon2PasswordHasher: the PHC string with `argon2` in front, so that Django can read what we write. */
export const argon2Format: PasswordFormat = {
  name: 'argon2',
  canCheck: isAffordable,
  async check(password, stored) {
    const { verifySync } = await library();
    try {
      return verifySync(stored.slice('argon2'.length), password);
    } catch {
      return undefined;
    }
  },
};

/** A new hash in Django's string form, from the password, a 16-byte salt and a cost. Blocks the thread. */
export async function makeArgon2(password: string, salt: Uint8Array, cost: Argon2Cost): Promise<string> {
  const { hashSync } = await library();
  return `argon2${hashSync(password, { ...cost, salt, outputLen: 32 })}`;
}
