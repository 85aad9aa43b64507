import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHere } from './support/command.ts';
import { only } from './support/database.ts';
import { manifestOf, samplePath, sqliteFile } from './support/django-files.ts';
import { makeDjangoSample } from './support/django-sample.ts';
import { contentsOf } from './support/import.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import {
  emptySharedDatabase,
  migratedSharedDatabase,
  type SharedDatabase,
} from './support/shared-database.ts';

const ROUNDS = rounds(1, 20);
const BIN = fileURLToPath(new URL('../bin/latchkey.js', import.meta.url));
/** More than go into one batch, which is 1,000. */
const USERS = rounds(1_020, 2_000);

let folder: string;
let big: string;
/** what an import of it comes to, and how long it writes after the first batch */
let whole: { readonly contents: Record<string, string[]>; readonly duration: number };
const opened: SharedDatabase[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-import-'));
  big = join(folder, 'big.sqlite3');
  makeDjangoSample(big, { users: USERS, tokensOfEach: 2 });
  whole = await importedWhole();
});
afterAll(async () => {
  for (const shared of opened) await shared.remove();
  rmSync(folder, { recursive: true });
});

async function newDatabase(): Promise<SharedDatabase> {
  const shared = await migratedSharedDatabase();
  opened.push(shared);
  return shared;
}

interface Place {
  readonly url: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs the command to its end. */
const run = ({ url, settings = {} }: Place, from: string, ...more: string[]) =>
  runHere(['import-django', '--from', from, ...more], {
    databaseUrl: url,
    settings: { SECRET_KEY: '', ...settings },
  });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command in a process of its own, to kill it, or beside another one. */
function start({ url, settings }: Place, from: string, ...more: string[]) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [BIN, 'import-django', '--from', from, ...more], {
    cwd: folder,
    env: { PATH, DATABASE_URL: url, SQLITE_SYNCHRONOUS: 'normal', ...settings },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => (said.out += data));
  child.stderr.on('data', (data) => (said.err += data));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  return { child, ended };
}

/** Resolves when the first batch has been written, or all of it. */
function untilItWrites({ child, ended }: ReturnType<typeof start>): Promise<unknown> {
  const writes = new Promise((resolve) => {
    child.stderr.on('data', (data) => String(data).includes('reading tokens') && resolve(undefined));
  });
  return Promise.race([writes, ended]);
}

async function contents(shared: SharedDatabase): Promise<Record<string, string[]>> {
  const database = shared.open();
  const all = await contentsOf(database);
  await database.close();
  return all;
}

async function importedWhole(): Promise<typeof whole> {
  const shared = await newDatabase();
  const running = start(shared, big);
  await untilItWrites(running);
  const began = Date.now();
  const { code } = await running.ended;
  const duration = Date.now() - began;
  const all = await contents(shared);
  expect([code, all.users?.length, all.django_tokens?.length]).toEqual([0, USERS, 2 * USERS]);
  return { contents: all, duration };
}

