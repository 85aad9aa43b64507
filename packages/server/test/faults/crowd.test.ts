import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import { keepAliveClient } from '../support/client.ts';
import { DATABASE } from '../support/database.ts';
import { faultOfFile, halvesOfAccounts } from '../support/invariants.ts';
import { startServer } from '../support/process.ts';
import {
  addAccount,
  liveTokensOf,
  openSession,
  type Pair,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from '../support/race.ts';
import { PATIENTLY, rounds, tell } from '../support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from '../support/shared-database.ts';

const PASSWORD = 'Sup3rSecret!x';
const CROWD = 200;
/** Of those who cost a hash each. */
const HASHED = rounds(40, 200);

const client = keepAliveClient(CROWD);
const { refresh, login, blacklist, dashboard } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
let pair: Pair;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  // With hashes as dear as they are, so that there is a crowd before them.
  const options = { databaseUrl: shared.url, settings: { REFRESH_GRACE_SECONDS: '300' } };
  pair = await Promise.all([startServer(options), startServer(options)]);
}, PATIENTLY.timeout);
afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

/** Nobody waits longer for a lock. Where there are hashes to wait for, too, how long is told and not judged. Milliseconds. */
const LONGEST_WAIT = rounds(20_000, 5_000);

const timed = async <T>(work: Promise<T>) => {
  const started = performance.now();
  return { value: await work, ms: performance.now() - started };
};

test(
  '200 clients with one token at two servers get one next token, and none sees a lock [T-08] [R-03]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'crowded');
    let { refresh: token } = await openSession(app, account);
    let slowest = 0;
    const count = rounds(1, 20);
    const outcomes = await tally(count, async () => {
      const { value: replies, ms } = await timed(together(pair, CROWD, (server) => refresh(server, token)));
      // all of them asked at once, so the last answer is the slowest
      slowest = Math.max(slowest, ms);
      const next = new Set(replies.map(({ json }) => json.refresh));
      token = replies[0]?.json.refresh;
      return `${statusesOf(replies)}, next tokens: ${next.size}, live: ${(await liveTokensOf(database, account)).length}`;
    });
    tell(`T-08 one family on ${DATABASE}: ${JSON.stringify(outcomes)}, slowest ${Math.round(slowest)} ms`);
    expect(outcomes).toEqual({ [`${CROWD} x 200, next tokens: 1, live: 1`]: count });
    expect(slowest).toBeLessThan(LONGEST_WAIT);
  },
);

test(
  'many people who register one e-mail at two servers: one gets it, and nobody sees a database that is locked [T-08]',
  PATIENTLY,
  async () => {
    const count = rounds(1, 10);
    let slowest = 0;
    const outcomes = await tally(count, async (round) => {
      const { value: replies, ms } = await timed(
        together(pair, HASHED, (server, i) =>
          client.post(server, '/api/register/', {
            username: `writer-${round}-${i}`,
            email: `one${round}@a.example`,
            password: PASSWORD,
          }),
        ),
      );
      slowest = Math.max(slowest, ms);
      const made = replies.filter(({ status }) => status === 201).length;
      const odd = replies.filter(
        ({ status, text }) => ![201, 400].includes(status) && !(status === 503 && text.includes('busy')),
      );
      return `made: ${made}, odd: ${statusesOf(odd)}, halves: ${await halvesOfAccounts(database)}`;
    });
    tell(`T-08 one e-mail on ${DATABASE}: ${JSON.stringify(outcomes)}, slowest ${Math.round(slowest)} ms`);
    expect(outcomes).toEqual({ 'made: 1, odd: , halves: 0': count });
  },
);

test(
  'many logins to one account at once are let in or told that the server is busy [T-08]',
  PATIENTLY,
  async () => {
    await addAccount(app, 'popular', PASSWORD);
    const { value: replies, ms } = await timed(
      together(pair, HASHED, (server) => login(server, 'popular', PASSWORD)),
    );
    tell(`T-08 one account on ${DATABASE}: ${statusesOf(replies)} within ${Math.round(ms)} ms`);
    const odd = replies.filter(
      ({ status, text }) => status !== 200 && !(status === 503 && text.includes('busy')),
    );
    expect(odd).toEqual([]);
    expect(replies.some(({ status }) => status === 200)).toBe(true);
  },
);

test(
  'what is revoked at one server is refused by the other with the next request [T-16]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'revoked');
    const count = rounds(5, 200);
    const latencies: number[] = [];
    const outcomes = await tally(count, async (round) => {
      const [here, there] = round % 2 === 0 ? pair : [pair[1], pair[0]];
      const { access, refresh: token } = await openSession(app, account);
      expect((await dashboard(there, access)).status).toBe(200);
      const ended = await blacklist(here, token);
      const { value, ms } = await timed(Promise.all([dashboard(there, access), refresh(there, token)]));
      latencies.push(ms);
      return `${ended.status}, then ${statusesOf(value)}`;
    });
    const sorted = latencies.sort((a, b) => a - b);
    tell(
      `T-16 on ${DATABASE}: ${JSON.stringify(outcomes)}; the refusals took p50 ${sorted[sorted.length >> 1]?.toFixed(1)} ms, most ${sorted.at(-1)?.toFixed(1)} ms`,
    );
    expect(outcomes).toEqual({ '200, then 2 x 401': count });
  },
);

const openFiles = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

/** Sends part of a request, cut at some byte, and breaks off. */
function abort(url: string, access: string, i: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ text: 'x'.repeat(100) });
  const request = `POST /api/dashboard/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer ${access}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(request.slice(0, 1 + ((i * 7919) % request.length)));
      setTimeout(() => socket.resetAndDestroy(), i % 3);
    });
    socket.on('error', () => {}).on('close', () => resolve());
  });
}

test.runIf(process.platform === 'linux')(
  'requests that are cut at any byte leave no connection and no file open [T-11]',
  PATIENTLY,
  async () => {
    const [server] = pair;
    const { access } = await openSession(app, await addAccount(app, 'impatient'));
    // So that its pool has all the connections it will ever have.
    await Promise.all(Array.from({ length: 100 }, () => dashboard(server, access)));
    const before = openFiles(server.pid);
    const [count, lines] = [rounds(400, 50_000), 50];
    await Promise.all(
      Array.from({ length: lines }, async (_, line) => {
        for (let i = line; i < count; i += lines) await abort(server.url, access, i);
      }),
    );
    let after = openFiles(server.pid);
    for (let waited = 0; after > before && waited < 5_000; waited += 50) {
      await sleep(50);
      after = openFiles(server.pid);
    }
    tell(`T-11 on ${DATABASE}: ${count} requests cut, ${before} files open before, ${after} after`);
    expect(after).toBeLessThanOrEqual(before);
    expect((await dashboard(server, access)).status).toBe(200);
    expect(await faultOfFile(database)).toBe('ok');
  },
);
