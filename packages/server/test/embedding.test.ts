import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLatchkey, type Latchkey } from '../src/index.ts';
import { CHEAP_HASH, SECRET_KEY } from './support/world.ts';

const SETTINGS = { SECRET_KEY, PUBLIC_URL: 'http://127.0.0.1', DATABASE_URL: 'sqlite::memory:' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

/** The example of docs/embedding.md: a server that has more to do than Latchkey. */
async function serverAround(latchkey: Latchkey): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.url?.startsWith('/api/')) latchkey.handle(request, response);
    else response.end('the rest of your application');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await latchkey.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const migrated = { settings: SETTINGS, hashCost: CHEAP_HASH };

test('a server of somebody else hands its /api/ to Latchkey and keeps the rest', async () => {
  const latchkey = await createLatchkey({
    ...migrated,
    settings: { ...SETTINGS, DATABASE_URL: 'sqlite::memory:' },
    migrate: true,
  });
  const url = await serverAround(latchkey);
  const body = JSON.stringify({ username: 'nina', password: 'Sup3rSecret!x' });
  const registered = await fetch(`${url}/api/register/`, { method: 'POST', headers: JSON_TYPE, body });
  expect(await registered.json()).toEqual({ id: 1, username: 'nina', email: '' });
  expect(await (await fetch(`${url}/elsewhere`)).text()).toBe('the rest of your application');
});

test('an embedder says which claims about a person are in the tokens, but not the standing ones', async () => {
  const claimsOf = ({ username }: { username: string }) => ({
    username,
    plan: 'free',
    exp: 1,
    user_id: 99,
    sid: 'mine',
    iss: 'https://auth.example.com',
  });
  const latchkey = await createLatchkey({ ...migrated, claimsOf, migrate: true });
  const url = await serverAround(latchkey);
  const body = JSON.stringify({ username: 'nina', password: 'Sup3rSecret!x' });
  await fetch(`${url}/api/register/`, { method: 'POST', headers: JSON_TYPE, body });
  const reply = await fetch(`${url}/api/token/`, { method: 'POST', headers: JSON_TYPE, body });
  const { access } = (await reply.json()) as { access: string };
  const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({
    username: 'nina',
    plan: 'free',
    user_id: 1,
    iss: 'https://auth.example.com',
  });
  expect(claims.exp).toBeGreaterThan(Date.now() / 1000);
  expect(claims.sid).toMatch(/^[0-9a-f]{32}$/);
});

test('a database that was never migrated is refused with the sentence that says what to do', async () => {
  await expect(createLatchkey({ settings: SETTINGS })).rejects.toThrow(
    /:memory: is empty. Run: npx latchkey migrate/,
  );
});

test('every fault of the settings is told at once', async () => {
  const settings = { SECRET_KEY: 'short', PORT: 'x', PUBLIC_URL: 'nowhere' };
  await expect(async () => createLatchkey({ settings })).rejects.toMatchObject({
    faults: [/^PORT must be/, /^SECRET_KEY must be at least 32 bytes/, /^PUBLIC_URL must be/].map((one) =>
      expect.stringMatching(one),
    ),
  });
});
