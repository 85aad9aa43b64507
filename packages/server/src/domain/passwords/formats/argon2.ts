import type { PasswordFormat } from '../formats.ts';
import { isSameText } from './same-text.ts';

/** Memory in KiB, passes, lanes. The default is the first choice of the OWASP cheat sheet. */
export interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

export const DEFAULT_COST: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The numbers that the library has for the three variants and the two versions. */
const VARIANTS = { d: 0, i: 1, id: 2 } as const;
const VERSIONS = { 16: 0, 19: 1 } as const;

/** A string without `v=` is older than the field and means version 16. */
const SHAPE =
  /^argon2\$argon2(id|i|d)(?:\$v=(16|19))?\$m=([1-9]\d{0,5}),t=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{6,171})$/;

interface Parts extends Argon2Cost {
  readonly variant: keyof typeof VARIANTS;
  readonly version: keyof typeof VERSIONS;
  /** all before the salt */
  readonly head: string;
  readonly salt: Buffer;
  /** bytes */
  readonly outputLen: number;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

function partsOf(stored: string): Parts | undefined {
  const [, variant, version = '16', memory, passes, lanes, salt = '', hash = ''] = SHAPE.exec(stored) ?? [];
  if (variant === undefined) return undefined;
  return {
    variant: variant as Parts['variant'],
    version: Number(version) as Parts['version'],
    memoryCost: Number(memory),
    timeCost: Number(passes),
    parallelism: Number(lanes),
    head: stored.slice(0, -(salt.length + hash.length + 1)),
    salt: Buffer.from(salt, 'base64'),
    outputLen: Buffer.from(hash, 'base64').length,
  };
}

/** RFC 9106 section 3.1: memory for every lane. From outside no more than 256 MiB and 10 passes. */
function isPossible({ memoryCost, timeCost, parallelism }: Argon2Cost): boolean {
  return memoryCost >= 8 * parallelism && memoryCost <= 262_144 && timeCost <= 10;
}

/** Native code: loaded by the thread that needs it, not by the server's. */
const library = () => import('@node-rs/argon2');

/** Django's Argon2PasswordHasher: the PHC string with `argon2` in front, so that Django can read what we write. */
export const argon2: PasswordFormat = {
  name: 'argon2',
  decoyOf(stored) {
    const parts = partsOf(stored);
    return parts && isPossible(parts) ? decoyOf(parts.head) : undefined;
  },
  async check(password, stored) {
    const { hashRawSync } = await library();
    const parts = partsOf(stored);
    if (parts === undefined) return undefined;
    const { variant, version, head, salt, outputLen, ...cost } = parts;
    const how = { algorithm: VARIANTS[variant], version: VERSIONS[version], salt, outputLen, ...cost };
    return isSameText(`${head}${base64(salt)}$${base64(hashRawSync(password, how))}`, stored);
  },
};

const decoyOf = (head: string) => `${head}${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(32))}`;

/** What the decoy of a new hash is. */
export function decoyOfCost({ memoryCost, timeCost, parallelism }: Argon2Cost): string {
  return decoyOf(`argon2$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

/** A new hash in Django's string form, from the password, a 16-byte salt and a cost. Blocks the thread. */
export async function makeArgon2(password: string, salt: Uint8Array, cost: Argon2Cost): Promise<string> {
  const { hashSync } = await library();
  return `argon2${hashSync(password, { ...cost, salt, outputLen: 32 })}`;
}
