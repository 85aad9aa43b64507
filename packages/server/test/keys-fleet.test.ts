import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { listKeys } from '../src/domain/keys/list.ts';
import { type KeyOutcome, retireKey, rotateKey } from '../src/domain/keys/manage.ts';
import { SECRET_KEY_ID, signersAt } from '../src/domain/keys/stored-key.ts';
import type { SigningAlgorithm } from '../src/domain/tokens/keys.ts';
import { keepAliveClient } from './support/client.ts';
import { runAndKill, runLatchkey, type ServerProcess, startCheapServer } from './support/process.ts';
import { addAccount, openSession, type Pair, startPair, tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';
import { until } from './support/until.ts';
import { SECRET_KEY } from './support/world.ts';

const KILLS = rounds(4, 20);
const RACES = rounds(5, 50);
/** Servers look every second, and who reads the public keys does so a little more often. */
const DELAY = 3_000;
const READING_EVERY = 500;

const client = keepAliveClient();
const { refresh, dashboard } = tokenRequests(client);
const opened: SharedDatabase[] = [];
const started: ServerProcess[] = [];

afterAll(async () => {
  client.close();
  await Promise.all(started.map((server) => server.stop()));
  for (const shared of opened) await shared.remove();
});

/** Two applications on an empty database of their own, each with its own connections. */
async function twoApps(): Promise<{ shared: SharedDatabase; app: App; otherApp: App }> {
  const shared = await migratedSharedDatabase();
  opened.push(shared);
  return { shared, app: appOn(shared.open()), otherApp: appOn(shared.open()) };
}

const rotate = (by: App, algorithm: SigningAlgorithm, delay: number): Promise<KeyOutcome> =>
  rotateKey(by, { to: { algorithm }, delay, retiresOthers: false }, COMMAND_LINE);

const headerOf = (token: string): { readonly alg: string; readonly kid?: string } =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

interface Stream {
  isOver: boolean;
  asked: number;
  readonly failed: string[];
  /** by the algorithm of the access tokens */
  readonly seen: Set<string>;
  /** what a service has that verifies access tokens by itself */
  readonly published?: Set<string>;
}

/** Reads the public keys from time to time, as a service does that keeps them. */
async function keepReading(
  stream: Stream & { readonly published: Set<string> },
  servers: Pair,
): Promise<void> {
  while (!stream.isOver) {
    for (const { url } of servers) {
      const reply = await fetch(`${url}/.well-known/jwks.json`);
      const { keys } = (await reply.json()) as { readonly keys: readonly { readonly kid: string }[] };
      for (const { kid } of keys) stream.published.add(kid);
    }
    await sleep(READING_EVERY);
  }
}

/** One client: refreshes at one server and uses the token at the other, again and again. */
async function live(stream: Stream, app: App, servers: Pair, name: string): Promise<void> {
  let tokens = await openSession(app, await addAccount(app, name));
  while (!stream.isOver) {
    const [first, second] = randomInt(2) === 0 ? servers : ([servers[1], servers[0]] as const);
    const reply = await refresh(first, tokens.refresh);
    stream.asked += 1;
    if (reply.status !== 200) {
      stream.failed.push(`refresh: ${reply.status} ${JSON.stringify(reply.json)}`);
      return;
    }
    tokens = { ...tokens, ...reply.json };
    const { alg, kid } = headerOf(tokens.access);
    stream.seen.add(alg);
    if (kid !== undefined && stream.published?.has(kid) === false)
      stream.failed.push(`signed with ${kid} before who reads the public keys had it`);
    const got = await dashboard(second, tokens.access);
    stream.asked += 1;
    if (got.status !== 200) stream.failed.push(`dashboard: ${got.status} ${JSON.stringify(got.json)}`);
    await sleep(randomInt(20));
  }
}

test(
  'keys rotate from SECRET_KEY to EdDSA to ES256, and the first is retired: no request of two servers fails, and no reader of their public keys lacks one [K-02]',
  PATIENTLY,
  async () => {
    const { shared, app } = await twoApps();
    const servers = await startPair({ databaseUrl: shared.url });
    started.push(...servers);
    const stream = {
      isOver: false,
      asked: 0,
      failed: [] as string[],
      seen: new Set<string>(),
      published: new Set<string>(),
    };
    const lives = Promise.all([
      keepReading(stream, servers),
      ...[1, 2, 3, 4].map((i) => live(stream, app, servers, `streaming-${i}`)),
    ]);
    onTestFinished(async () => {
      stream.isOver = true;
      await lives;
    });
    await until(() => stream.seen.has('HS256'));
    for (const algorithm of ['EdDSA', 'ES256'] as const) {
      await rotate(app, algorithm, DELAY);
      await until(() => stream.seen.has(algorithm));
      // the other server is at most one look behind
      await sleep(1_200);
      stream.seen.clear();
      await until(() => stream.seen.size > 0);
    }
    expect([...stream.seen]).toEqual(['ES256']);
    expect(await retireKey(app, SECRET_KEY_ID, COMMAND_LINE)).toHaveProperty('key');
    await sleep(1_200);
    stream.isOver = true;
    await lives;
    tell(`key rotation: ${stream.asked} requests, ${stream.failed.length} failed`);
    expect(stream.failed).toEqual([]);
    expect(stream.asked).toBeGreaterThan(100);
  },
);

/** What has to hold of a ring, whatever was done to it. */
async function faultsOfRing(app: App): Promise<string[]> {
  const keys = await listKeys(app);
  const signing = keys.filter(({ state }) => state === 'signing');
  const ahead = keys.filter(
    ({ signsFrom, signsUntil }) => signsFrom !== undefined && signsUntil === undefined,
  );
  await app.keys.reload();
  return [
    ...(signing.length === 1 ? [] : [`${signing.length} keys sign`]),
    ...(ahead.length === 1 ? [] : [`${ahead.length} keys sign without an end`]),
    ...(app.keys.ring.signing.id === (signing[0]?.kid === SECRET_KEY_ID ? undefined : signing[0]?.kid)
      ? []
      : ['another key signs than the list says']),
  ];
}

test('two rotations at once leave one key that signs, in every round', PATIENTLY, async () => {
  const { shared, app, otherApp } = await twoApps();
  for (let round = 0; round < RACES; round++) {
    const both = await Promise.all([app, otherApp, app, otherApp].map((by) => rotate(by, 'HS256', 0)));
    expect(both.every((outcome) => 'key' in outcome)).toBe(true);
    expect(await faultsOfRing(app)).toEqual([]);
  }
  const later = await Promise.all([app, otherApp, app, otherApp].map((by) => rotate(by, 'EdDSA', 60_000)));
  expect(later.filter((outcome) => 'key' in outcome).length).toBe(1);
  expect(await faultsOfRing(app)).toEqual([]);
  // and two processes
  const runs = [0, 1].map(() => runLatchkey(['keys', 'rotate', '--now'], { databaseUrl: shared.url }));
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0]);
  expect(await faultsOfRing(app)).toEqual([]);
  expect(signersAt(await app.store.keys.all(), Date.now()).length).toBeGreaterThan(0);
});

