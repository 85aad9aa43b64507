import { describe, expect } from 'vitest';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { serve } from './support/second-server.ts';
import type { World } from './support/world.ts';

const PATH = '/api/token/';
const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };

async function withAlice(world: World): Promise<void> {
  expect((await world.post('/api/register/', ALICE)).status).toBe(201);
}

const statusOf = async (world: World, body: object) =>
  (await world.post(PATH, { password: PASSWORD, ...body })).status;

describe('who can log in (D3)', () => {
  test('a user name or an e-mail in `username`, an e-mail in `email`, in any case', async ({ world }) => {
    await withAlice(world);
    for (const username of ['alice', 'ALICE', 'ａｌｉｃｅ', 'alice@example.org', 'Alice@EXAMPLE.org'])
      expect(await statusOf(world, { username }), username).toBe(200);
    for (const email of ['alice@example.org', 'ALICE@Example.Org'])
      expect(await statusOf(world, { email }), email).toBe(200);
  });

  test('`email` takes e-mails only, and counts before `username`', async ({ world }) => {
    await withAlice(world);
    expect(await statusOf(world, { email: 'alice' })).toBe(401);
    expect(await statusOf(world, { email: 'nobody@example.org', username: 'alice' })).toBe(401);
    expect(await statusOf(world, { email: 'alice@example.org', username: 'nobody' })).toBe(200);
    await world.post('/api/register/', { username: 'carol@example.org', password: PASSWORD });
    expect(await statusOf(world, { email: 'carol@example.org' })).toBe(401);
    expect(await statusOf(world, { username: 'carol@example.org' })).toBe(200);
  });

  test('nobody, on a fresh install [L-31]', async ({ world }) => {
    await expectNothingHappened(world, async () => {
      for (const name of ['admin', 'root', 'admin@gmail.com'])
        expect(await statusOf(world, { username: name, password: name })).toBe(401);
    });
  });

  test('a password is compared exactly but for white space around it [L-08]', async ({ world }) => {
    await withAlice(world);
    const password = 'Pässwörd مرحبا 😀 x';
    await setPassword(world.app, 1, password, COMMAND_LINE);
    expect(await statusOf(world, { username: 'alice', password: `  ${password}\n` })).toBe(200);
    const others = [
      password.normalize('NFD'),
      password.toLowerCase(),
      password.replaceAll(' ', ''),
      `${password}😀`,
    ];
    for (const other of others)
      expect(await statusOf(world, { username: 'alice', password: other }), other).toBe(401);
  });

  test('no part of a password that has a NUL [L-07]', async ({ world }) => {
    await withAlice(world);
    const reply = await world.post(PATH, { username: 'alice', password: `${PASSWORD}\0def` });
    expect([reply.status, reply.json]).toEqual([400, { password: ['Null characters are not allowed.'] }]);
  });

  test('nobody by a piece of SQL or a wildcard [L-23, S-01, S-04]', async ({ world }) => {
    await withAlice(world);
    const names = [
      "' OR 1=1--",
      "alice'--",
      "alice' /*",
      'alice";--',
      '%',
      '_____',
      'al%',
      'ali\\ce',
      '$1',
      '?',
      'álice',
    ];
    await expectNothingHappened(world, async () => {
      for (const name of names) {
        for (const field of ['username', 'email'])
          expect(await statusOf(world, { [field]: name }), name).toBe(401);
      }
    });
  });
});

describe('what a login gives and leaves behind', () => {
  test('both tokens carry the claims in the documents’ order, `sid` last, made at one instant', async ({
    world,
  }) => {
    await withAlice(world);
    const profile = { fullName: 'Alice Liddell', bio: 'of Oxford', image: 'alice.png', verified: true };
    await changeAccount(world.app, 1, { profile }, COMMAND_LINE);
    const { json } = await world.post(PATH, ALICE);
    expect(Object.keys(json)).toEqual(['refresh', 'access']);
    const [access, refresh] = [claimsIn(json.access), claimsIn(json.refresh)];
    const now = world.app.clock.now() / 1000;
    const about = {
      full_name: 'Alice Liddell',
      username: 'alice',
      email: 'alice@example.org',
      bio: 'of Oxford',
    };
    const hex = expect.stringMatching(/^[0-9a-f]{32}$/);
    const rest = { jti: hex, user_id: 1, ...about, image: 'alice.png', verified: true, sid: hex };
    expect(Object.entries(access)).toEqual(
      Object.entries({ token_type: 'access', exp: now + 300, iat: now, ...rest }),
    );
    expect(Object.entries(refresh)).toEqual(
      Object.entries({ token_type: 'refresh', exp: now + 4_320_000, iat: now, ...rest }),
    );
    expect(access.sid).toBe(refresh.sid);
    expect(new Set([access.jti, refresh.jti, access.sid]).size).toBe(3);
  });

  test('the lifetimes are those of the settings', async ({ open }) => {
    const world = await open({
      ACCESS_TOKEN_SECONDS: '60',
      REFRESH_TOKEN_SECONDS: '7200',
      SESSION_MAX_SECONDS: '3600',
    });
    await withAlice(world);
    const { json } = await world.post(PATH, ALICE);
    const [access, refresh] = [claimsIn(json.access), claimsIn(json.refresh)];
    expect([access.exp - access.iat, refresh.exp - refresh.iat]).toEqual([60, 3600]);
  });

  test('the login is noted with the account and in the audit trail, with its origin', async ({ open }) => {
    const world = await open({ TRUSTED_PROXIES: '127.0.0.1' });
    await withAlice(world);
    world.pass(60);
    const headers = { 'User-Agent': `Browser ${'x'.repeat(400)}`, 'X-Request-Id': 'from-a-proxy_1' };
    const { json } = await world.post(PATH, ALICE, { headers });
    const at = world.app.clock.now();
    expect((await world.app.store.accounts.byId(1))?.lastLoginAt).toBe(at);
    const userAgent = `Browser ${'x'.repeat(292)}`;
    expect((await world.app.store.audit.list(1))[0]).toMatchObject({
      at,
      origin: { ip: '127.0.0.1', userAgent, requestId: 'from-a-proxy_1' },
      event: { event: 'logged_in', userId: 1, sessionId: claimsIn(json.access).sid },
    });
  });

  test('an embedder’s claims come in their place and cannot stand in for ours', async ({ world }) => {
    await withAlice(world);
    const claimsOf = () => ({ tenant: 'blue', user_id: 99, token_type: 'access', exp: 9e9, sid: 'mine' });
    const server = await serve({ ...world.app, claimsOf });
    const request = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(ALICE),
    };
    const { refresh } = (await (await fetch(server.baseUrl + PATH, request)).json()) as { refresh: string };
    const claims = claimsIn(refresh);
    expect(claims).toMatchObject({ tenant: 'blue', user_id: 1, token_type: 'refresh' });
    expect([claims.exp - claims.iat, claims.sid === 'mine']).toEqual([4_320_000, false]);
    await server.close();
  });
});
