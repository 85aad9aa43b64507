import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/adapters/sql/open.ts';
import { deleteAccount } from '../src/domain/accounts/delete.ts';
import { eraseDueAccounts } from '../src/domain/accounts/erase.ts';
import { takeBackAccount } from '../src/domain/accounts/take-back.ts';
import type { App } from '../src/domain/app.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { stateOf } from '../src/domain/email/change.ts';
import { writeLetter } from '../src/domain/email/letter.ts';
import { hashOfToken, type LinkPurpose, newLinkToken } from '../src/domain/email/link.ts';
import type { Account, AccountChanges, Store } from '../src/domain/store.ts';
import { keepAliveClient } from './support/client.ts';
import { only } from './support/database.ts';
import {
  addAccount,
  openSession,
  type Pair,
  startPair,
  startTogether,
  statusesOf,
  tally,
  together,
} from './support/race.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import {
  appOn,
  migratedSharedDatabase,
  NOT_TOO_OFTEN,
  type SharedDatabase,
} from './support/shared-database.ts';

const ROUNDS = rounds(6, 200);
const PASSWORD = 'Sup3rSecret!x';

const client = keepAliveClient();
let shared: SharedDatabase;
let database: Database;
let app: App;
/** an application with connections of its own */
let other: App;
let pair: Pair;

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  other = appOn(shared.open());
  pair = await startPair({ databaseUrl: shared.url, settings: { ...NOT_TOO_OFTEN, LIMITS: 'off' } });
}, PATIENTLY.timeout);

afterAll(async () => {
  client.close();
  await Promise.all((pair ?? []).map((server) => server.stop()));
  await shared?.remove();
});

/** A link of the account that nobody used. */
async function linkOf({ id: userId, email }: Account, purpose: LinkPurpose): Promise<string> {
  const token = newLinkToken(app.random);
  const expiresAt = app.clock.now() + 60_000;
  await app.store.links.issue({ userId, purpose, email, tokenHash: hashOfToken(token), expiresAt });
  return token;
}

/** The account is deleted, and its grace ends at the instant. */
const scheduled = ({ id }: Account, eraseAt: number) => app.store.personalData.scheduleErasure(id, eraseAt);

test(
  'of twenty who verify an address by one link at once, at two servers, one gets in',
  PATIENTLY,
  async () => {
    const { id } = await addAccount(app, 'verified');
    await app.store.transaction((store) => store.accounts.change(id, { email: 'verified@example.org' }));
    const account = await app.store.accounts.byId(id);
    if (account === undefined) throw new Error('the account is gone');
    const outcomes = await tally(ROUNDS, async () => {
      const token = await linkOf(account, 'verify_email');
      const replies = await together(pair, 20, (server) =>
        client.post(server, '/api/email/verify/confirm/', { token }),
      );
      return statusesOf(replies);
    });
    expect(outcomes).toEqual({ '1 x 200, 19 x 400': ROUNDS });
  },
);

test(
  'of twenty who take an account back by one link at once, at two servers, one does',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'taken-back');
    const outcomes = await tally(ROUNDS, async () => {
      await scheduled(account, app.clock.now() + 60_000);
      const token = await linkOf(account, 'take_back_account');
      const replies = await together(pair, 20, (server) =>
        client.post(server, '/api/account/take-back/', { token }),
      );
      return statusesOf(replies);
    });
    expect(outcomes).toEqual({ '1 x 200, 19 x 400': ROUNDS });
  },
);

test('of ten operators who take an account back at once, one does', PATIENTLY, async () => {
  const account = await addAccount(app, 'asked-for');
  const outcomes = await tally(ROUNDS, async (round) => {
    await scheduled(account, app.clock.now() + 60_000);
    const taking = Array.from({ length: 10 }, (_, i) =>
      takeBackAccount(i % 2 === 0 ? app : other, account.id, COMMAND_LINE),
    );
    const back = (await Promise.all(taking)).filter(({ ok }) => ok).length;
    const events = await app.store.audit.list(100, { userId: account.id, event: 'account_taken_back' });
    return `back: ${back}, noted: ${events.length - round}`;
  });
  expect(outcomes).toEqual({ 'back: 1, noted: 1': ROUNDS });
});

test('of twenty who set a user name by one link at once, at two servers, one does', PATIENTLY, async () => {
  const account = await addAccount(app, 'renamed');
  const uid = Buffer.from(String(account.id)).toString('base64url');
  const outcomes = await tally(ROUNDS, async (round) => {
    const token = await linkOf(account, 'reset_username');
    const replies = await together(pair, 20, (server, index) =>
      client.post(server, '/auth/users/reset_username_confirm/', {
        uid,
        token,
        new_username: `renamed-${round}-${index}`,
      }),
    );
    const events = await app.store.audit.list(100, { userId: account.id, event: 'account_changed' });
    return `${statusesOf(replies)}; changes: ${events.length - round}`;
  });
  expect(outcomes).toEqual({ '1 x 204, 19 x 400; changes: 1': ROUNDS });
});

test('of a rename and another e-mail at once neither undoes the other', PATIENTLY, async () => {
  const { id } = await addAccount(app, 'both-0');
  const outcomes = await tally(ROUNDS * 4, async (round) => {
    const [username, email] = [`both-${round + 1}`, `both-${round}@example.org`];
    const change = (by: App, changes: AccountChanges) =>
      by.store.transaction((store) => store.accounts.change(id, changes));
    await Promise.all([change(app, { username }), change(other, { email })]);
    const after = await app.store.accounts.byId(id);
    return after?.username === username && after.email === email ? 'both' : 'one is lost';
  });
  expect(outcomes).toEqual({ both: ROUNDS * 4 });
});

