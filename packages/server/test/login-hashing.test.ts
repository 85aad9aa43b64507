import { sql } from 'kysely';
import { expect } from 'vitest';
import { passwordThreads } from '../src/adapters/password-threads.ts';
import { removeAccount, setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { DEFAULT_COST } from '../src/domain/passwords/formats/argon2.ts';
import { hashQueue } from '../src/domain/passwords/hash-queue.ts';
import { passwords } from '../src/domain/passwords/passwords.ts';
import { changeAccount } from './support/change-account.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { sendRaw } from './support/raw.ts';
import { serve } from './support/second-server.ts';
import { CHEAP_HASH, type World } from './support/world.ts';

const PATH = '/api/token/';
const PASSWORD = 'Sup3rSecret!x';
const REFUSED = '{"detail":"No active account found with the given credentials"}';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };

/** A login as `fetch` sends it. */
const loginOf = (body: object) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ password: PASSWORD, ...body }),
});

async function store(world: World, hash: string): Promise<void> {
  await sql`update users set password = ${hash} where id = 1`.execute(world.lent.database.db);
}

/** Ways to fail that a stranger must not tell apart: what to do to the account, and what to send. */
const FAILURES: [string, (world: World) => Promise<unknown>, object][] = [
  ['nobody has the name', async () => {}, { username: 'nobody' }],
  ['nobody has the e-mail', async () => {}, { email: 'nobody@example.org' }],
  ['the password is wrong', async () => {}, { username: 'alice', password: 'wrong' }],
  ['no usable password (Django’s `!`)', (world) => store(world, '!abcdefghij'), { username: 'alice' }],
  ['an empty hash', (world) => store(world, ''), { username: 'alice' }],
  [
    'the account is inactive',
    (world) => changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE),
    { username: 'alice' },
  ],
];

