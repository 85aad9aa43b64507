import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { passwordThreads } from '../src/adapters/password-threads.ts';
import { hashQueue } from '../src/domain/passwords/hash-queue.ts';
import { passwords } from '../src/domain/passwords/passwords.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { serve } from './support/second-server.ts';
import { CHEAP_HASH, type World } from './support/world.ts';

const PATH = '/api/register/';
const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', password: PASSWORD };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Registers with a good password; gives status and body. */
async function register(world: World, body: object): Promise<[number, unknown]> {
  const { status, json } = await world.post(PATH, { password: PASSWORD, ...body });
  return [status, json];
}

async function countUsers({ lent }: World): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from users`.execute(lent.database.db);
  return Number(rows[0]?.n);
}

describe('what is taken (D2)', () => {
  test("the document's form answers id, user name and an empty e-mail", async ({ world }) => {
    const reply = await world.post(PATH, ALICE);
    expect([reply.status, reply.text]).toEqual([201, '{"id":1,"username":"alice","email":""}']);
  });

  test("the code's four fields open an account and the e-mail comes back", async ({ world }) => {
    const email = 'Alice@Example.org';
    const reply = await world.post(PATH, { email, ...ALICE, password2: PASSWORD });
    expect([reply.status, reply.json]).toEqual([201, { id: 1, username: 'alice', email }]);
  });

  test('a new account has a profile row, no rights, and one event in the audit trail', async ({ world }) => {
    await register(world, ALICE);
    const { rows } = await sql`select user_id, full_name, bio, image, verified from profiles`.execute(
      world.lent.database.db,
    );
    expect(rows).toEqual([{ user_id: 1, full_name: '', bio: '', image: 'default.jpg', verified: 0 }]);
    const rights = { isActive: true, isStaff: false, isSuperuser: false, lastLoginAt: undefined };
    const account = await world.app.store.accounts.byId(1);
    expect(account).toMatchObject({ ...rights, createdAt: world.app.clock.now() });
    const events = await world.app.store.audit.list(10);
    expect(events.map(({ event }) => event)).toEqual([{ event: 'account_registered', userId: 1 }]);
  });

  test('a second password that differs is refused and nothing is made [G-13]', async ({ world }) => {
    const body = { ...ALICE, password2: `${PASSWORD}y` };
    const reply = await expectNothingHappened(world, () => world.post(PATH, body));
    expect([reply.status, reply.json]).toEqual([400, { password: ['Password Fields Does Not Match'] }]);
  });

  test('a bad access token refuses even a good registration, as in the original', async ({ world }) => {
    const token = 'not.a.token';
    const reply = await expectNothingHappened(world, () => world.post(PATH, ALICE, { token }));
    expect(reply.status).toBe(401);
  });

  test('a user name has 100 code points, counted alike in API and database [G-16]', async ({ world }) => {
    for (const letter of ['😀', '\ufdfa'])
      expect((await register(world, { username: letter.repeat(100) }))[0]).toBe(201);
    const tooLong = ['Ensure this field has no more than 100 characters.'];
    for (const username of ['😀'.repeat(101), `a${'\u0301'.repeat(5_000)}`])
      expect(await register(world, { username })).toEqual([400, { username: tooLong }]);
  });

  test('what is not one bare address is no e-mail [G-07]', async ({ world }) => {
    const two = 'a@x.example,b@y.example|a@x.example;b@y.example|a@x.example b@y.example|a@b@x.example';
    const odd =
      'a@x.example\r\nBcc: v@y.example|"evil@y x"@good.example|(c)a@x.example|Team: a@x.example;|a@';
    await expectNothingHappened(world, async () => {
      for (const email of [...`${two}|${odd}`.split('|'), `${'a'.repeat(250)}@x.example`])
        expect((await register(world, { ...ALICE, email }))[0], email).toBe(400);
    });
  });
});

/** What people send to get what they should not have. */
const WISHES = {
  ...{ is_staff: true, is_superuser: true, isStaff: true, IS_STAFF: 'true', role: 'admin' },
  ...{ is_active: false, verified: true, email_verified: true, password_hash: '!', id: 77, pk: 77 },
  ...{ groups: [1], user_permissions: [1], date_joined: '2001-01-01', created_at: 1, last_login: 1 },
  ...{ profile: { verified: true }, 'profile.verified': true, 'profile[verified]': true, full_name: 'x' },
  ...{ bio: 'x', image: '../../etc/passwd' },
};

const allAs = (value: unknown) => Object.fromEntries(Object.keys(WISHES).map((name) => [name, value]));
const inJson = (member: string) => `{"username":"alice","password":"${PASSWORD}",${member}}`;
const inForm = (rest: string) => `username=alice&password=${encodeURIComponent(PASSWORD)}&${rest}`;

describe('what nobody can give himself', () => {
  const payloads: [string, unknown, Record<string, string>][] = [
    ['rights [G-01]', { ...WISHES, ...ALICE }, {}],
    ['rights as null [G-02]', { ...allAs(null), ...ALICE }, {}],
    ['rights as 0 [G-02]', { ...allAs(0), ...ALICE }, {}],
    ['rights as [] [G-02]', { ...allAs([]), ...ALICE }, {}],
    ['brackets in a form [H-10]', inForm('a[__proto__][is_staff]=1&__proto__[is_staff]=1'), FORM_TYPE],
    ['__proto__ in a form [H-10]', inForm('__proto__=1&__proto__=2&is_staff=true&constructor=1'), FORM_TYPE],
  ];

  test('and by way of __proto__ or constructor in JSON not even that is read [H-10]', async ({ world }) => {
    const members = [
      '"__proto__":{"is_staff":true,"isStaff":true,"verified":true}',
      '"__proto__":{"email":"x@example.org"}',
      '"constructor":{"prototype":{"is_staff":true}}',
    ];
    await expectNothingHappened(world, async () => {
      for (const member of members) {
        const reply = await world.post(PATH, inJson(member), { headers: JSON_TYPE });
        const key = member.slice(1, member.indexOf('"', 1));
        expect([reply.status, reply.json]).toEqual([
          400,
          { detail: `JSON parse error - JSON may not have the key "${key}"` },
        ]);
      }
    });
    expect(({} as { is_staff?: unknown }).is_staff).toBeUndefined();
  });

  test.for(payloads)('%s: dropped', async ([, body, headers], { world }) => {
    const reply = await world.post(PATH, body, { headers });
    expect([reply.status, reply.text]).toEqual([201, '{"id":1,"username":"alice","email":""}']);
    const account = await world.app.store.accounts.byId(1);
    const profile = { fullName: '', bio: '', image: 'default.jpg', verified: false };
    expect(account).toMatchObject({ isActive: true, isStaff: false, isSuperuser: false, profile });
    expect(({} as { is_staff?: unknown }).is_staff).toBeUndefined();
    const { json } = await world.post('/api/token/', ALICE);
    expect(claimsIn(json.access)).toMatchObject({ user_id: 1, verified: false, image: 'default.jpg' });
  });
});

describe('what a database cannot hold [G-15, S-15]', () => {
  const bad: [string, string][] = [
    ['\\u0000', 'Null characters are not allowed.'],
    ['\\ud800', 'Surrogate characters are not allowed: U+D800.'],
    ['\\udfff', 'Surrogate characters are not allowed: U+DFFF.'],
  ];

  test.for(['username', 'email', 'password', 'password2'])(
    'NUL and lone surrogates in %s are refused on both databases [L-07]',
    async (field, { world }) => {
      const good: Record<string, string> = { ...ALICE, email: 'a@example.org', password2: PASSWORD };
      await expectNothingHappened(world, async () => {
        for (const [spelling, words] of bad) {
          const text = JSON.stringify({ ...good, [field]: `${good[field]}#` }).replace('#', spelling);
          const reply = await world.post(PATH, text, { headers: JSON_TYPE });
          expect([reply.status, reply.json[field]]).toEqual([400, expect.arrayContaining([words])]);
        }
      });
    },
  );

  test('everything else is stored as it is [G-14, S-01]', async ({ world }) => {
    const username = `Zoë 😀 ' " ; -- \\ % _ $1 ?::text \u2028 <script>alert(1)</script> {{7*7}}`;
    expect(await register(world, { username })).toEqual([201, { id: 1, username, email: '' }]);
    expect((await world.app.store.accounts.byId(1))?.username).toBe(username);
  });
});

