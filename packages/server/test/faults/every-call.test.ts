import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/sql/open.ts';
import { assemble } from '../../src/assemble.ts';
import { readConfig } from '../../src/config.ts';
import { setPassword } from '../../src/domain/accounts/manage.ts';
import type { App } from '../../src/domain/app.ts';
import { COMMAND_LINE } from '../../src/domain/audit/event.ts';
import type { Account } from '../../src/domain/store.ts';
import { type Answered, keepAliveClient } from '../support/client.ts';
import { DATABASE } from '../support/database.ts';
import { type Injection, openFaulty } from '../support/faulty-database.ts';
import { forge } from '../support/forge.ts';
import { faultOfFile, halvesOfAccounts } from '../support/invariants.ts';
import { addAccount, liveTokensOf, openSession, tokenRequests } from '../support/race.ts';
import { PATIENTLY, tell } from '../support/rounds.ts';
import { type SecondServer, serve } from '../support/second-server.ts';
import {
  appOn,
  migratedSharedDatabase,
  NOT_TOO_OFTEN,
  type SharedDatabase,
} from '../support/shared-database.ts';
import { CHEAP_HASH, SECRET_KEY } from '../support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const OTHER = 'an0ther-Secret!';
const SETTINGS = { SECRET_KEY, PUBLIC_URL: 'http://127.0.0.1', LOG_LEVEL: 'silent', DJANGO_TOKENS: 'on' };

const client = keepAliveClient();
const requests = tokenRequests(client);
const injection: Injection = { at: undefined, when: 'before', calls: 0 };

let shared: SharedDatabase;
let database: Database;
/** on the same database, without faults */
let app: App;
let faulty: Database;
let faultyApp: App;
let server: SecondServer;
let there: { readonly url: string };

beforeAll(async () => {
  shared = await migratedSharedDatabase();
  database = shared.open();
  app = appOn(database);
  faulty = openFaulty(shared.url, injection);
  const parts = { hashCost: CHEAP_HASH };
  faultyApp = assemble(readConfig('serve', { ...SETTINGS, ...NOT_TOO_OFTEN }), faulty, parts);
  server = await serve(faultyApp);
  there = { url: server.baseUrl };
});
afterAll(async () => {
  client.close();
  await server?.close();
  await faulty?.close();
  await shared?.remove();
});

/** One deed: what it needs, how it is done, and what must be so when it was broken and after it was tried again. */
interface Deed<T> {
  readonly name: string;
  prepare(name: string): Promise<T>;
  perform(prepared: T): Promise<Answered | 'done'>;
  /** after the fault, before the second try: undefined, or what is wrong */
  between?(prepared: T): Promise<string | undefined>;
  /** what the second try may be told */
  readonly again: readonly (number | 'done')[];
  /** after the second try: undefined, or what is wrong */
  after(prepared: T, again: Answered | 'done'): Promise<string | undefined>;
}

const addPerson = async (name: string) => {
  const account = await addAccount(app, name, PASSWORD);
  return { account, ...(await openSession(app, account)) };
};
type Person = Awaited<ReturnType<typeof addPerson>>;

const logsIn = async (username: string, password: string) =>
  (await requests.login(there, username, password)).status === 200;

const register: Deed<string> = {
  name: 'register',
  prepare: async (name) => name,
  perform: (username) =>
    client.post(there, '/api/register/', { username, email: `${username}@a.example`, password: PASSWORD }),
  again: [201, 400],
  after: async (username) =>
    (await logsIn(username, PASSWORD)) && (await logsIn(`${username}@a.example`, PASSWORD))
      ? undefined
      : 'cannot log in',
};

const login: Deed<Person> = {
  name: 'login',
  prepare: addPerson,
  perform: ({ account }) => requests.login(there, account.username, PASSWORD),
  again: [200],
  async after(_, again) {
    if (again === 'done') return 'no answer';
    const looks = await requests.dashboard(there, again.json.access);
    return looks.status === 200 ? undefined : `the access token: ${looks.status}`;
  },
};

const oneLive = async (account: Account) => {
  const live = await liveTokensOf(database, account);
  return live.length === 1 ? undefined : `${live.length} live tokens`;
};

const rotate: Deed<Person> = {
  name: 'refresh',
  prepare: addPerson,
  perform: ({ refresh }) => requests.refresh(there, refresh),
  between: ({ account }) => oneLive(account),
  again: [200],
  async after({ account }, again) {
    if (again === 'done') return 'no answer';
    const next = await requests.refresh(there, again.json.refresh);
    return next.status === 200 ? oneLive(account) : `the next token: ${next.status}`;
  },
};

const logOut: Deed<Person> = {
  name: 'blacklist',
  prepare: addPerson,
  perform: ({ refresh }) => requests.blacklist(there, refresh),
  again: [200, 401],
  async after({ access, refresh }) {
    const tries = [await requests.refresh(there, refresh), await requests.dashboard(there, access)];
    return tries.every(({ status }) => status === 401) ? undefined : 'a token is alive';
  },
};