test(
  'latchkey keys rotate that is killed at any point leaves a ring that signs [T-06]',
  PATIENTLY,
  async () => {
    const { shared, app } = await twoApps();
    const databaseUrl = shared.url;
    const started = Date.now();
    await runLatchkey(['keys', 'list'], { databaseUrl });
    const usual = Date.now() - started;
    const endings = await Promise.all(
      Array.from({ length: KILLS }, async (_, i) => {
        const killAfter = Math.round(usual * (0.6 + (0.6 * i) / KILLS));
        return runAndKill(['keys', 'rotate', '--now'], { databaseUrl }, killAfter);
      }),
    );
    tell(
      `key rotation killed: ${endings.filter(({ code }) => code === null).length} of ${KILLS} before the end`,
    );
    expect(await faultsOfRing(app)).toEqual([]);
    expect(await runLatchkey(['keys', 'rotate', '--now'], { databaseUrl })).toMatchObject({ code: 0 });
    expect(await faultsOfRing(app)).toEqual([]);
  },
);

const NEW_KEY = 'what SECRET_KEY becomes in the tests: 9f8e7d6c5b4a';
const AFTER = { SECRET_KEY: NEW_KEY, SECRET_KEY_FALLBACKS: JSON.stringify([SECRET_KEY]) };

test(
  'SECRET_KEY changes on one server while the other still has the old one: no request fails [K-03]',
  PATIENTLY,
  async () => {
    const { shared, app } = await twoApps();
    const databaseUrl = shared.url;
    const servers = await Promise.all([
      startCheapServer({ databaseUrl, settings: { SECRET_KEY_FALLBACKS: NEW_KEY } }),
      startCheapServer({ databaseUrl, settings: AFTER }),
    ]);
    started.push(...servers);
    const stream: Stream = { isOver: false, asked: 0, failed: [], seen: new Set() };
    const lives = Promise.all([1, 2, 3].map((i) => live(stream, app, servers, `changing-${i}`)));
    onTestFinished(async () => {
      stream.isOver = true;
      await lives;
    });
    await until(() => stream.asked > 50);
    await rotate(app, 'EdDSA', DELAY);
    const reseal = () => runLatchkey(['keys', 'reseal'], { databaseUrl, settings: AFTER });
    expect(await reseal()).toMatchObject({
      code: 0,
      output: 'Sealed anew with SECRET_KEY: 1. Sealed with it already: 0\n',
    });
    await until(() => stream.seen.has('EdDSA'));
    const asked = stream.asked;
    await until(() => stream.asked > asked + 50);
    stream.isOver = true;
    await lives;
    expect(stream.failed).toEqual([]);
  },
);

test(
  'latchkey keys reseal that is killed at any point has sealed all keys or none [T-06]',
  PATIENTLY,
  async () => {
    const { shared, app } = await twoApps();
    const databaseUrl = shared.url;
    for (let i = 0; i < 5; i++) await rotate(app, 'HS256', 0);
    const began = Date.now();
    await runLatchkey(['keys', 'list'], { databaseUrl });
    const usual = Date.now() - began;
    const settings = AFTER;
    const endings = await Promise.all(
      Array.from({ length: KILLS }, async (_, i) => {
        const killAfter = Math.round(usual * (0.6 + (0.6 * i) / KILLS));
        return runAndKill(['keys', 'reseal'], { databaseUrl, settings }, killAfter);
      }),
    );
    tell(
      `resealing killed: ${endings.filter(({ code }) => code === null).length} of ${KILLS} before the end`,
    );
    const last = await runLatchkey(['keys', 'reseal'], { databaseUrl, settings });
    expect(last).toMatchObject({
      code: 0,
      output: expect.stringMatching(/anew with SECRET_KEY: (5.*already: 0|0.*already: 5)\n$/),
    });
    const alone = { databaseUrl, settings: { SECRET_KEY: NEW_KEY } };
    expect(await runLatchkey(['keys', 'reseal'], alone)).toMatchObject({ code: 0 });
    const without = await runLatchkey(['keys', 'reseal'], { databaseUrl });
    expect(without).toMatchObject({
      code: 1,
      output: expect.stringMatching(/open neither with SECRET_KEY nor .* were left: \w+/),
    });
  },
);
