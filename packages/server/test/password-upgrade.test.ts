import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { passwordThreads } from '../src/adapters/password-threads.ts';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { refuse } from '../src/domain/outcome.ts';
import type { HashQueue } from '../src/domain/passwords/hash-queue.ts';
import { type Passwords, passwords } from '../src/domain/passwords/passwords.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { newAccount } from './support/race.ts';
import { serve } from './support/second-server.ts';
import { CHEAP_HASH, type World } from './support/world.ts';

const PASSWORD = 'correct horse battery';

/** One password, as Django's hashers stored it (fixtures/django/hashes.json has many more). */
const DJANGO: Readonly<Record<string, string>> = {
  pbkdf2_sha256: 'pbkdf2_sha256$1000$NdlQdSQJOyFE6t8b7tP9KF$sojXMbbUR+SSt1emb1gyLFMESkiyPkx/MbMILXWvG6g=',
  'a salt of other letters':
    'pbkdf2_sha256$1000$a salt with spaces ü$OxsUCfjPx4DMAVXHr5diB9gcblnprZ5vXEWXt2mBAnI=',
  pbkdf2_sha1: 'pbkdf2_sha1$1000$JmXISpPVk01PskpyuLqCPJ$TglNjYUJ6IBidYwHoXWnvKRZB08=',
  argon2:
    'argon2$argon2id$v=19$m=1024,t=1,p=1$cFM2ampUQ3ZkTkxUVFdVOUp4aUwyZw$ENnonOsOJN28HbLZqvrWo+7nBvpOseHA5lurC0aNp5g',
  'argon2i, version 16': 'argon2$argon2i$v=16$m=512,t=1,p=2$c2FsdE9mVGhlU2hhcmVkMg$Cel9+9VACg1G8C9n1MK04w',
  bcrypt_sha256: 'bcrypt_sha256$$2b$04$jM.oKEZ2dNdt3NwbjmAyc.zfnw6RmngNi4s7SjnIdZA4PkR7nvoz.',
  bcrypt: 'bcrypt$$2b$04$Xp5gneXiZAvt9Ag8c5./u.kY4fw1dWLxGJ/Y6YSvJHNVJoxHNH3rK',
  'bcrypt 2y': 'bcrypt$$2y$04$t30htD6Jb/LVhI017f0DC.AiIClno3VQuwMgw6uembY34plYiYCbW',
  scrypt:
    'scrypt$256$C2NsgazzJxIIYBu4q1Pw9F$8$1$HOD0Kil5w793iPqp63Qsa92Ra267WhRqwK28wwBxZaWQwx/mu6LcBhOhNuRT6tVVKmwwtHU8jXSUoKKqzP2Icg==',
};

const LEGACY: Readonly<Record<string, string>> = {
  md5: 'md5$NaGtaWLYB2JCxPrDUV3sqm$1515fd31746684b98530fe6f1547981c',
  sha1: 'sha1$iRqv4GVSsFBrTKLeE33w8C$e0f12801bd80f794f3fa9df95d689e6d008c6bbe',
  'md5 without salt': 'md5$$88e4ddd2402d92d50e1879d6ecd9ffd4',
  'bare md5': '88e4ddd2402d92d50e1879d6ecd9ffd4',
  'sha1 without salt': 'sha1$$98decc62ece399a22ed30d490ef333be7fde7385',
};

const OURS = /^argon2\$argon2id\$v=19\$m=64,t=1,p=1\$/;
const FORMATS = Object.entries(DJANGO);
const LEGACY_FORMATS = Object.entries(LEGACY);
const BOTH = [...FORMATS, ...LEGACY_FORMATS];

/** Adds an account for each format, named after it. */
async function withAccounts(world: World, formats: readonly (readonly [string, string])[]): Promise<void> {
  for (const [name, stored] of formats)
    await world.app.store.transaction((store) => store.accounts.add(newAccount(name, '', stored)));
}

const storedOf = async (world: World, name: string) =>
  (await world.app.store.accounts.byLoginName(name))?.password ?? '';

const logIn = async (world: World, username: string, password = PASSWORD) =>
  (await world.post('/api/token/', { username, password })).status;

const eventsIn = async (world: World) =>
  (await world.app.store.audit.list(100)).map(({ event }) => event.event);

describe('an account of Django', () => {
  test('logs in with its password, and has a hash of ours from then on [L-26]', async ({ world }) => {
    await withAccounts(world, FORMATS);
    for (const [name] of FORMATS) {
      expect([name, await logIn(world, name)]).toEqual([name, 200]);
      const upgraded = await storedOf(world, name);
      expect([name, upgraded]).toEqual([name, expect.stringMatching(OURS)]);
      expect([name, await logIn(world, name)]).toEqual([name, 200]);
      expect(await storedOf(world, name)).toBe(upgraded);
      expect(await logIn(world, name, 'wrong')).toBe(401);
    }
  });

  test('keeps its hash when the password is wrong [L-26]', async ({ world }) => {
    await withAccounts(world, FORMATS);
    await expectNothingHappened(world, async () => {
      for (const [name] of FORMATS) expect(await logIn(world, name, 'wrong')).toBe(401);
    });
  });

  test('keeps its hash with PASSWORD_UPGRADE=off', async ({ open }) => {
    const world = await open({ PASSWORD_UPGRADE: 'off', LEGACY_PASSWORD_HASHES: 'on' });
    await withAccounts(world, BOTH);
    for (const [name, stored] of BOTH)
      expect([name, await logIn(world, name), await storedOf(world, name)]).toEqual([name, 200, stored]);
  });

  test('keeps its hash when it is switched off', async ({ world }) => {
    const [[name, stored] = ['', '']] = FORMATS;
    await withAccounts(world, [[name, stored]]);
    await sql`update users set is_active = 0`.execute(world.lent.database.db);
    await expectNothingHappened(world, async () => expect(await logIn(world, name)).toBe(401));
  });

  test('with an MD5 or SHA-1 digest is refused, unless LEGACY_PASSWORD_HASHES is on', async ({ open }) => {
    const strict = await open();
    await withAccounts(strict, LEGACY_FORMATS);
    await expectNothingHappened(strict, async () => {
      for (const [name] of LEGACY_FORMATS) expect([name, await logIn(strict, name)]).toEqual([name, 401]);
    });
    const lenient = await open({ LEGACY_PASSWORD_HASHES: 'on' });
    await withAccounts(lenient, LEGACY_FORMATS);
    for (const [name] of LEGACY_FORMATS) {
      expect(await logIn(lenient, name, 'wrong')).toBe(401);
      expect([name, await logIn(lenient, name)]).toEqual([name, 200]);
      expect(await storedOf(lenient, name)).toMatch(OURS);
    }
  });
});

