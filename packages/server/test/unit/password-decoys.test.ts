import { expect, test } from 'vitest';
import { systemRandom } from '../../src/adapters/system.ts';
import { checked, type DecoyParts, decoys } from '../../src/domain/passwords/decoys.ts';
import { decoyOfCost } from '../../src/domain/passwords/formats/argon2.ts';
import { checkable } from '../../src/domain/passwords/formats.ts';
import { hashQueue } from '../../src/domain/passwords/hash-queue.ts';
import { passwords } from '../../src/domain/passwords/passwords.ts';
import { djangoFixture } from '../support/django-tokens.ts';

const COST = { memoryCost: 64, timeCost: 1, parallelism: 1 };
const OWN = decoyOfCost(COST);
const HASH = 'sojXMbbUR+SSt1emb1gyLFMESkiyPkx/MbMILXWvG6g=';
const SLOW = `pbkdf2_sha256$600000$salt$${HASH}`;
const QUICK = `pbkdf2_sha256$1000$other$${HASH}`;
const MD5 = 'md5$NaGtaWLYB2JCxPrDUV3sqm$1515fd31746684b98530fe6f1547981c';
const UNUSABLE = ['', '!', '!abcdef', 'plain text', `pbkdf2_sha256$2147483648$salt$${HASH}`];

const times = (count: number, stored: string) => Array.from({ length: count }, () => stored);
const NAMES = Array.from({ length: 4_000 }, (_, i) => `nobody-${i}@example.org`);
const work = (stored: string, acceptsLegacy = true) => checked(stored, acceptsLegacy)?.decoy;

/** Decoys for a table of these stored passwords, with a clock that can be moved. */
function decoysFor(table: () => readonly string[], parts: Partial<DecoyParts> = {}) {
  let elapsed = 0;
  let reads = 0;
  const made = decoys({
    clock: { now: () => 0, elapsed: () => elapsed },
    key: 'a key',
    own: OWN,
    sample: async () => {
      reads += 1;
      return table();
    },
    decoyOf: (stored) => work(stored),
    ...parts,
  });
  return {
    ...made,
    reads: () => reads,
    pass: (minutes: number) => {
      elapsed += minutes * 60_000;
    },
    drawn: () => Promise.all(NAMES.map((name) => made.forName(name))),
  };
}

const shareOf = (decoy: string | undefined, drawn: readonly string[]) =>
  drawn.filter((one) => one === decoy).length / drawn.length;

const MIXED = [...times(200, SLOW), ...times(100, QUICK), ...times(99, OWN), ...UNUSABLE];

test('unknown names cost what accounts cost, as often as accounts cost it', async () => {
  const drawn = await decoysFor(() => MIXED).drawn();
  expect(shareOf(work(SLOW), drawn)).toBeCloseTo(0.5, 1);
  expect(shareOf(work(QUICK), drawn)).toBeCloseTo(0.25, 1);
  expect(shareOf(OWN, drawn)).toBeCloseTo(0.25, 1);
  expect(new Set(drawn).size).toBe(3);
});

test('a name costs the same every time, on every server, and in every spelling', async () => {
  const first = await decoysFor(() => MIXED).drawn();
  const second = decoysFor(() => MIXED.toReversed());
  expect(await second.drawn()).toEqual(first);
  expect(await second.forName('NOBODY-7')).toBe(await second.forName('nobody-7'));
  expect(await decoysFor(() => MIXED, { key: 'another' }).drawn()).not.toEqual(first);
});

test('when accounts are upgraded unknown names are too, and none the other way', async () => {
  let table = [...times(500, SLOW), ...times(400, QUICK), ...times(100, OWN)];
  const table2 = [...times(400, SLOW), ...times(320, QUICK), ...times(280, OWN)];
  const made = decoysFor(() => table);
  const before = await made.drawn();
  table = table2;
  expect(await made.drawn()).toEqual(before);
  made.pass(6);
  const after = await made.drawn();
  const moves = new Set(after.filter((one, i) => one !== before[i]));
  expect(moves).toEqual(new Set([OWN]));
  expect(shareOf(OWN, after)).toBeCloseTo(0.28, 1);
});

