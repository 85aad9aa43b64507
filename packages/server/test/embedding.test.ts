import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createLatchkey, type Latchkey } from '../src/index.ts';
import { type ServerProcess, startEmbedder } from './support/process.ts';
import { CHEAP_HASH, SECRET_KEY } from './support/world.ts';

const SETTINGS = { SECRET_KEY, PUBLIC_URL: 'http://127.0.0.1', DATABASE_URL: 'sqlite::memory:' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PAGE = new URL('../../../docs/embedding.md', import.meta.url);

let closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

async function serverAround(latchkey: Latchkey): Promise<string> {
  const server = http.createServer(latchkey.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await latchkey.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The server of docs/embedding.md, as it stands there, and a line that tells its port. */
async function startExample(): Promise<ServerProcess> {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const telling = `server.on('listening', () => console.log('listens on http://127.0.0.1:' + server.address().port));`;
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-embedding-'));
  closers.push(() => rm(folder, { recursive: true }));
  const server = await startEmbedder(code + telling, {
    databaseUrl: `sqlite:${join(folder, 'app.sqlite3')}`,
  });
  closers.unshift(() => server.kill9());
  return server;
}

const claimsIn = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

test('the example of the guide answers for Latchkey, keeps the rest, and ends in order', async () => {
  const { url, stop } = await startExample();
  const body = JSON.stringify({ username: 'nina', password: 'Sup3rSecret!x' });
  const headers = { ...JSON_TYPE, 'X-Forwarded-For': '203.0.113.7' };
  const registered = await fetch(`${url}/api/register/`, { method: 'POST', headers, body });
  expect(await registered.json()).toEqual({ id: 1, username: 'nina', email: '' });
  const reply = await fetch(`${url}/api/token/`, { method: 'POST', headers, body });
  const { access } = (await reply.json()) as { access: string };
  expect(claimsIn(access)).toMatchObject({ user_id: 1, username: 'nina', plan: 'free' });
  const sessions = await fetch(`${url}/api/sessions/`, { headers: { Authorization: `Bearer ${access}` } });
  expect(await sessions.json()).toMatchObject([{ ip: '203.0.113.7' }]);
  const statusOf = async (path: string) => (await fetch(url + path, { redirect: 'manual' })).status;
  const paths = ['/healthz', '/readyz', '/.well-known/jwks.json', '/api/schema/', '/admin/'];
  expect(await Promise.all(paths.map(statusOf))).toEqual(paths.map(() => 200));
  for (const path of ['/elsewhere', '/apiary'])
    expect(await (await fetch(url + path)).text()).toBe('the rest of your application');
  expect(await stop()).toBe(0);
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
  const latchkey = await createLatchkey({
    settings: SETTINGS,
    hashCost: CHEAP_HASH,
    claimsOf,
    migrate: true,
  });
  const url = await serverAround(latchkey);
  const body = JSON.stringify({ username: 'nina', password: 'Sup3rSecret!x' });
  await fetch(`${url}/api/register/`, { method: 'POST', headers: JSON_TYPE, body });
  const reply = await fetch(`${url}/api/token/`, { method: 'POST', headers: JSON_TYPE, body });
  const { access } = (await reply.json()) as { access: string };
  const claims = claimsIn(access);
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
