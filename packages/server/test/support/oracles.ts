import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { test as base, expect } from 'vitest';
import { openWorld, type Reply, type World } from './world.ts';

/** Text that only a stack trace (no instant), a statement, a path of ours or a stored hash can have put into an answer. */
const INTERNALS =
  /\bat .+(?<![T ]\d\d):\d+:\d+|node_modules|node:internal|packages\/server|\.ts\b|kysely|SQLITE_|\b(insert into|update|delete from|select) \\?"|argon2\$/i;

/** Files of the docs page, which are not ours. */
const ASSET = /^(application\/javascript|text\/css|image\/png)/;

/** The bookkeeping of the migrations, and what is noted of a refusal: no deed, and written later. */
const NO_DEEDS = /^kysely_|^refusals$/;

/** Short words would be found by chance. */
const SHORTEST_SECRET = 8;

/**
 * What holds for every answer, whatever was asked: no 5xx (503 only in our own words), nothing of the inside, and
 * a body that is what its Content-Type says (oracles O1, O3 and O4 of the attack catalogue).
 */
export function expectSound({ status, headers, text }: Pick<Reply, 'status' | 'headers' | 'text'>): void {
  const type = headers.get('content-type') ?? '';
  if (!ASSET.test(type)) expect(text).not.toMatch(INTERNALS);
  if (status >= 500) expect([status, text]).toEqual([503, expect.stringMatching(/Try again|not ready/)]);
  if (text === '') return;
  if (type.startsWith('application/json')) expect(() => JSON.parse(text)).not.toThrow();
  else if (type === 'application/x-ndjson')
    for (const line of text.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  else if (type.startsWith('text/html'))
    expect(text.trimStart().toLowerCase()).toMatch(/^<!(doctype html|--)/);
  else expect(type).toMatch(ASSET);
}

/** All databases of a run have the same tables. */
let known: Promise<readonly string[]> | undefined;

async function tablesOf({ lent }: Pick<World, 'lent'>): Promise<readonly string[]> {
  const tables = await lent.database.db.introspection.getTables();
  return tables.map(({ name }) => name).filter((name) => !NO_DEEDS.test(name));
}

/** A digest of every row of every table: equal before and after when nothing happened (oracle O7). */
export async function digest(world: Pick<World, 'lent'>): Promise<string> {
  const hash = createHash('sha256');
  known ??= tablesOf(world);
  for (const table of await known) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(world.lent.database.db);
    const lines = rows.map((row) => JSON.stringify(Object.entries(row as object).sort()));
    hash.update(`${table}\n${lines.sort().join('\n')}\n`);
  }
  return hash.digest('hex');
}

/** Runs the work and expects that it left every table as it was. */
export async function expectNothingHappened<T>(world: World, work: () => Promise<T>): Promise<T> {
  const before = await digest(world);
  const result = await work();
  expect(await digest(world), 'the tables changed').toBe(before);
  return result;
}

/** Members of bodies, and of answers, that hold a secret. */
const SECRET_NAMES = ['password', 'password2', 'refresh', 'access', 'token'];

