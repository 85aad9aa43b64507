import { randomInt } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { type Database, sqlitePath } from '../src/adapters/sql/open.ts';
import { type Answered, keepAliveClient } from './support/client.ts';
import { DATABASE } from './support/database.ts';
import { deedsWithoutEvent, faultOfFile, halvesOfAccounts } from './support/invariants.ts';
import { type ServerProcess, startCheapServer } from './support/process.ts';
import { jtiOf, statusesOf, together, tokenRequests } from './support/race.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

/** How often a server is killed. */
const ROUNDS = rounds(1, 50);
const CLIENTS = 4;
const PASSWORD = 'Sup3rSecret!x';
const SETTINGS = { SQLITE_SYNCHRONOUS: 'full', REFRESH_GRACE_SECONDS: '300' };

const client = keepAliveClient();
const { refresh, login } = tokenRequests(client);
const opened: SharedDatabase[] = [];
const started: ServerProcess[] = [];

afterAll(async () => {
  client.close();
  await Promise.all(started.map((server) => server.kill9()));
  for (const shared of opened) await shared.remove();
});

async function start(shared: SharedDatabase): Promise<ServerProcess> {
  const server = await startCheapServer({ databaseUrl: shared.url, settings: SETTINGS });
  started.push(server);
  return server;
}

/** What the clients of one life of a server were told. */
interface Ledger {
  readonly asked: Set<string>;
  readonly registered: Set<string>;
  /** the refresh tokens of each session, oldest first */
  readonly families: string[][];
  acknowledged: number;
  isKilled: boolean;
}

const register = (server: ServerProcess, username: string) =>
  client.post(server, '/api/register/', { username, password: PASSWORD });

/** A server that says it is busy has done nothing, and is asked again: with real hashes on a loaded machine it may be. */
async function unlessBusy(ask: () => Promise<Answered>): Promise<Answered> {
  for (;;) {
    const reply = await ask();
    if (reply.status !== 503) return reply;
  }
}

/** One client: registers, logs in, refreshes some times, and again, until the connection breaks. */
async function live(server: ServerProcess, name: string, ledger: Ledger, told: () => void): Promise<void> {
  for (let i = 0; ; i++) {
    const username = `${name}-${i}`;
    ledger.asked.add(username);
    expect(await unlessBusy(() => register(server, username))).toMatchObject({ status: 201 });
    ledger.registered.add(username);
    told();
    const first = await unlessBusy(() => login(server, username, PASSWORD));
    expect(first).toMatchObject({ status: 200 });
    const family: string[] = [first.json.refresh];
    ledger.families.push(family);
    told();
    for (let left = randomInt(5, 40); left > 0; left--) {
      const next = await refresh(server, family.at(-1) ?? '');
      expect(next).toMatchObject({ status: 200 });
      family.push(next.json.refresh);
      told();
    }
  }
}

const isBroken = (error: unknown) =>
  error instanceof Error && 'code' in error && /^E(CONN|PIPE)/.test(String(error.code));

/** How far SQLite has come: the length of its log, and the head of the index to it, which each commit changes. */
function progressOf(file: string): string {
  const index = openSync(`${file}-shm`, 'r');
  const head = Buffer.alloc(48);
  readSync(index, head, 0, head.length, 0);
  closeSync(index);
  return `${statSync(`${file}-wal`).size} ${head.toString('hex')}`;
}

/**
 * A moment that is not always the same one, just after an answer: some turns later, or right when SQLite writes, for
 * which this waits without letting go: no answer is read in the meantime.
 */
async function anyMoment(databaseUrl: string): Promise<void> {
  for (let turns = randomInt(40); turns > 0; turns--) await setImmediate();
  const file = sqlitePath(databaseUrl);
  if (file === undefined || randomInt(3) === 0) return;
  const [before, started] = [progressOf(file), Date.now()];
  while (progressOf(file) === before && Date.now() - started < 200);
}

/** Lets the clients loose, and kills the server while it answers them, after so many answers. */
async function killUnderWay(
  { server, url }: { readonly server: ServerProcess; readonly url: string },
  round: number,
  answers: number,
): Promise<Ledger> {
  const ledger: Ledger = {
    asked: new Set(),
    registered: new Set(),
    families: [],
    acknowledged: 0,
    isKilled: false,
  };
  let enough = () => {};
  const isTime = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const told = () => {
    ledger.acknowledged += 1;
    if (ledger.acknowledged >= answers) enough();
  };
  const lives = Array.from({ length: CLIENTS }, (_, i) =>
    live(server, `r${round}-c${i}`, ledger, told).catch((error: unknown) => {
      if (!ledger.isKilled || !isBroken(error)) throw error;
    }),
  );
  await Promise.race([isTime, Promise.all(lives)]);
  await anyMoment(url);
  ledger.isKilled = true;
  await server.kill9();
  await Promise.all(lives);
  return ledger;
}

