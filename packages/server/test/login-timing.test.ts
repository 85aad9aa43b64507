import { expect } from 'vitest';
import { keepAliveClient } from './support/client.ts';
import { sampleText } from './support/django-files.ts';
import { importSource, sourceAccount, sourceOf } from './support/import.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { welch } from './support/timing.ts';
import { test, type World } from './support/world.ts';

/** `npm test` compares answers (and test/unit/password-decoys.test.ts work): times are judged in the long run, alone. */
const SAMPLES = rounds(4, 2_000);
const LARGEST_T = rounds(Number.POSITIVE_INFINITY, 4.5);
const ACCOUNTS = rounds(12, 1_000);

/** What the strings of each format begin with: all that Django ever wrote, at the low costs of the samples. */
const FORMATS = {
  pbkdf2_sha256: 'pbkdf2_sha256$1000$',
  pbkdf2_sha1: 'pbkdf2_sha1$',
  argon2id: 'argon2$argon2id$',
  argon2i: 'argon2$argon2i$',
  argon2d: 'argon2$argon2d$',
  bcrypt_sha256: 'bcrypt_sha256$',
  bcrypt: 'bcrypt$$2b$',
  scrypt: 'scrypt$',
  'salted SHA-1': 'sha1$i',
  'salted MD5': 'md5$',
  SHA1: 'sha1$$',
  MD5: '88e4',
};

interface Hash {
  readonly encoded: string;
  readonly valid: boolean;
}
const HASHES: readonly Hash[] = JSON.parse(sampleText('hashes.json'));

function hashOf(prefix: string): string {
  const found = HASHES.find(({ encoded, valid }) => valid && encoded.startsWith(prefix));
  if (found === undefined) throw new Error(`there is no sample ${prefix}`);
  return found.encoded;
}

const nameOf = (id: number) => `somebody-${id}@example.org`;
const strangerOf = (n: number) => `stranger-${n}@example.org`;

/** A server whose accounts have these stored passwords by turns. */
async function worldOf(
  open: (settings: Record<string, string>) => Promise<World>,
  stored: readonly string[],
) {
  const world = await open({ LEGACY_PASSWORD_HASHES: 'on' });
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) =>
    sourceAccount(1000 + i, { email: nameOf(1000 + i), password: stored[i % stored.length] ?? '' }),
  );
  await importSource(world.app, sourceOf(accounts));
  return world;
}

/** Milliseconds of wrong passwords, of accounts and of nobody, one after the other in an order that is thrown. */
async function measure(world: World): Promise<{ readonly known: number[]; readonly unknown: number[] }> {
  const client = keepAliveClient(1);
  const taken = { known: [] as number[], unknown: [] as number[] };
  const answers = new Set<string>();
  const logIn = async (email: string) => {
    const began = performance.now();
    const { status, text } = await client.post({ url: world.baseUrl }, '/api/token/', {
      email,
      password: 'not the password',
    });
    answers.add(`${status} ${text}`);
    return performance.now() - began;
  };
  for (let i = 0; i < SAMPLES / 10; i += 1) await logIn(i % 2 ? strangerOf(9_000 + i) : nameOf(1000 + i));
  for (let i = 0; i < SAMPLES; i += 1) {
    const both = ['known', 'unknown'] as const;
    for (const who of Math.random() < 0.5 ? both : both.toReversed())
      taken[who].push(await logIn(who === 'known' ? nameOf(1000 + (i % ACCOUNTS)) : strangerOf(1000 + i)));
  }
  client.close();
  expect([...answers]).toEqual(['401 {"detail":"No active account found with the given credentials"}']);
  return taken;
}

const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;

async function expectNoDifference(name: string, world: World): Promise<void> {
  const { known, unknown } = await measure(world);
  const t = welch(known, unknown);
  tell(
    `${name}: known ${mean(known).toFixed(3)} ms, unknown ${mean(unknown).toFixed(3)} ms, t ${t.toFixed(2)}`,
  );
  expect(Math.abs(t)).toBeLessThan(LARGEST_T);
}

test.for(Object.entries(FORMATS))(
  'a wrong password for %s gets the same answer as one for nobody and, judged in npm run test:long, takes as long [L-01] [L-02]',
  PATIENTLY,
  async ([name, prefix], { open }) => {
    await expectNoDifference(name, await worldOf(open, [hashOf(prefix)]));
  },
);

test(
  'so it does where accounts have all of these formats, judged there too [L-02]',
  PATIENTLY,
  async ({ open }) => {
    await expectNoDifference('all formats', await worldOf(open, Object.values(FORMATS).map(hashOf)));
  },
);

test(
  'so it does for accounts whose password is unusable, damaged or empty, judged there too [L-02] [L-25]',
  PATIENTLY,
  async ({ open }) => {
    const hash = hashOf(FORMATS.pbkdf2_sha256);
    const world = await worldOf(open, [hash, '!unusable', hash, '', hash, hash.slice(0, -6)]);
    await expectNoDifference('a half without a usable password', world);
  },
);