describe('an upgrade', () => {
  const ALICE = [['alice', DJANGO.pbkdf2_sha256 ?? '']] as const;

  /** Logs in at a server whose password work is done so. */
  async function loginWith(world: World, work: Partial<Passwords>): Promise<number> {
    const server = await serve({ ...world.app, passwords: { ...world.app.passwords, ...work } });
    const body = JSON.stringify({ username: 'alice', password: PASSWORD });
    const headers = { 'Content-Type': 'application/json' };
    const reply = await fetch(`${server.baseUrl}/api/token/`, { method: 'POST', headers, body });
    await server.close();
    return reply.status;
  }

  test('ends no session and is no change of password', async ({ world }) => {
    await withAccounts(world, ALICE);
    const first = await world.post('/api/token/', { username: 'alice', password: PASSWORD });
    await sql`update users set password = ${ALICE[0][1]}`.execute(world.lent.database.db);
    expect(await logIn(world, 'alice')).toBe(200);
    expect((await world.get('/api/dashboard/', { token: first.json.access })).status).toBe(200);
    expect((await world.post('/api/token/refresh/', { refresh: first.json.refresh })).status).toBe(200);
    expect(await eventsIn(world)).toEqual(['logged_in', 'logged_in']);
  });

  test('is left out when too many passwords are being hashed, and the login goes on [L-26]', async ({
    world,
  }) => {
    await withAccounts(world, ALICE);
    const full: HashQueue = { isFull: () => true, run: async () => refuse('server_busy') };
    const policy = { acceptsLegacy: false, upgrades: true, decoys: { forName: async () => '' } };
    const { upgrade } = passwords(full, world.app.random, CHEAP_HASH, passwordThreads, policy);
    expect(await loginWith(world, { upgrade })).toBe(200);
    expect(await storedOf(world, 'alice')).toBe(ALICE[0][1]);
  });

  test('that crosses a change of password opens nothing and leaves the new password', async ({ world }) => {
    await withAccounts(world, ALICE);
    const upgrade: Passwords['upgrade'] = async (...all) => {
      const upgraded = await world.app.passwords.upgrade(...all);
      await setPassword(world.app, 1, 'another-Good1', COMMAND_LINE);
      return upgraded;
    };
    expect(await loginWith(world, { upgrade })).toBe(401);
    expect(await logIn(world, 'alice')).toBe(401);
    expect(await logIn(world, 'alice', 'another-Good1')).toBe(200);
  });

  test('that another login was quicker with loses nothing', async ({ world }) => {
    await withAccounts(world, ALICE);
    let isOvertaken = false;
    const upgrade: Passwords['upgrade'] = async (...all) => {
      const upgraded = await world.app.passwords.upgrade(...all);
      if (!isOvertaken) expect(await logIn(world, 'alice')).toBe(200);
      isOvertaken = true;
      return upgraded;
    };
    expect(await loginWith(world, { upgrade })).toBe(200);
    expect(await eventsIn(world)).toEqual(['logged_in', 'logged_in']);
    expect(await logIn(world, 'alice')).toBe(200);
  });
});

test('passwords are sampled from all over the table', async ({ world }) => {
  const { accounts } = world.app.store;
  expect(await accounts.samplePasswords(10)).toEqual([]);
  await withAccounts(
    world,
    Array.from({ length: 25 }, (_, i) => [`user-${i}`, `hash-${i}`] as const),
  );
  expect(await accounts.samplePasswords(1_000)).toHaveLength(25);
  const few = await accounts.samplePasswords(10);
  expect(few).toHaveLength(10);
  expect([...few].sort()).toEqual([...new Set(few)].sort());
  expect(few).toEqual(expect.arrayContaining(['hash-0', 'hash-21']));
});

test('a name costs the same as a name and as an e-mail, in every case', async ({ world }) => {
  await withAccounts(world, FORMATS);
  const asked: unknown[] = [];
  const check: Passwords['check'] = (password, stored, name) => {
    asked.push(stored);
    return world.app.passwords.check(password, stored, name);
  };
  const server = await serve({ ...world.app, passwords: { ...world.app.passwords, check } });
  for (const body of [{ username: 'scrypt' }, { username: 'SCRYPT' }, { email: 'scrypt' }]) {
    const headers = { 'Content-Type': 'application/json' };
    const text = JSON.stringify({ ...body, password: 'wrong' });
    await fetch(`${server.baseUrl}/api/token/`, { method: 'POST', headers, body: text });
  }
  await server.close();
  expect(asked).toEqual([DJANGO.scrypt, DJANGO.scrypt, DJANGO.scrypt]);
});