interface Findings {
  registrations: number;
  logins: number;
  refreshes: number;
  /** what was done, though nobody was told before the kill */
  untold: number;
  readonly lost: string[];
}

const noFindings = (): Findings => ({ registrations: 0, logins: 0, refreshes: 0, untold: 0, lost: [] });

/** Who was told that he is registered is; who was not is as if he had never asked, or is registered altogether. */
async function lookForAccounts(server: ServerProcess, ledger: Ledger, findings: Findings): Promise<void> {
  for (const username of ledger.asked) {
    const isTold = ledger.registered.has(username);
    if (!isTold) {
      const again = await register(server, username);
      if (again.status === 400) findings.untold += 1;
    }
    const entered = await login(server, username, PASSWORD);
    if (entered.status !== 200) findings.lost.push(`account ${username}: ${entered.text}`);
  }
  findings.registrations += ledger.registered.size;
}

/** Two clients try the newest token again: both get one next token, which is the only one of its family that is good. */
async function lookForTokens(server: ServerProcess, ledger: Ledger, database: Database, findings: Findings) {
  for (const family of ledger.families) {
    const newest = family.at(-1) ?? '';
    const sessions = database.db.selectFrom('sessions').where('current_jti', '=', jtiOf(newest));
    if ((await sessions.select('id').execute()).length === 0) findings.untold += 1;
    const replies = await together([server, server], 2, (one) => refresh(one, newest));
    const next = new Set(replies.map(({ json }) => json.refresh));
    if (next.size !== 1 || replies.some(({ status }) => status !== 200))
      findings.lost.push(`token: ${statusesOf(replies)}, next tokens: ${next.size}`);
    family.push(replies[0]?.json.refresh);
    const verdicts = await Promise.all(
      family.slice(-rounds(6, 20)).map((token) => client.post(server, '/api/token/verify/', { token })),
    );
    const good = verdicts.filter(({ status }) => status === 200).length;
    if (good !== 1) findings.lost.push(`a family has ${good} good tokens`);
  }
  // of each family the first token came from the login and the last from here
  findings.logins += ledger.families.length;
  findings.refreshes += ledger.families.reduce((sum, family) => sum + family.length - 2, 0);
}

/** What must be true of the database whatever was under way at the kill. */
async function lookAtDatabase(database: Database, findings: Findings): Promise<void> {
  const state = {
    halves: await halvesOfAccounts(database),
    deeds: await deedsWithoutEvent(database),
    file: await faultOfFile(database),
  };
  const text = JSON.stringify(state);
  if (text !== '{"halves":0,"deeds":0,"file":"ok"}') findings.lost.push(text);
}

test(
  'whatever a server said it did before kill -9 is done after the restart, and nothing is done by halves',
  PATIENTLY,
  async () => {
    const shared = await migratedSharedDatabase();
    opened.push(shared);
    const findings = noFindings();
    const families: string[][] = [];
    let server = await start(shared);
    for (let round = 0; round < ROUNDS; round++) {
      const ledger = await killUnderWay({ server, url: shared.url }, round, randomInt(40, 200));
      server = await start(shared);
      const database = shared.open();
      await lookAtDatabase(database, findings);
      await Promise.all([
        lookForTokens(server, ledger, database, findings),
        lookForAccounts(server, ledger, findings),
      ]);
      // closed, so that the next kill leaves the file to nobody
      await database.close();
      families.push(...ledger.families);
    }
    for (const family of families)
      expect(await refresh(server, family.at(-1) ?? '')).toMatchObject({ status: 200 });
    tell(`${ROUNDS} kills on ${DATABASE}: ${JSON.stringify(findings)}`);
    expect(findings.lost).toEqual([]);
    expect(findings.refreshes).toBeGreaterThan(0);
  },
);

test('a server whose neighbour on the same database is killed goes on answering', PATIENTLY, async () => {
  const shared = await migratedSharedDatabase();
  opened.push(shared);
  const [victim, survivor] = [await start(shared), await start(shared)];
  await register(survivor, 'survivor');
  let token: string = (await login(survivor, 'survivor', PASSWORD)).json.refresh;
  let isOver = false;
  const killing = killUnderWay({ server: victim, url: shared.url }, 0, 200).finally(() => {
    isOver = true;
  });
  for (let left = 50; left > 0; left -= isOver ? 1 : 0) {
    const next = await refresh(survivor, token);
    expect(next).toMatchObject({ status: 200 });
    token = next.json.refresh;
  }
  const findings = noFindings();
  const database = shared.open();
  await lookForTokens(survivor, await killing, database, findings);
  await lookAtDatabase(database, findings);
  expect(findings.lost).toEqual([]);
});