// What is written on the screen and copied beside the database knows no database.
only('sqlite', () => {
  test('the command tells what it does, and in the end who cannot log in', async () => {
    const shared = await newDatabase();
    const DJANGO_JWT_KEY = manifestOf('db-5.2.json').secret_key;
    const withKey = { ...shared, settings: { DJANGO_TOKENS: 'on', DJANGO_JWT_KEY } };
    const { code, out, err } = await run(withKey, samplePath('db-5.2.sqlite3'));
    expect({ code, err }).toEqual({
      code: 0,
      err: 'reading accounts: 34\ncomparing accounts: 34\nreading tokens: 19\nreading the admin log: 5\nwriting accounts: 34\nwriting tokens: 19\nwriting the admin log: 5\n',
    });
    expect(out).toContain('api_user: 34 there, 34 here (equal)');
    expect(out).toContain('    account 13 logs in by e-mail "jorge@example.org"\n');
    expect(out).toContain('\nusers that will not be able to log in: 8\n');
    expect(out).toContain('\n  unusable password: 10, 33\n');
    expect(out).toContain('inactive, as they were: 1 (9)');
    expect(out).toContain('plain digest, which LEGACY_PASSWORD_HASHES=off refuses: 28, 29');
    expect(out).toContain('\n  bad-signature: 1 in token_blacklist_outstandingtoken (14)\n');
    const keyless = { ...shared, settings: { DJANGO_TOKENS: 'on' } };
    const json = await run(keyless, samplePath('db-5.2.sqlite3'), '--json', '--dry-run');
    expect(JSON.parse(json.out)).toMatchObject({ isDryRun: true, accounts: { same: 34 }, inactive: [9] });
    expect(json.out).toContain('no token of Django can be verified');
    // without a key nothing is said of signatures
    expect(json.out).not.toContain('bad-signature');
  });

  test('pictures that profiles name are copied, and nothing from outside their folder [I-14]', async () => {
    const shared = await newDatabase();
    const [media, target] = [join(folder, 'django-media'), join(folder, 'our-media')];
    mkdirSync(join(media, 'user_images'), { recursive: true });
    writeFileSync(join(media, 'default.jpg'), 'a default');
    writeFileSync(join(media, 'user_images', 'amelia b.png'), 'a picture');
    writeFileSync(join(media, 'unnamed.png'), 'nobody’s');
    writeFileSync(join(folder, 'secret.png'), 'a secret');
    symlinkSync(join(folder, 'secret.png'), join(media, 'link.png'));
    const images = {
      4: '../secret.png',
      5: join(folder, 'secret.png'),
      7: 'link.png',
      8: 'gone.png',
      9: 'user_images',
    };
    const sql = Object.entries(images).map(
      ([id, image]) => `update api_profile set image = '${image}' where users_id = ${id};`,
    );
    const from = sqliteFile(sql.join(''), 'db-5.2.sqlite3');
    const copied = async () => {
      const { out } = await run(shared, from, '--media', media, '--media-to', target, '--json');
      return JSON.parse(out).pictures;
    };
    const outside = ['../secret.png', join(folder, 'secret.png'), 'link.png', 'user_images'];
    // the account with the longest fields names a file too
    const missing = ['gone.png', `user_images/${'i'.repeat(84)}.png`];
    expect(await copied()).toEqual({ copied: 2, same: 0, missing, refused: outside });
    expect(readdirSync(target, { recursive: true }).sort()).toEqual([
      'default.jpg',
      'user_images',
      'user_images/amelia b.png',
    ]);
    writeFileSync(join(target, 'default.jpg'), 'cut short');
    expect(await copied()).toMatchObject({ copied: 1, same: 1 });
    expect(readFileSync(join(target, 'default.jpg'), 'utf8')).toBe('a default');
  });
});

test('a refusal has exit code 1 and one sentence, and nothing was written', async () => {
  const shared = await newDatabase();
  const before = await contents(shared);
  const damaged = sqliteFile(`update api_user set is_active = 'perhaps' where id = 37`, 'db-5.2.sqlite3');
  const empty = await emptySharedDatabase();
  opened.push(empty);
  const [refused, missing, odd, unmigrated] = await Promise.all([
    run(shared, damaged),
    run(shared, join(folder, 'nothing.sqlite3')),
    run(shared, big, '--map', 'age=years'),
    run(empty, big),
  ]);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err.split('\n').at(-2)).toBe(
    'latchkey: Row 37 of api_user: is_active is neither true nor false. Nothing was written.',
  );
  expect(missing).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^latchkey: .*Nothing was written\.\n$/),
  });
  expect(odd).toMatchObject({ code: 1, err: expect.stringContaining('--map age=years: write claim=column') });
  expect(await contents(shared)).toEqual(before);
  expect(unmigrated).toMatchObject({ code: 1, err: expect.stringContaining('Run: npx latchkey migrate') });
});

test(
  'an import that is killed at any point and run again comes to the same as one that was not',
  PATIENTLY,
  async () => {
    const { contents: expected, duration } = whole;
    let halfway = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const shared = await newDatabase();
      const running = start(shared, big);
      // One in four is killed somewhere in the check.
      if (randomInt(4) > 0) await untilItWrites(running);
      await sleep(randomInt(duration + 1));
      running.child.kill('SIGKILL');
      await running.ended;
      const { users = [], django_tokens: tokens = [] } = await contents(shared);
      if (users.length > 0 && tokens.length < 2 * USERS) halfway += 1;
      expect(await run(shared, big)).toMatchObject({ code: 0 });
      expect(await contents(shared)).toEqual(expected);
    }
    tell(`${ROUNDS} kills, ${halfway} of them half-way`);
  },
);

test(
  'two imports of two processes come to the same as one, and then only new sign-ups come',
  PATIENTLY,
  async () => {
    const two = await newDatabase();
    const endings = await Promise.all([start(two, big).ended, start(two, big).ended]);
    expect(endings.map(({ code, err }) => ({ code, isFault: err.includes('latchkey:') }))).toEqual([
      { code: 0, isFault: false },
      { code: 0, isFault: false },
    ]);
    expect(await contents(two)).toEqual(whole.contents);
    const more = join(folder, 'more.sqlite3');
    makeDjangoSample(more, { users: USERS + 3, tokensOfEach: 2 });
    const { out } = await run(two, more, '--json');
    expect(JSON.parse(out)).toMatchObject({
      accounts: { new: 3, changed: 0, same: USERS },
      written: { accountsAdded: 3, accountsChanged: 0, tokens: 6 },
    });
  },
);