test(
  'who uses a link and who uses another of the same account never wait for each other for ever',
  PATIENTLY,
  async () => {
    const account = await addAccount(app, 'crossed');
    const outcomes = await tally(ROUNDS, async () => {
      const [reset, change] = [
        await linkOf(account, 'reset_password'),
        await linkOf(account, 'change_email'),
      ];
      const now = app.clock.now();
      const use = (by: App, purpose: LinkPurpose, token: string, then: (store: Store) => Promise<unknown>) =>
        by.store.transaction(async (store) => {
          if ((await store.links.consume(purpose, { token, userId: undefined }, now)) === undefined)
            return 'void';
          await then(store);
          return 'used';
        });
      const ways = await Promise.all([
        use(app, 'reset_password', reset, (store) =>
          store.accounts.setPassword(account.id, account.password),
        ),
        use(other, 'change_email', change, (store) => store.links.drop(account.id, ['reset_password'])),
      ]);
      return ways.toSorted().join();
    });
    expect(outcomes).toEqual({ 'used,void': ROUNDS });
  },
);

// In SQLite who writes has the database to himself.
only('postgres', () => {
  test('no mail is written of what a new password voids at that moment', PATIENTLY, async () => {
    const account = await addAccount(app, 'changing');
    const values = { userId: account.id, state: stateOf(account) };
    const asked = { to: 'thief@example.org', kind: 'change_email', language: 'en', values } as const;
    const letter = await app.store.transaction(async (store) => {
      await store.accounts.setPassword(account.id, 'another hash');
      const writing = writeLetter(other, asked);
      await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 500))]);
      return { writing };
    });
    expect(await letter.writing).toBeUndefined();
    const links = await sql`select purpose from mail_links where user_id = ${account.id}`.execute(
      database.db,
    );
    expect(links.rows).toEqual([]);
  });
});

test('an account is either taken back or erased, never both, and is erased once', PATIENTLY, async () => {
  const outcomes = await tally(ROUNDS * 2, async (round) => {
    const account = await addAccount(app, `due-${round}`);
    // the grace ends while all of this is under way
    await scheduled(account, app.clock.now() + (round % 6) * 4);
    const token = await linkOf(account, 'take_back_account');
    const asking = startTogether(pair, 2, (server) =>
      client.post(server, '/api/account/take-back/', { token }),
    );
    const erasing = [app, other, app, other].map((one) => eraseDueAccounts(one));
    const back = (await Promise.all(asking)).filter(({ status }) => status === 200).length;
    await Promise.all(erasing);
    // what was not due when they looked
    await new Promise((resolve) => setTimeout(resolve, 30));
    await eraseDueAccounts(app);
    const isHere = (await app.store.accounts.byId(account.id)) !== undefined;
    const gone = await app.store.audit.list(9, { userId: account.id, event: 'account_removed' });
    return back === (isHere ? 1 : 0) && gone.length === (isHere ? 0 : 1)
      ? 'right'
      : `${back} ${isHere} ${gone.length}`;
  });
  expect(outcomes).toEqual({ right: ROUNDS * 2 });
});

test('no account is deleted with a password that was changed before', PATIENTLY, async () => {
  const late = await tally(ROUNDS * 4, async (round) => {
    const account = await addAccount(app, `renewing-${round}`, PASSWORD);
    const { id, username } = account;
    const { access } = await openSession(app, account);
    const body = { current_password: PASSWORD, new_password: 'An0therSecret!y' };
    const [changing] = startTogether(pair, 1, (server) =>
      client.post(server, '/api/password/change/', body, access),
    );
    // At other moments of the change each time.
    await new Promise((resolve) => setTimeout(resolve, (round % 12) / 2));
    const actor = { id, username, isStaff: false, isSuperuser: false, sessionId: undefined };
    await deleteAccount(app, actor, id, PASSWORD, COMMAND_LINE);
    await changing;
    const [deleted] = await app.store.audit.list(1, { userId: id, event: 'account_deletion_asked' });
    const [changed] = await app.store.audit.list(1, { userId: id, event: 'password_changed' });
    return deleted && changed && deleted.id > changed.id ? 'deleted after it' : 'right';
  });
  expect(late).toEqual({ right: ROUNDS * 4 });
});

test('no session that was opened beside a deletion outlives it', PATIENTLY, async () => {
  const outcomes = await tally(ROUNDS, async (round) => {
    const { id, username } = await addAccount(app, `leaving-${round}`, PASSWORD);
    const logIn = (server: Pair[0]) => client.post(server, '/api/token/', { username, password: PASSWORD });
    const actor = { id, username, isStaff: false, isSuperuser: false, sessionId: undefined };
    const logins = startTogether(pair, 4, logIn);
    if (round % 2 === 1) await Promise.race(logins);
    const deleted = await deleteAccount(app, actor, id, PASSWORD, COMMAND_LINE);
    await Promise.all(logins);
    const live = await sql`select id from sessions where user_id = ${id} and ended_at is null`.execute(
      database.db,
    );
    return `deleted: ${deleted.ok}; live: ${live.rows.length}`;
  });
  expect(outcomes).toEqual({ 'deleted: true; live: 0': ROUNDS });
});