function membersOf(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  if (typeof body !== 'string') return {};
  try {
    return membersOf(JSON.parse(body) ?? {});
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}

function secretsIn(body: unknown): string[] {
  const members = membersOf(body);
  const values = SECRET_NAMES.map((name) => (Object.hasOwn(members, name) ? members[name] : undefined));
  return values.filter((value) => typeof value === 'string' && value.length >= SHORTEST_SECRET) as string[];
}

/** Expects that no note of the log holds one of the secrets, or a stored hash (oracle O5). */
export async function expectSecretsKept(world: World, secrets: Iterable<string>): Promise<void> {
  const { rows } = await sql<{ password: string }>`select password from users`.execute(
    world.lent.database.db,
  );
  const hashes = rows.map((row) => row.password).filter((hash) => hash.length >= SHORTEST_SECRET);
  const log = world.notes.join('\n');
  for (const secret of [...secrets, ...hashes])
    expect(log.includes(secret), 'a secret was logged').toBe(false);
}

/** Faults of ours in the log. (A client that goes away in the middle of its body is not one.) */
function failuresIn(notes: readonly string[]): string[] {
  return notes.filter((note) => note.startsWith('a request failed') && !note.includes('Error: aborted'));
}

/** Milliseconds, and those of the best of some tries: a busy machine is slow now and then. */
const AT_ONCE = 100;

/** Expects that the server still answers, and at once (oracle O2). */
async function expectAnswersAtOnce(world: World): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && best > AT_ONCE; round += 1) {
    const started = performance.now();
    expect((await world.get('/healthz')).status).toBe(200);
    best = Math.min(best, performance.now() - started);
  }
  expect(best, 'milliseconds until /healthz answered').toBeLessThanOrEqual(AT_ONCE);
}

/** The longest that an exchange of any test may hold the event loop up, in milliseconds. */
const LONGEST_HOLD = 1_000;

/**
 * Milliseconds that this thread has worked so far. Linux tells those it had a core for, so that what a busy machine or a slow disk
 * holds up does not count; elsewhere the clock has to do.
 */
function timeWorked(): number {
  const path = '/proc/thread-self/schedstat';
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}

/** Looks every so many milliseconds how long this thread worked without letting go; `stop` answers the longest. */
function watchHolds(every: number): { stop(): number } {
  let last = timeWorked();
  let longest = 0;
  const look = () => {
    const now = timeWorked();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, every).unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}

/**
 * For how many milliseconds the work held the event loop up at the longest, in the best of five tries or the first that needs
 * no more than is enough (oracle O6).
 */
export async function longestHold(work: () => Promise<unknown>, enough = 50): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && best > enough; round += 1) {
    const watch = watchHolds(1);
    await work();
    best = Math.min(best, watch.stop());
  }
  return best;
}

/** A world that watches what passes: every answer is held to the oracles, every secret that was used is kept. */
function watched(world: World): { readonly world: World; settle(): Promise<void> } {
  const secrets = new Set<string>();
  const holds = watchHolds(20);
  const ask: World['ask'] = async (method, path, about = {}) => {
    const reply = await world.ask(method, path, about);
    expectSound(reply);
    const given = about.token === undefined ? [] : [about.token];
    for (const secret of [...given, ...secretsIn(about.body), ...secretsIn(reply.json)]) secrets.add(secret);
    return reply;
  };
  const watching: World = {
    ...world,
    ask,
    get: (path, about) => ask('GET', path, about),
    post: (path, body, about) => ask('POST', path, { ...about, body }),
  };
  const settle = async () => {
    expect(holds.stop(), 'milliseconds that the event loop was held up').toBeLessThan(LONGEST_HOLD);
    await expectAnswersAtOnce(world);
    expect(failuresIn(world.notes)).toEqual([]);
    expect(Object.keys(Object.prototype), 'Object.prototype was polluted').toEqual([]);
    await expectSecretsKept(world, secrets);
  };
  return { world: watching, settle };
}

/**
 * `test` with the `world` and `open` of `world.ts`, and with the global oracles of the attack catalogue on every
 * exchange: at the end the server still answers, nothing was thrown, nothing held the event loop up for a second, and the log
 * holds none of the secrets used.
 */
export const test = base.extend<{ world: World; open: typeof openWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  world: async ({}, use) => {
    const { world, settle } = watched(await openWorld());
    try {
      await use(world);
      await settle();
    } finally {
      await world.close();
    }
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  open: async ({}, use) => {
    const watches: ReturnType<typeof watched>[] = [];
    try {
      await use(async (...options) => {
        const watch = watched(await openWorld(...options));
        watches.push(watch);
        return watch.world;
      });
      for (const { settle } of watches) await settle();
    } finally {
      for (const { world } of watches) await world.close();
    }
  },
});