test('the table is looked at once in five minutes, not for every request', async () => {
  const made = decoysFor(() => MIXED);
  await made.drawn();
  expect(made.reads()).toBe(1);
  made.pass(6);
  await made.drawn();
  expect(made.reads()).toBe(2);
});

test('a table that cannot be read is asked again', async () => {
  let isAway = true;
  const made = decoysFor(() => {
    if (isAway) throw new Error('the database is away');
    return MIXED;
  });
  await expect(made.forName('nobody')).rejects.toThrow('away');
  isAway = false;
  expect(await made.forName('nobody')).toBeDefined();
});

test('with no account that can be checked it is the work of a new hash', async () => {
  expect(new Set(await decoysFor(() => UNUSABLE).drawn())).toEqual(new Set([OWN]));
});

test('no password fits a decoy, and it is its own decoy', () => {
  for (const stored of [SLOW, QUICK, OWN, MD5]) {
    const decoy = checkable(stored)?.decoy ?? '';
    expect(checkable(decoy)?.decoy).toBe(decoy);
    expect(decoy).toMatch(/A{20}|0{20}|\.{20}/);
  }
});

/** What the threads were given to do, by decoys, for a check against a stored string. */
async function workFor(
  stored: string | undefined,
  password = 'wrong',
  acceptsLegacy = true,
  drawn = work(QUICK),
) {
  const done: (string | undefined)[] = [];
  const threads = {
    make: async () => OWN,
    check: async (tried: string, against: string, decoy: string) => {
      done.push(checkable(against)?.decoy);
      // what is done on top
      if (decoy !== done.at(-1)) done.push(decoy);
      return tried === 'right';
    },
  };
  const queue = hashQueue({ now: () => 0, elapsed: () => 0 }, { concurrency: 1, waiting: 9, patience: 9 });
  const policy = { acceptsLegacy, upgrades: true, decoys: { forName: async () => drawn ?? '' } };
  const checks = passwords(queue, systemRandom, COST, threads, policy);
  const outcome = await checks.check(password, stored, 'nobody');
  return { fits: outcome.ok && outcome.value, done };
}

test('an unknown name, and a password that cannot be checked, are one piece of work, never two [L-02]', async () => {
  const once = { fits: false, done: [work(QUICK)] };
  for (const stored of [undefined, ...UNUSABLE]) expect(await workFor(stored, 'right')).toEqual(once);
  expect(await workFor(MD5, 'right', false)).toEqual(once);
});

test('a wrong password costs what the account’s own format costs', async () => {
  expect(await workFor(SLOW)).toEqual({ fits: false, done: [work(SLOW)] });
  expect(await workFor(SLOW, 'right')).toEqual({ fits: true, done: [work(SLOW)] });
});

const HASHES: readonly { readonly encoded: string; readonly valid: boolean }[] = djangoFixture('hashes.json');
const EVERY = HASHES.filter(({ encoded, valid }) => valid && checkable(encoded) !== undefined);

test('a wrong password costs what an unknown name costs where all have that hash, whatever Django wrote', async () => {
  for (const { encoded } of EVERY) {
    const made = decoysFor(() => times(1_000, encoded));
    const drawn = await Promise.all(NAMES.slice(0, 20).map((name) => made.forName(name)));
    // that of a new hash is among a thousand others
    expect([encoded, shareOf(work(encoded), drawn) > 0.8]).toEqual([encoded, true]);
    const { done } = await workFor(encoded);
    expect([encoded, done[0]]).toEqual([encoded, work(encoded)]);
    expect([encoded, (await workFor(undefined, 'wrong', true, work(encoded))).done]).toEqual([encoded, done]);
  }
});

test('a wrong password for a plain digest costs a hash of ours on top, and an unknown name in its place costs both [L-02]', async () => {
  const both = { fits: false, done: [checkable(MD5)?.decoy, OWN] };
  expect(await workFor(MD5)).toEqual(both);
  expect(await workFor(undefined, 'wrong', true, work(MD5))).toEqual(both);
});
