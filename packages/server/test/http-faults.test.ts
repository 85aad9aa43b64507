import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { openDatabase } from '../src/adapters/sql/open.ts';
import { sqlStore } from '../src/adapters/sql/store.ts';
import type { App } from '../src/domain/app.ts';
import { Secret } from '../src/secret.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { rawRequest } from './support/raw.ts';
import { type SecondServer, serve } from './support/second-server.ts';
import { loggedIn, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const ALICE = JSON.stringify({ username: 'alice', password: PASSWORD });
const LOGIN = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ALICE };
const BROKEN = {
  detail: 'Something went wrong on the server.',
  request_id: expect.stringMatching(/^[\w-]+$/),
};
const AWAY = { detail: 'The database does not answer. Try again in a moment.' };

/** A log of its own, for servers that are meant to fail. */
function ownLog(world: World): { notes: string[]; log: App['log'] } {
  const notes: string[] = [];
  const error: App['log']['error'] = ({ error: cause, ...note }, text) => {
    notes.push(`${text} ${JSON.stringify(note)} ${(cause as Error)?.stack}`);
  };
  return { notes, log: { ...world.app.log, error } };
}

const connectTo = ({ baseUrl }: SecondServer) =>
  connect(Number(new URL(baseUrl).port), '127.0.0.1').on('error', () => {});

async function untilNobodyIsConnected(server: SecondServer): Promise<void> {
  for (let wait = 0; wait < 500 && (await server.connections()) > 0; wait += 1) await sleep(10);
  expect(await server.connections()).toBe(0);
}

