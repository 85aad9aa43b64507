import { randomInt } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/domain/app.ts';
import { type Line, openLine, type Told } from './line.ts';
import { addAccount, openSession } from './race.ts';
import { rawRequest } from './raw.ts';

/** What became of the requests of a load. */
export interface Account {
  answered: number;
  /** told to come again in a moment, as a machine that is busy with other things makes a server do */
  busy: number;
  /** sent over a line that the server had not announced to end, and not answered; or answered with an error */
  readonly failed: string[];
  /** first requests of new lines that a stopping server took and dropped */
  turnedAway: number;
  /** new lines that nobody took */
  refused: number;
}

/** Clients with connections that are kept open. */
export interface Load {
  readonly account: Account;
  /** Resolves when each client has been answered once: from then on the server knows all their connections. */
  readonly underWay: Promise<unknown>;
  /** From now on a server may refuse new connections; clients that are refused leave. */
  expectStop(): void;
  /** Ends it; resolves when every client has gone. */
  end(): Promise<Account>;
}

const PASSWORD = 'Sup3rSecret!x';

const post = (path: string, value: object) =>
  rawRequest(`POST ${path}`, ['Content-Type: application/json'], JSON.stringify(value));

/** One person with a session. */
interface Person {
  readonly name: string;
  access: string;
  refresh: string;
}

/** A request of one kind or another: quick ones, slow hashing, and now and then a slow sender. */
function someRequest({ name, access, refresh }: Person): { pieces: string[]; pause: number; path: string } {
  const kind = randomInt(100);
  const bearer = `Authorization: Bearer ${access}`;
  if (kind < 45)
    return { path: 'dashboard', pieces: [rawRequest('GET /api/dashboard/', [bearer])], pause: 0 };
  if (kind < 85) return { path: 'refresh', pieces: [post('/api/token/refresh/', { refresh })], pause: 0 };
  if (kind < 93)
    return { path: 'login', pieces: [post('/api/token/', { username: name, password: PASSWORD })], pause: 0 };
  const text = post('/api/token/refresh/', { refresh });
  const cut = randomInt(1, text.length);
  return { path: 'slow', pieces: [text.slice(0, cut), text.slice(cut)], pause: randomInt(100, 1_500) };
}

function note({ account }: { account: Account }, person: Person, path: string, told: Told): void {
  if (told.status === 503 && told.body.includes('The server is busy')) {
    account.busy += 1;
    return;
  }
  account.answered += 1;
  if (told.status !== 200) account.failed.push(`${path}: ${told.status} ${told.body}`);
  else if (path === 'refresh' || path === 'slow') Object.assign(person, JSON.parse(told.body));
}

interface State {
  readonly account: Account;
  readonly server: { readonly url: string };
  isStopExpected: boolean;
  isOver: boolean;
}

/** One client: asks, waits a little, asks again; over the same line as long as the server keeps it. */
async function live(state: State, person: Person, pause: number, onAnswer: () => void): Promise<void> {
  let line: Line | undefined;
  let asked = 0;
  while (!state.isOver) {
    await sleep(randomInt(2 * pause));
    // Who has slept, perhaps for longer on a busy machine, looks at his line before he sends anything.
    await setImmediate();
    const isNew = line === undefined || !line.isOpen();
    const mayBeDropped = isNew && state.isStopExpected;
    if (isNew) {
      asked = 0;
      line = await openLine(state.server).catch(() => undefined);
    }
    if (line === undefined) {
      if (state.isStopExpected) state.account.refused += 1;
      else state.account.failed.push('a new connection was refused');
      return;
    }
    const { path, pieces, pause: between } = someRequest(person);
    // It may have ended by now, between two requests.
    if (!line.isOpen()) continue;
    asked += 1;
    const told = await line.ask(pieces, between);
    onAnswer();
    if (told !== undefined) note(state, person, path, told);
    else if (mayBeDropped) state.account.turnedAway += 1;
    else state.account.failed.push(`${path}: no answer to request ${asked} of a connection`);
  }
  line?.drop();
}

/** Lets `clients` people loose on a server, who together ask so many times a second. */
export async function startLoad(
  app: App,
  server: { readonly url: string },
  { clients, perSecond, name }: { clients: number; perSecond: number; name: string },
): Promise<Load> {
  const account: Account = { answered: 0, busy: 0, failed: [], turnedAway: 0, refused: 0 };
  const state: State = { account, server, isStopExpected: false, isOver: false };
  const people: Person[] = [];
  for (let i = 0; i < clients; i += 1) {
    const added = await addAccount(app, `${name}-${i}`, PASSWORD);
    people.push({ name: added.username, ...(await openSession(app, added)) });
  }
  const pause = Math.round((1000 * clients) / perSecond);
  const lives: Promise<void>[] = [];
  const firstAnswers = people.map(
    (person) =>
      new Promise<void>((resolve) => lives.push(live(state, person, pause, resolve).finally(resolve))),
  );
  return {
    account,
    underWay: Promise.all(firstAnswers),
    expectStop() {
      state.isStopExpected = true;
    },
    async end() {
      state.isOver = true;
      await Promise.all(lives);
      return account;
    },
  };
}
