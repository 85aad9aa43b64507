import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import { setPassword } from '../src/domain/accounts/manage.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import type { Account, Added } from '../src/domain/store.ts';
import { type Answered, keepAliveClient } from './support/client.ts';
import { halvesOfAccounts, untilLockIsAwaited } from './support/invariants.ts';
import type { ServerProcess } from './support/process.ts';
import {
  addAccount,
  liveTokensOf,
  newAccount,
  openSession,
  type Pair,
  startPair,
  startTogether,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { appOn, migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

/** How often a name is wanted by several, a password changes while somebody logs in, and a hash is upgraded meanwhile. */
const [NAMES, CHANGES, UPGRADES, FIRST_LOGINS] = [
  rounds(4, 200),
  rounds(24, 200),
  rounds(16, 200),
  rounds(2, 50),
];
const PASSWORD = 'Sup3rSecret!x';

const client = keepAliveClient();
const { refresh, login, dashboard } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
let pair: Pair;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  pair = await startPair({ databaseUrl: shared.url });
}, PATIENTLY.timeout);

afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

const register = (server: ServerProcess, username: string, email: string) =>
  client.post(server, '/api/register/', { username, email, password: PASSWORD });

/** Which fields the refused are told about. */
function fieldsOf(replies: readonly Answered[]): string {
  const refused = replies.filter(({ status }) => status === 400);
  return [...new Set(refused.map(({ json }) => Object.keys(json).join(' and ')))].join(' or ');
}

test(
  'of people who register one user name at once, at two servers, one gets it and the others read why',
  PATIENTLY,
  async () => {
    const outcomes = await tally(NAMES, async (round) => {
      const spellings = [`Taken${round}`, `taken${round}`, `TAKEN${round}`];
      const replies = await together(pair, 6, (server, i) => register(server, spellings[i % 3] ?? '', ''));
      return `${statusesOf(replies)} about ${fieldsOf(replies)}; halves: ${await halvesOfAccounts(database)}`;
    });
    expect(outcomes).toEqual({ '1 x 201, 5 x 400 about username; halves: 0': NAMES });
  },
);

test(
  'of people who register one e-mail at once, in different letter case, one gets it',
  PATIENTLY,
  async () => {
    const outcomes = await tally(NAMES, async (round) => {
      const spellings = [`Post${round}@Example.com`, `post${round}@example.COM`, `POST${round}@example.com`];
      const replies = await together(pair, 6, (server, i) =>
        register(server, `writer-${round}-${i}`, spellings[i % 3] ?? ''),
      );
      return `${statusesOf(replies)} about ${fieldsOf(replies)}; halves: ${await halvesOfAccounts(database)}`;
    });
    expect(outcomes).toEqual({ '1 x 201, 5 x 400 about email; halves: 0': NAMES });
  },
);

test(
  'of two people who each take the name that is the e-mail of the other, one gets both',
  PATIENTLY,
  async () => {
    const outcomes = await tally(NAMES, async (round) => {
      const [one, other] = [`a${round}@cross.example`, `b${round}@cross.example`];
      let adding: Promise<Added[]> = Promise.resolve([]);
      // somebody who is about to have the first name holds both up, and then does not take it
      const holding = app.store.transaction(async (store) => {
        await store.accounts.add(newAccount(one, ''));
        const crossed = [newAccount(one, other), newAccount(other, one)];
        adding = Promise.all(
          crossed.map((account) => app.store.transaction((inner) => inner.accounts.add(account))),
        );
        adding.catch(() => undefined);
        await untilLockIsAwaited(database, crossed.length);
        throw new Error('changed his mind');
      });
      await expect(holding).rejects.toThrow('changed his mind');
      const added = (await adding).filter((result) => 'id' in result).length;
      return `added: ${added}; halves: ${await halvesOfAccounts(database)}`;
    });
    expect(outcomes).toEqual({ 'added: 1; halves: 0': NAMES });
  },
);