describe('when something gives way', () => {
  const request = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(ALICE) };

  test('a full hash queue answers 503 with Retry-After and makes nobody; then it goes on', async ({
    world,
  }) => {
    const queue = hashQueue(world.app.clock, { concurrency: 1, waiting: 0, patience: 2_000 });
    const server = await serve({
      ...world.app,
      passwords: passwords(queue, world.app.random, CHEAP_HASH, passwordThreads),
    });
    let finish = () => {};
    const hashing = queue.run(
      () =>
        new Promise<void>((done) => {
          finish = done;
        }),
    );
    const refusal = await expectNothingHappened(world, () => fetch(server.baseUrl + PATH, request));
    expect([refusal.status, refusal.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refusal.json()).toEqual({ detail: 'The server is busy. Try again in a moment.' });
    finish();
    await hashing;
    expect((await fetch(server.baseUrl + PATH, request)).status).toBe(201);
    await server.close();
  });

  test('an account whose profile cannot be written is not made at all [G-20]', async ({ world }) => {
    const server = await serve({ ...world.app, log: { ...world.app.log, error: () => {} } });
    const { db } = world.lent.database;
    await sql`alter table profiles rename to profiles_away`.execute(db);
    const failed = await fetch(server.baseUrl + PATH, request);
    await sql`alter table profiles_away rename to profiles`.execute(db);
    expect([failed.status, await countUsers(world)]).toEqual([500, 0]);
    expect((await fetch(server.baseUrl + PATH, request)).status).toBe(201);
    await server.close();
  });
});
