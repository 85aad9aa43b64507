import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import { hashOfToken, newLinkToken } from '../../src/domain/email/link.ts';
import type { Account } from '../../src/domain/store.ts';
import { keepAliveClient } from '../support/client.ts';
import { DATABASE } from '../support/database.ts';
import {
  addAccount,
  liveTokensOf,
  openSession,
  type Pair,
  startPair,
  statusesOf,
  tally,
  together,
  tokenRequests,
} from '../support/race.ts';
import { PATIENTLY, rounds, tell } from '../support/rounds.ts';
import {
  appOn,
  migratedSharedDatabase,
  NOT_TOO_OFTEN,
  type SharedDatabase,
} from '../support/shared-database.ts';

const ROUNDS = rounds(2, 200);
const PASSWORD = 'Sup3rSecret!x';

const client = keepAliveClient();
const { refresh, blacklist, login } = tokenRequests(client);
let shared: SharedDatabase;
let database: Database;
let app: App;
let pair: Pair;
let names = 0;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  const settings = { LIMITS: 'on', ...NOT_TOO_OFTEN };
  pair = await startPair({ databaseUrl: shared.url, settings });
}, PATIENTLY.timeout);
afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

const newName = () => `somebody-${++names}`;

async function withEmail(name: string): Promise<Account> {
  const { id } = await addAccount(app, name);
  await app.store.transaction((store) => store.accounts.change(id, { email: `${name}@example.org` }));
  const account = await app.store.accounts.byId(id);
  if (account === undefined) throw new Error('the account is gone');
  return account;
}

async function superuser(name: string): Promise<Account> {
  const account = await addAccount(app, name);
  const all = { isStaff: true, isSuperuser: true };
  await app.store.transaction((store) => store.accounts.change(account.id, all));
  return account;
}

async function oneToken(servers: Pair): Promise<string> {
  const account = await addAccount(app, newName());
  const { refresh: token } = await openSession(app, account);
  const replies = await together(servers, 20, (server) => refresh(server, token));
  const next = new Set(replies.map(({ json }) => json.refresh));
  const live = await liveTokensOf(database, account);
  return `${statusesOf(replies)}, next tokens: ${next.size}, live: ${live.length}`;
}

async function logout(servers: Pair): Promise<string> {
  const account = await addAccount(app, newName());
  const { refresh: token } = await openSession(app, account);
  const [ended] = await Promise.all([
    blacklist(servers[1], token),
    ...[0, 1, 2, 3].map((i) => refresh(servers[i % 2 === 0 ? 0 : 1], token)),
  ]);
  return `logout: ${ended.status}, live: ${(await liveTokensOf(database, account)).length}`;
}

async function wrongPasswords(servers: Pair): Promise<string> {
  const name = newName();
  return statusesOf(await together(servers, 15, (server) => login(server, name, 'a wrong one')));
}

async function oneName(servers: Pair): Promise<string> {
  const body = { username: newName(), password: PASSWORD };
  return statusesOf(await together(servers, 5, (server) => client.post(server, '/api/register/', body)));
}

async function oneLink(servers: Pair): Promise<string> {
  const { id: userId, email } = await withEmail(newName());
  const token = newLinkToken(app.random);
  const expiresAt = app.clock.now() + 60_000;
  await app.store.links.issue({
    userId,
    purpose: 'verify_email',
    email,
    tokenHash: hashOfToken(token),
    expiresAt,
  });
  const confirm = (server: { readonly url: string }) =>
    client.post(server, '/api/email/verify/confirm/', { token });
  return statusesOf(await together(servers, 5, confirm));
}

/** Who was not let go, and so is one of the two of the next round. */
let survivor: Account | undefined;

/** Both delete their own accounts; nobody else is one. */
async function lastSuperusers(servers: Pair): Promise<string> {
  const two = [survivor ?? (await superuser(newName())), await superuser(newName())] as const;
  const tokens = await Promise.all(two.map(async (account) => (await openSession(app, account)).access));
  const replies = await together(servers, 2, (server, i) => deleteMe(server.url, tokens[i] ?? ''));
  const left = await Promise.all(two.map(({ id }) => app.store.accounts.byId(id)));
  const survivors = left.filter((one) => one?.isActive && one.isSuperuser);
  survivor = survivors[0];
  return `${statusesOf(replies)}, left: ${survivors.length}`;
}

const deleteMe = (url: string, access: string) =>
  fetch(`${url}/auth/users/me/`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${access}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ current_password: PASSWORD }),
  });

const RACES: readonly [string, string, (servers: Pair) => Promise<string>, string][] = [
  ['R-03', 'twenty refresh with one token', oneToken, '20 x 200, next tokens: 1, live: 1'],
  ['R-12', 'a logout among four refreshes', logout, 'logout: 200, live: 0'],
  ['L-13', 'fifteen wrong passwords for one name', wrongPasswords, '10 x 401, 5 x 429'],
  ['G-04', 'five register one name', oneName, '1 x 201, 4 x 400'],
  ['E-03', 'five use one link', oneLink, '1 x 200, 4 x 400'],
  ['A-05', 'the last two superusers delete themselves', lastSuperusers, '1 x 204, 1 x 400, left: 1'],
];

test.each(RACES)('%s: %s, at one server as at two [T-15]', PATIENTLY, async (id, what, race, wanted) => {
  const run = (servers: Pair) =>
    tally(ROUNDS, async () => {
      const outcome = await race(servers);
      // How often one network may ask is not the point here.
      await database.db.deleteFrom('limit_counts').execute();
      return outcome;
    });
  const [alone, both] = [await run([pair[0], pair[0]]), await run(pair)];
  tell(`| ${id} | ${what} | ${DATABASE} | ${JSON.stringify(alone)} | ${JSON.stringify(both)} |`);
  expect({ alone, both }).toEqual({ alone: { [wanted]: ROUNDS }, both: { [wanted]: ROUNDS } });
});
