import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { test as base } from 'vitest';
import { assemble } from '../../src/assemble.ts';
import { readConfig } from '../../src/config.ts';
import type { App, Log } from '../../src/domain/app.ts';
import { createServer } from '../../src/http/server.ts';
import { VERSION } from '../../src/version.ts';
import { type LentDatabase, lendDatabase } from './database.ts';

export const SECRET_KEY = 'a key of the tests, long enough: 0123456789abcdef';

/** Cheap enough for hundreds of tests; the same code as in production. */
export const CHEAP_HASH = { memoryCost: 64, timeCost: 1, parallelism: 1 };

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** the body, parsed; undefined when it is no JSON */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

export interface Ask {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with real routes, real SQL and real hashing. Only the clock and the dice are ours. */
export interface World {
  readonly app: App;
  readonly lent: LentDatabase;
  readonly baseUrl: string;
  /** what the server logged */
  readonly notes: string[];
  /** moves the server's clock, by seconds */
  pass(seconds: number): void;
  get(path: string, ask?: Ask): Promise<Reply>;
  post(path: string, body?: unknown, ask?: Ask): Promise<Reply>;
  ask(method: string, path: string, ask?: Ask): Promise<Reply>;
  close(): Promise<void>;
}

function listeningLog(notes: string[]): Log {
  const write = (note: object, text: string) => {
    const { error, ...rest } = note as { error?: unknown };
    notes.push(`${text} ${JSON.stringify(rest)} ${error instanceof Error ? error.stack : ''}`);
  };
  return { info: write, warn: write, error: write, request: (note) => write(note, 'request') };
}

/** The dice: a counter through SHA-512, so that a run can be repeated. */
function countedDice(): App['random'] {
  let count = 0;
  return {
    bytes(wanted) {
      const blocks: Buffer[] = [];
      for (let have = 0; have < wanted; have += 64) {
        count += 1;
        blocks.push(createHash('sha512').update(String(count)).digest());
      }
      return Buffer.concat(blocks).subarray(0, wanted);
    },
  };
}

/** The answer to a request, read to its end. */
export async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** What `fetch` is told. Redirects are not followed. */
export function requestOf(method: string, { body, token, headers }: Ask): RequestInit {
  const all: Record<string, string> = { ...headers };
  if (token !== undefined) all.Authorization = `Bearer ${token}`;
  if (body !== undefined && typeof body !== 'string') all['Content-Type'] ??= 'application/json';
  const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  return { method, headers: all, redirect: 'manual', ...payload };
}

/** Starts a server as it runs in production (passwords enforced, hosts checked), with other settings or a database of one's own. */
export async function openWorld(
  settings: Readonly<Record<string, string>> = {},
  profile: 'serve' | 'dev' = 'serve',
  own?: LentDatabase,
): Promise<World> {
  const lent = own ?? (await lendDatabase());
  const notes: string[] = [];
  let now = Date.UTC(2026, 0, 5, 9);
  const base = {
    SECRET_KEY,
    PUBLIC_URL: 'http://127.0.0.1',
    DATABASE_URL: lent.url,
    HASH_CONCURRENCY: '2',
    PORT: '0',
    LIMITS: 'off',
  };
  const config = readConfig(profile, { ...base, ...settings });
  const parts = {
    clock: { now: () => now, elapsed: () => performance.now() },
    random: countedDice(),
    log: listeningLog(notes),
    hashCost: CHEAP_HASH,
  };
  const app = assemble(config, lent.database, parts);
  const { fastify: server, underWay } = await createServer(app, { reason: undefined }, VERSION);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const ask = async (method: string, path: string, about: Ask = {}) =>
    replyOf(await fetch(baseUrl + path, requestOf(method, about)));
  return {
    app,
    lent,
    baseUrl,
    notes,
    ask,
    pass: (seconds) => {
      now += seconds * 1000;
    },
    get: (path, about) => ask('GET', path, about),
    post: (path, body, about) => ask('POST', path, { ...about, body }),
    async close() {
      server.server.closeAllConnections();
      await server.close();
      await underWay.settled();
      await lent.release();
    },
  };
}

/** `test` with a world: `({ world })` for the usual one, `({ open })` for one with settings of its own. */
export const test = base.extend<{ world: World; open: typeof openWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  world: async ({}, use) => {
    const world = await openWorld();
    await use(world);
    await world.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  open: async ({}, use) => {
    const opened: World[] = [];
    await use(async (...options) => {
      const world = await openWorld(...options);
      opened.push(world);
      return world;
    });
    for (const world of opened) await world.close();
  },
});

/** Registers somebody and logs him in. */
export async function loggedIn(
  world: World,
  username = 'alice',
  password = 'Sup3rSecret!x',
): Promise<{ access: string; refresh: string }> {
  const registered = await world.post('/api/register/', { username, password });
  if (registered.status !== 201) throw new Error(`${username} could not register: ${registered.text}`);
  const reply = await world.post('/api/token/', { username, password });
  if (reply.status !== 200) throw new Error(`${username} could not log in: ${reply.text}`);
  return reply.json;
}
