import type { Database } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import { COMMAND_LINE } from '../../src/domain/audit/event.ts';
import { makeArgon2 } from '../../src/domain/passwords/formats/argon2.ts';
import type { Account, NewAccount } from '../../src/domain/store.ts';
import { randomHex } from '../../src/domain/system.ts';
import { newStamp, signPair, type TokenPair } from '../../src/domain/tokens/issue.ts';
import type { Client } from './client.ts';
import { type ProcessOptions, type ServerProcess, startCheapServer } from './process.ts';
import { CHEAP_HASH } from './world.ts';

/** As many hashes at a time as requests: a queue would turn some away on a machine that is slow just now. */
const NOBODY_WAITS = { HASH_CONCURRENCY: '40' };

/** Two servers on one database, which hash cheaply. */
export type Pair = readonly [ServerProcess, ServerProcess];

export function startPair({ settings, ...options }: ProcessOptions): Promise<Pair> {
  const start = () => startCheapServer({ ...options, settings: { ...NOBODY_WAITS, ...settings } });
  return Promise.all([start(), start()]);
}

/** Begins the same `count` times at once, at the two servers in turn. */
export function startTogether<T>(
  pair: Pair,
  count: number,
  deed: (server: ServerProcess, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, i) => deed(pair[i % 2 === 0 ? 0 : 1], i));
}

/** Does the same `count` times at once, at the two servers in turn. */
export function together<T>(...what: Parameters<typeof startTogether<T>>): Promise<T[]> {
  return Promise.all(startTogether(...what));
}

/** One after the other, so that each round has the servers for itself; how often each outcome came. */
export async function tally(
  rounds: number,
  round: (index: number) => Promise<string>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < rounds; i++) {
    const outcome = await round(i);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** `3 x 200, 1 x 401`: how many answered what. */
export function statusesOf(replies: readonly { readonly status: number }[]): string {
  const counts = new Map<number, number>();
  for (const { status } of replies) counts.set(status, (counts.get(status) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return sorted.map(([status, count]) => `${count} x ${status}`).join(', ');
}

/** An account with no rights. */
export function newAccount(username: string, email: string, password = ''): NewAccount {
  const rights = { isActive: true, isStaff: false, isSuperuser: false };
  return { username, email, password, ...rights, createdAt: Date.now() };
}

/** An account in the database, without any server. Its password is hashed cheaply. */
export async function addAccount(app: App, username: string, password = 'Sup3rSecret!x'): Promise<Account> {
  // Not by the queue of the application, which says that it is busy when many are added on a busy machine.
  const hash = await makeArgon2(password, app.random.bytes(16), CHEAP_HASH);
  const account = newAccount(username, '', hash);
  await app.store.transaction((store) => store.accounts.add(account));
  const added = await app.store.accounts.byLoginName(username);
  if (added === undefined) throw new Error(`${username} was not added`);
  return added;
}

/** A session as a login opens it, but without the price of a login. */
export async function openSession(app: App, account: Account): Promise<TokenPair & { readonly id: string }> {
  const now = app.clock.now();
  const id = randomHex(app.random, 16);
  const current = newStamp(app, now, now);
  await app.store.sessions.open({ id, userId: account.id, current, createdAt: now, origin: COMMAND_LINE });
  return { id, ...signPair(app, account, id, current, now) };
}

/** What the database has of an account: the jti of each live session's newest token. */
export async function liveTokensOf({ db }: Database, { id }: Account): Promise<string[]> {
  const sessions = db.selectFrom('sessions').where('user_id', '=', id).where('ended_at', 'is', null);
  return (await sessions.select('current_jti').execute()).map((row) => row.current_jti);
}

/** How many events of a kind there are about an account. */
export async function countEvents({ db }: Database, event: string, { id }: Account): Promise<number> {
  const events = db.selectFrom('audit_events').where('user_id', '=', id).where('event', '=', event);
  return (await events.select('id').execute()).length;
}

/** The jti of a token, which is genuine. */
export function jtiOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).jti;
}

/** Requests about tokens. */
export function tokenRequests(client: Client) {
  type Server = Pick<ServerProcess, 'url'>;
  return {
    refresh: (server: Server, token: string) =>
      client.post(server, '/api/token/refresh/', { refresh: token }),
    blacklist: (server: Server, token: string) =>
      client.post(server, '/api/token/blacklist/', { refresh: token }),
    login: (server: Server, username: string, password: string) =>
      client.post(server, '/api/token/', { username, password }),
    dashboard: (server: Server, token: string) => client.get(server, '/api/dashboard/', token),
  };
}