test(
  'no session that was opened with the old password outlives a change of password',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'changing', 'old password 0');
    const outcomes = await tally(CHANGES, async (round) => {
      const logins = startTogether(pair, 4, (server) => login(server, 'changing', `old password ${round}`));
      // in every other round one login came before, and the others race
      if (round % 2 === 1) await Promise.race(logins);
      await setPassword(app, account.id, `old password ${round + 1}`, COMMAND_LINE);
      const replies = await Promise.all(logins);
      const opened = replies.filter(({ status }) => status === 200).map(({ json }) => json);
      const tries = await Promise.all([
        ...opened.map((tokens) => refresh(pair[0], tokens.refresh)),
        ...opened.map((tokens) => dashboard(pair[1], tokens.access)),
      ]);
      const odd = replies.filter(({ status }) => status !== 200 && status !== 401).length;
      const alive = tries.filter(({ status }) => status !== 401).length;
      return `odd answers: ${odd}; tokens alive: ${alive}; sessions: ${(await liveTokensOf(database, account)).length}`;
    });
    expect(outcomes).toEqual({ 'odd answers: 0; tokens alive: 0; sessions: 0': CHANGES });
    expect((await login(pair[0], 'changing', `old password ${CHANGES}`)).status).toBe(200);
  },
);

/** `Sup3rSecret!x` as Django stores it, at a low count. */
const OF_DJANGO = 'pbkdf2_sha256$1000$salt$+dY4TbpBRtL4KvIIiJBtG/e5SdX0C1V0QZdrjtRKC+M=';

const storeAsDjango = ({ db }: Database, { id }: Account) =>
  db.updateTable('users').set({ password: OF_DJANGO }).where('id', '=', id).execute();

/** How long a first login of the account takes at the least, in milliseconds. */
async function quickest(logIn: () => Promise<unknown>): Promise<number> {
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i += 1) {
    const started = performance.now();
    await logIn();
    milliseconds = Math.min(milliseconds, performance.now() - started);
  }
  return milliseconds;
}

test('an upgrade of a hash never brings a password back that was changed meanwhile', PATIENTLY, async () => {
  const account = await addAccount(app, 'upgraded-and-changed');
  const logInOfDjango = async () => {
    await storeAsDjango(database, account);
    return startTogether(pair, 4, (server) => login(server, account.username, PASSWORD));
  };
  const milliseconds = await quickest(async () => Promise.all(await logInOfDjango()));
  const outcomes = await tally(UPGRADES, async (round) => {
    const logins = await logInOfDjango();
    // the change comes at every point of a login in turn, however long this machine takes for one
    await sleep((milliseconds * (round % 16)) / 16);
    await setPassword(app, account.id, `new password ${round}`, COMMAND_LINE);
    const odd = (await Promise.all(logins)).filter(({ status }) => status !== 200 && status !== 401).length;
    const stored = (await app.store.accounts.byId(account.id))?.password;
    const isNew = await app.passwords.check(`new password ${round}`, stored, account.username);
    return `odd answers: ${odd}; the new password fits: ${isNew.ok && isNew.value}`;
  });
  expect(outcomes).toEqual({ 'odd answers: 0; the new password fits: true': UPGRADES });
});

test(
  'who gives himself another user name while a login renews his hash has the right password',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'upgraded-and-renamed');
    const { access } = await openSession(app, account);
    let name = account.username;
    const milliseconds = await quickest(async () => {
      await storeAsDjango(database, account);
      return login(pair[0], name, PASSWORD);
    });
    const outcomes = await tally(UPGRADES, async (round) => {
      await storeAsDjango(database, account);
      const logging = login(pair[0], name, PASSWORD);
      // it comes at every point of the login in turn
      await sleep((milliseconds * (round % 16)) / 16);
      const body = { current_password: PASSWORD, new_username: `upgraded-and-renamed-${round}` };
      const { status } = await client.post(pair[1], '/auth/users/set_username/', body, access);
      if (status === 204) name = body.new_username;
      await logging;
      return `renamed: ${status}`;
    });
    expect(outcomes).toEqual({ 'renamed: 204': UPGRADES });
  },
);

test(
  'of several first logins at once all are let in, and one hash of ours stays [L-26]',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'upgraded-at-once');
    const outcomes = await tally(FIRST_LOGINS, async () => {
      await storeAsDjango(database, account);
      const replies = await together(pair, 8, (server) => login(server, account.username, PASSWORD));
      const stored = (await app.store.accounts.byId(account.id))?.password ?? '';
      const fits = await app.passwords.check(PASSWORD, stored, account.username);
      return `${statusesOf(replies)}; ${stored.slice(0, 16)}; fits: ${fits.ok && fits.value}`;
    });
    expect(outcomes).toEqual({ '8 x 200; argon2$argon2id$; fits: true': FIRST_LOGINS });
  },
);
