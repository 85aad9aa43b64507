import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import type { Account } from '../../src/domain/store.ts';
import { type Answered, keepAliveClient } from './client.ts';
import { addAccount, liveTokensOf, openSession, tokenRequests } from './race.ts';

/** Somebody who refreshes over and over, and keeps his token when he is not told another one. */
export interface Family {
  readonly account: Account;
  token: string;
}

export async function openFamilies(app: App, count: number, name: string): Promise<Family[]> {
  const families: Family[] = [];
  for (let i = 0; i < count; i++) {
    const account = await addAccount(app, `${name}-${i}`);
    families.push({ account, token: (await openSession(app, account)).refresh });
  }
  return families;
}

/** What families were told while something was done to the server or its database. */
export interface Told {
  /** by status; `broken` are connections without an answer */
  readonly counts: Record<string, number>;
  /** milliseconds that the slowest answer took */
  slowest: number;
}

/** Families that refresh until `end` is called. */
export function startRefreshing(server: { readonly url: string }, families: readonly Family[], pause = 5) {
  const client = keepAliveClient(families.length);
  const { refresh } = tokenRequests(client);
  const told: Told = { counts: {}, slowest: 0 };
  let isOver = false;
  async function live(family: Family): Promise<void> {
    while (!isOver) {
      const started = performance.now();
      const reply = await refresh(server, family.token).catch(() => undefined);
      told.slowest = Math.max(told.slowest, performance.now() - started);
      const status = reply?.status ?? 'broken';
      told.counts[status] = (told.counts[status] ?? 0) + 1;
      if (reply?.status === 200) family.token = reply.json.refresh;
      await sleep(pause);
    }
  }
  const lives = families.map(live);
  return {
    told,
    async end(): Promise<Told> {
      isOver = true;
      await Promise.all(lives);
      client.close();
      return told;
    },
  };
}

/** Milliseconds until a refresh of the family works; it has so many. */
export async function timeToHeal(
  server: { readonly url: string },
  family: Family,
  patience: number,
): Promise<number> {
  const client = keepAliveClient();
  const started = performance.now();
  try {
    for (;;) {
      const reply = await tokenRequests(client)
        .refresh(server, family.token)
        .catch(() => undefined);
      if (reply?.status === 200) {
        family.token = reply.json.refresh;
        return Math.round(performance.now() - started);
      }
      if (performance.now() - started > patience)
        throw new Error(`not healed after ${patience} ms: ${reply?.status} ${reply?.text}`);
      await sleep(10);
    }
  } finally {
    client.close();
  }
}

/** Asks again while the server says to come again, for ten seconds: it may have a connection to the database yet that is dead. */
async function answeredAtLast(ask: () => Promise<Answered>): Promise<Answered> {
  const began = performance.now();
  for (;;) {
    const reply = await ask();
    if (reply.status !== 503 || performance.now() - began > 10_000) return reply;
    await sleep(100);
  }
}

/** Families whose newest token is not good any more, or that have not one live token. */
export async function lostFamilies(
  server: { readonly url: string },
  database: Database,
  families: readonly Family[],
): Promise<string[]> {
  const client = keepAliveClient();
  const { refresh } = tokenRequests(client);
  const lost: string[] = [];
  for (const family of families) {
    const reply = await answeredAtLast(() => refresh(server, family.token));
    const live = (await liveTokensOf(database, family.account)).length;
    if (reply.status === 200) family.token = reply.json.refresh;
    if (reply.status !== 200 || live !== 1)
      lost.push(`${family.account.username}: ${reply.status}, live: ${live}`);
  }
  client.close();
  return lost;
}