test('all ways to fail are one answer, byte for byte [L-01, L-32]', async ({ world }) => {
  const answers = new Set<string>();
  for (const [, prepare, body] of FAILURES) {
    await world.post('/api/register/', ALICE);
    await prepare(world);
    const text = JSON.stringify({ password: PASSWORD, ...body });
    const head = `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close`;
    const raw = `${head}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
    const reply = await expectNothingHappened(world, () => sendRaw(world, raw));
    answers.add(reply.text.replace(/^(Date|X-Request-Id): .*\r\n/gm, ''));
  }
  expect([...answers]).toEqual([expect.stringContaining(`\r\nWWW-Authenticate: Bearer realm="api"\r\n`)]);
  expect([...answers][0]).toContain(`HTTP/1.1 401 Unauthorized\r\n`);
  expect([...answers][0]?.split('\r\n\r\n')[1]).toBe(REFUSED);
});

test('all ways to fail cost a hash at today’s cost [L-02]', async ({ world }) => {
  const queue = hashQueue(world.app.clock, { concurrency: 1, waiting: 10, patience: 60_000 });
  // So costly that a request without a hash takes a twentieth of one with it, and no busy machine hides that.
  const cost = { ...DEFAULT_COST, timeCost: 5 };
  const app = { ...world.app, passwords: passwords(queue, world.app.random, cost, passwordThreads) };
  const server = await serve(app);
  await world.post('/api/register/', ALICE);
  await setPassword(app, 1, PASSWORD, COMMAND_LINE);
  const hash = (await app.store.accounts.byId(1))?.password ?? '';
  const fastest = new Map<string, number>();
  const areAlike = () => Math.min(...fastest.values()) > 0.2 * Math.max(...fastest.values());
  for (let round = 0; round < 2 || (round < 10 && !areAlike()); round += 1) {
    for (const [what, prepare, body] of FAILURES) {
      await prepare(world);
      const started = performance.now();
      const reply = await fetch(server.baseUrl + PATH, loginOf(body));
      expect([reply.status, await reply.text()]).toEqual([401, REFUSED]);
      fastest.set(what, Math.min(fastest.get(what) ?? 1e9, performance.now() - started));
      await store(world, hash);
      await changeAccount(world.app, 1, { isActive: true }, COMMAND_LINE);
    }
  }
  await server.close();
  expect(areAlike(), JSON.stringify([...fastest])).toBe(true);
});

const TAIL = '$c29tZXNhbHQxMjM0$RdescudvJCsgt3ubRdescudvJCsgt3ubRdescudvJCs';
const COSTLY = ['m=4194304,t=1,p=1', 'm=999999,t=99,p=1', 'm=262144,t=99,p=1', 'm=64,t=4000000000,p=1'];
const IMPOSSIBLE = ['m=64,t=0,p=1', 'm=64,t=1,p=0', 'm=1,t=1,p=1', 'm=64,t=1,p=99', 'm=64', 'm=,t=,p='];
const DAMAGED = [
  `argon2$argon2id$v=19$m=64,t=1,p=1${TAIL.slice(0, -20)}`,
  'argon2$argon2id$v=19$m=64,t=1,p=1$____________$________________',
  'argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQab$RdescudvJCsgt3uba',
  `argon2$argon2id$v=99$m=64,t=1,p=1${TAIL}`,
  ...['argon2', 'argon2$', '$', 'plain', 'md5$salt$c4ca4238a0b923820dcc509a6f75849b'],
  ...['__proto__$x', 'constructor$x', 'pbkdf2_sha256$1000000000$salt$aGFzaA=='],
];

/** Logs in against each stored string; those that are anything but a failed login. */
async function notRefused(world: World, stored: readonly string[]): Promise<string[]> {
  const server = await serve({ ...world.app, log: { ...world.app.log, error: () => {} } });
  const odd: string[] = [];
  await world.post('/api/register/', ALICE);
  for (const text of stored) {
    await store(world, text);
    const reply = await expectNothingHappened(world, () => fetch(server.baseUrl + PATH, loginOf(ALICE)));
    const body = await reply.text();
    if (reply.status !== 401 || body !== REFUSED) odd.push(`${text}: ${reply.status}`);
  }
  await server.close();
  return odd;
}

test('a stored hash that would cost too much is a failed login, at once [L-25, I-07]', async ({ world }) => {
  const started = performance.now();
  const stored = COSTLY.map((cost) => `argon2$argon2id$v=19$${cost}${TAIL}`);
  expect(await notRefused(world, stored)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(4_000);
});

test('a stored hash that is damaged or unknown is a failed login [L-25]', async ({ world }) => {
  const impossible = IMPOSSIBLE.map((cost) => `argon2$argon2id$v=19$${cost}${TAIL}`);
  expect(await notRefused(world, [...impossible, ...DAMAGED])).toEqual([]);
});

test('who has waited too long for his hash is told to come again [L-28]', async ({ world }) => {
  await world.post('/api/register/', ALICE);
  let elapsed = 0;
  const clock = { ...world.app.clock, elapsed: () => elapsed };
  const queue = hashQueue(clock, { concurrency: 1, waiting: 1, patience: 2_000 });
  const checks = passwords(queue, world.app.random, CHEAP_HASH, passwordThreads);
  let asked = () => {};
  const isWaiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const check: typeof checks.check = (...all) => {
    const answer = checks.check(...all);
    asked();
    return answer;
  };
  const server = await serve({ ...world.app, passwords: { ...checks, check } });
  let finish = () => {};
  const hashing = queue.run(() => new Promise<void>((done) => (finish = done)));
  const login = loginOf(ALICE);
  const waiting = fetch(server.baseUrl + PATH, login);
  await isWaiting;
  expect((await fetch(server.baseUrl + PATH, login)).status).toBe(503);
  expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);
  elapsed = 2_001;
  finish();
  await hashing;
  expect([(await waiting).status, (await waiting).headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(server.baseUrl + PATH, login)).status).toBe(200);
  await server.close();
});

test('who would wait too long for his hash is told at once, and the next when there is room gets it [L-28]', async ({
  world,
}) => {
  await world.post('/api/register/', ALICE);
  let elapsed = 0;
  const clock = { ...world.app.clock, elapsed: () => elapsed };
  const queue = hashQueue(clock, { concurrency: 1, waiting: 100, patience: 2_000 });
  for (let i = 0; i < 40; i++)
    await queue.run(async () => {
      elapsed += 600;
    });
  const server = await serve({
    ...world.app,
    passwords: passwords(queue, world.app.random, CHEAP_HASH, passwordThreads),
  });
  let finish = () => {};
  const hashing = queue.run(() => new Promise<void>((done) => (finish = done)));
  const inLine = [1, 2].map(() => queue.run(async () => {}));
  // Who waits in vain is answered after ten seconds.
  const atOnce = { ...loginOf(ALICE), signal: AbortSignal.timeout(3_000) };
  const refused = await fetch(server.baseUrl + PATH, atOnce);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  finish();
  expect((await Promise.all([hashing, ...inLine])).map(({ ok }) => ok)).toEqual([true, true, true]);
  expect((await fetch(server.baseUrl + PATH, loginOf(ALICE))).status).toBe(200);
  await server.close();
});

test('who is turned away in a flood of logins is neither counted nor looked up [L-28]', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  await world.post('/api/register/', ALICE);
  const queue = hashQueue(world.app.clock, { concurrency: 1, waiting: 0, patience: 2_000 });
  const accounts = {
    ...world.app.store.accounts,
    claimantsOf: () => Promise.reject(new Error('looked up')),
  };
  const told: string[] = [];
  const server = await serve({
    ...world.app,
    store: { ...world.app.store, accounts },
    passwords: passwords(queue, world.app.random, CHEAP_HASH, passwordThreads),
    meter: {
      ...world.app.meter,
      hashQueued: () => told.push('queued'),
      hashRefused: () => told.push('refused'),
    },
  });
  let finish = () => {};
  const hashing = queue.run(() => new Promise<void>((done) => (finish = done)));
  const asked = performance.now();
  const refused = await expectNothingHappened(world, () => fetch(server.baseUrl + PATH, loginOf(ALICE)));
  expect(refused.status).toBe(503);
  // Who asks again at once takes no time from the others: it is 25 ms by a clock of another grain.
  expect(performance.now() - asked).toBeGreaterThan(24);
  // Or the number of those who wait would fall below zero.
  expect(told).toEqual(['queued', 'refused']);
  finish();
  await hashing;
  await server.close();
});

/** What may happen to an account while its password is being checked. */
const MEANWHILE: [string, (world: World) => Promise<unknown>][] = [
  ['a change of password', (world) => setPassword(world.app, 1, 'another-Good1', COMMAND_LINE)],
  ['switching the account off', (world) => changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE)],
  ['deleting the account', (world) => removeAccount(world.app, 1, COMMAND_LINE)],
];

test.for(MEANWHILE)('a login that crosses %s opens nothing', async ([, change], { world }) => {
  await world.post('/api/register/', ALICE);
  const { passwords: checks } = world.app;
  const check: typeof checks.check = async (...all) => {
    const answer = await checks.check(...all);
    await change(world);
    return answer;
  };
  const server = await serve({ ...world.app, passwords: { ...checks, check } });
  const reply = await fetch(server.baseUrl + PATH, loginOf(ALICE));
  expect([reply.status, await reply.text()]).toEqual([401, REFUSED]);
  expect((await world.app.store.audit.list(9)).map(({ event }) => event.event)).not.toContain('logged_in');
  await server.close();
});