describe('a fault of ours [H-27]', () => {
  test('is one fixed sentence with a request id for the client, and one line for the operator', async ({
    open,
  }) => {
    const world = await open({ TRUSTED_PROXIES: '127.0.0.1' });
    await loggedIn(world);
    const { notes, log } = ownLog(world);
    const secret = 'select * from "users" at /srv/latchkey/app.ts:12:3 with password hunter22';
    const claimsOf = () => {
      throw new Error(secret);
    };
    const server = await serve({ ...world.app, log, claimsOf });
    for (const headers of [{}, { Accept: 'text/html' }]) {
      const request = {
        ...LOGIN,
        headers: { ...LOGIN.headers, ...headers, 'X-Request-Id': 'from-the-proxy' },
      };
      const reply = await fetch(`${server.baseUrl}/api/token/`, request);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([500, 'application/json']);
      expect(await reply.json()).toEqual({ ...BROKEN, request_id: 'from-the-proxy' });
    }
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(
      /^a request failed \{"requestId":"from-the-proxy","method":"POST","path":"\/api\/token\/"\}/,
    );
    expect(notes[0]).not.toContain(PASSWORD);
    expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);
    await server.close();
  });

  test('does not say where, nor with what, in path or query', async ({ world }) => {
    const { access } = await loggedIn(world);
    const { notes, log } = ownLog(world);
    const bearer = () => Promise.reject(new Error('broken'));
    const store = { ...world.app.store, sessions: { ...world.app.store.sessions, bearer } };
    const server = await serve({ ...world.app, log, store });
    const url = `${server.baseUrl}/api/dashboard/?access_token=${access}`;
    const reply = await fetch(url, { headers: { Authorization: `Bearer ${access}` } });
    expect([reply.status, await reply.json()]).toEqual([500, BROKEN]);
    expect(notes.join()).not.toContain(access);
    await server.close();
  });

  test('a database that was closed under the server breaks requests, not the process', async ({ world }) => {
    const pair = await loggedIn(world);
    const databaseUrl = new Secret(world.lent.url);
    const database = openDatabase({
      databaseUrl,
      databasePool: 2,
      databaseWaitSeconds: 2,
      sqliteSynchronous: 'normal',
    });
    const { log } = ownLog(world);
    const store = sqlStore(database);
    const server = await serve({ ...world.app, log, store });
    await store.ping();
    await database.close();
    const bodies: [string, object][] = [
      ['register', JSON.parse(ALICE)],
      ['token', JSON.parse(ALICE)],
      ['token/refresh', pair],
      ['token/verify', { token: pair.access }],
      ['token/blacklist', pair],
    ];
    for (const [name, body] of bodies) {
      const reply = await fetch(`${server.baseUrl}/api/${name}/`, { ...LOGIN, body: JSON.stringify(body) });
      expect([500, 503], name).toContain(reply.status);
      expect([BROKEN, AWAY], name).toContainEqual(await reply.json());
    }
    expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.baseUrl}/readyz`)).status).toBe(503);
    await server.close();
  });

  test('a database that does not answer is a 503 with Retry-After [ASVS 16.5.2]', async ({ world }) => {
    const { access } = await loggedIn(world);
    // Nothing listens on port 1.
    const databaseUrl = new Secret('postgres://nobody:secret-of-the-database@127.0.0.1:1/none');
    const database = openDatabase({
      databaseUrl,
      databasePool: 2,
      databaseWaitSeconds: 2,
      sqliteSynchronous: 'normal',
    });
    const { notes, log } = ownLog(world);
    const server = await serve({ ...world.app, log, store: sqlStore(database) });
    const headers = { Authorization: `Bearer ${access}` };
    for (const reply of [
      await fetch(`${server.baseUrl}/api/token/`, LOGIN),
      await fetch(`${server.baseUrl}/api/dashboard/`, { headers }),
    ]) {
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await reply.json()).toEqual(AWAY);
    }
    expect(notes.map((note) => note.slice(0, 28))).toEqual(Array(2).fill('the database does not answer'));
    expect(notes.join()).not.toContain('secret-of-the-database');
    await server.close();
    await database.close();
  });
});

describe('a client that goes away [H-26]', () => {
  const request = (path: string, body: string) =>
    rawRequest(`POST ${path}`, ['Content-Type: application/json'], body);

  test('in the middle of its request, a hundred times, leaves nothing behind and no line in the log', async ({
    world,
  }) => {
    const { notes, log } = ownLog(world);
    const server = await serve({ ...world.app, log });
    await expectNothingHappened(world, async () => {
      const bytes = request('/api/register/', ALICE);
      const cuts = [5, 40, bytes.length - ALICE.length - 2, bytes.length - ALICE.length, bytes.length - 1];
      for (let round = 0; round < 100; round += 1) {
        const socket = connectTo(server);
        const cut = bytes.slice(0, cuts[round % cuts.length]);
        socket.write(cut, () => (round % 2 === 0 ? socket.destroy() : socket.resetAndDestroy()));
      }
      // The last of them may not have arrived yet.
      await sleep(50);
      await untilNobodyIsConnected(server);
    });
    expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);
    expect(notes).toEqual([]);
    await server.close();
  });

  test('before its answer, a hundred times, leaves no socket; each login happened whole or not at all', async ({
    world,
  }) => {
    await loggedIn(world);
    const { notes, log } = ownLog(world);
    const server = await serve({ ...world.app, log });
    await Promise.all(
      Array.from({ length: 100 }, async (_, round) => {
        const socket = connectTo(server);
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.write(request('/api/token/', ALICE));
        await sleep(round % 10);
        socket.destroy();
        await closed;
      }),
    );
    await untilNobodyIsConnected(server);
    await server.close();
    const logins = (await world.app.store.audit.list(500)).flatMap(({ event }) =>
      event.event === 'logged_in' ? [event] : [],
    );
    for (const { sessionId } of logins)
      expect(await world.app.store.sessions.byId(sessionId)).toMatchObject({ userId: 1 });
    expect(notes).toEqual([]);
  });

  test('before the answer to a refresh can come back for it within the grace', async ({ world }) => {
    const { refresh } = await loggedIn(world);
    const server = await serve(world.app);
    for (let round = 0; round < 10; round += 1) {
      const socket = connectTo(server);
      socket.write(request('/api/token/refresh/', JSON.stringify({ refresh })), () =>
        setTimeout(() => socket.destroy(), round),
      );
    }
    await sleep(20);
    await untilNobodyIsConnected(server);
    await server.close();
    const { status, json } = await world.post('/api/token/refresh/', { refresh });
    expect(status).toBe(200);
    const session = await world.app.store.sessions.byId(claimsIn(refresh).sid);
    expect(session?.current.jti).toBe(claimsIn(json.refresh).jti);
  });
});