const reuse: Deed<Person> = {
  name: 'reuse of an old token',
  async prepare(name) {
    const person = await addPerson(name);
    const { json } = await requests.refresh(there, person.refresh);
    await requests.refresh(there, json.refresh);
    return person;
  },
  perform: ({ refresh }) => requests.refresh(there, refresh),
  again: [401],
  after: async ({ account }) =>
    (await liveTokensOf(database, account)).length === 0 ? undefined : 'it is alive',
};

const adopt: Deed<{ readonly account: Account; readonly token: string }> = {
  name: 'adopt a token of Django',
  async prepare(name) {
    const account = await addAccount(app, name);
    const iat = Math.floor(Date.now() / 1000) - 5;
    const claims = { token_type: 'refresh', exp: iat + 86_400, iat, jti: name, user_id: account.id };
    return { account, token: forge(claims) };
  },
  perform: ({ token }) => requests.refresh(there, token),
  again: [200],
  after: ({ account }) => oneLive(account),
};

const changePassword: Deed<Person> = {
  name: 'change of password',
  prepare: addPerson,
  async perform({ account }) {
    const changed = await setPassword(faultyApp, account.id, OTHER, COMMAND_LINE);
    return changed.ok ? 'done' : Promise.reject(new Error(changed.reason));
  },
  async between({ account }) {
    const isChanged = (await app.store.accounts.byId(account.id))?.password !== account.password;
    const live = (await liveTokensOf(database, account)).length;
    return isChanged === (live === 0) ? undefined : `changed: ${isChanged}, live sessions: ${live}`;
  },
  again: ['done'],
  after: async ({ account }) =>
    (await logsIn(account.username, OTHER)) && !(await logsIn(account.username, PASSWORD))
      ? undefined
      : 'the password did not change',
};

/** `503` for a request, and `away` for what throws: the database was to blame, and it is said so. */
async function outcomeOf<T>(deed: Deed<T>, prepared: T): Promise<string> {
  try {
    const answer = await deed.perform(prepared);
    return answer === 'done' ? answer : String(answer.status);
  } catch (error) {
    return faultyApp.store.isUnavailable(error) ? 'away' : String(error);
  }
}

/** What those were told whose deed was broken, and how often. */
const told: Record<string, number> = {};

const emptyLimits = () => database.db.deleteFrom('limit_counts').execute();

/** Breaks one call of the deed, and tries again. Undefined when the deed makes fewer calls; else what is wrong, if anything. */
async function breakAt<T>(deed: Deed<T>, at: number, when: Injection['when']): Promise<string[] | undefined> {
  injection.at = undefined;
  const prepared = await deed.prepare(`${deed.name.replaceAll(' ', '-')}-${at}-${when}`);
  await emptyLimits();
  Object.assign(injection, { at, when, calls: 0 });
  const first = await outcomeOf(deed, prepared);
  injection.at = undefined;
  if (injection.calls < at) return undefined;
  told[first] = (told[first] ?? 0) + 1;
  const wrong: string[] = [];
  const say = (fault: string | undefined) => fault !== undefined && wrong.push(`${when} ${at}: ${fault}`);
  // What breaks after the deed was done may be nobody's concern; what is told then has to be true.
  if (!['503', 'away', '200', '201', '401', 'done'].includes(first)) say(`was told ${first}`);
  say(await deed.between?.(prepared));
  if ((await halvesOfAccounts(database)) !== 0) say('an account by halves');
  const again = await deed.perform(prepared);
  const verdict = again === 'done' ? again : again.status;
  if (!deed.again.includes(verdict)) say(`the second try was told ${verdict}`);
  say(await deed.after(prepared, again));
  return wrong;
}

const DEEDS = [register, login, rotate, logOut, reuse, adopt, changePassword] as Deed<unknown>[];

describe('whichever call to the database breaks, before it or after it [ASVS 16.5.3]', () => {
  test.each(DEEDS)(
    '$name is done or not done, its answer is true, and a second try works [T-03] [R-09]',
    PATIENTLY,
    async (deed) => {
      const wrong: string[] = [];
      for (const one of Object.keys(told)) delete told[one];
      let points = 0;
      for (const when of ['before', 'after'] as const)
        for (let at = 1; ; at += 1) {
          const found = await breakAt(deed, at, when);
          if (found === undefined) break;
          points += 1;
          wrong.push(...found);
        }
      tell(
        `T-03 ${DATABASE} ${deed.name}: ${points} points, ${wrong.length} violations; told ${JSON.stringify(told)}`,
      );
      expect(wrong).toEqual([]);
      expect(points).toBeGreaterThan(2);
      expect(await faultOfFile(database)).toBe('ok');
    },
  );
});
