import { describe, expect } from 'vitest';
import { test, type World } from '../../server/test/support/world.ts';
import { bearerSession, cookieSession, createClient, inMemory, pathWith, Refused } from '../src/index.ts';

const ALICE = { username: 'alice', password: 'Sup3rSecret!x' };

/** The paths that were asked for, and a fetch that notes them. */
function listening() {
  const asked: string[] = [];
  const noting: typeof fetch = (url, init) => {
    asked.push(`${init?.method} ${new URL(String(url)).pathname}`);
    return fetch(url, init);
  };
  return { asked, fetch: noting };
}

/** Node has no cookies: what a browser does with those of one server. */
function withCookies(origin: string): typeof fetch {
  let cookies = new Map<string, string>();
  return async (url, init) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init?.headers as Record<string, string>), Cookie: cookie, Origin: origin };
    const response = await fetch(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies = new Map([...cookies].filter(([other]) => other !== name));
      if (value !== '') cookies.set(name, value);
    }
    return response;
  };
}

async function alice(world: World) {
  const { baseUrl } = world;
  await createClient({ baseUrl }).post('/api/register/', { body: ALICE });
  const storage = inMemory();
  const { asked, fetch } = listening();
  const session = bearerSession({ baseUrl, storage, fetch });
  await session.logIn(ALICE);
  return { session, storage, asked, client: createClient({ baseUrl, auth: session, fetch }) };
}

describe('a bearer session', () => {
  test('asks as the person who logged in, and says no as nobody', async ({ world }) => {
    const { client, session } = await alice(world);
    expect((await client.get('/api/dashboard/')).response).toMatch(/^Hey alice/);
    await session.logOut();
    expect(session.isLoggedIn()).toBe(false);
    await expect(client.get('/api/dashboard/')).rejects.toMatchObject({ status: 401 });
  });

  test('refreshes once, however many requests find their access token expired', async ({ world }) => {
    const { client, asked } = await alice(world);
    world.pass(301);
    const profiles = await Promise.all([1, 2, 3].map(() => client.get('/api/profile/')));
    expect(profiles.map(({ username }) => username)).toEqual(['alice', 'alice', 'alice']);
    expect(asked.filter((one) => one.endsWith('/api/token/refresh/'))).toHaveLength(1);
  });

  test('is taken up again from its storage', async ({ world }) => {
    const { storage } = await alice(world);
    const session = bearerSession({ baseUrl: world.baseUrl, storage });
    expect(await session.restore()).toBe(true);
    const client = createClient({ baseUrl: world.baseUrl, auth: session });
    expect((await client.get('/api/profile/')).username).toBe('alice');
  });

  test('ends when the server ended it, and tells so', async ({ world }) => {
    const { client, session, storage } = await alice(world);
    const told: boolean[] = [];
    session.onChange((isLoggedIn) => told.push(isLoggedIn));
    await client.post('/api/logout/all/');
    await expect(client.get('/api/profile/')).rejects.toBeInstanceOf(Refused);
    expect([told, session.isLoggedIn(), storage.read()]).toEqual([[false], false, undefined]);
  });

  test('keeps its refresh token while the server cannot be reached', async ({ world }) => {
    const { storage } = await alice(world);
    const away = bearerSession({ baseUrl: 'http://127.0.0.1:9', storage });
    await expect(away.restore()).rejects.toThrow();
    expect(storage.read()).toBeDefined();
  });
});

test.for(['cookie', 'cookie-only'])('a session with TOKEN_TRANSPORT=%s', async (transport, { open }) => {
  const { baseUrl, pass } = await open({ TOKEN_TRANSPORT: transport });
  const browser = withCookies('http://127.0.0.1');
  const place = { baseUrl, fetch: browser };
  await createClient(place).post('/api/register/', { body: ALICE });
  const session = cookieSession(place);
  await session.logIn(ALICE);
  pass(301);
  const client = createClient({ ...place, auth: session });
  expect((await client.post('/api/dashboard/', { body: { text: 'Hello' } })).response).toContain('Hello');
  const reloaded = cookieSession(place);
  expect(await reloaded.restore()).toBe(true);
  const again = createClient({ ...place, auth: reloaded });
  expect((await again.patch('/api/profile/', { body: { bio: 'Here' } })).bio).toBe('Here');
  await reloaded.logOut();
  expect(await cookieSession(place).restore()).toBe(false);
});

test('what is wrong is told by field', async ({ world }) => {
  const client = createClient({ baseUrl: world.baseUrl });
  const error = await client.post('/api/register/', { body: { username: '', password: 'x' } }).catch(String);
  expect(error).toMatch(/blank/);
  await expect(
    client.post('/api/register/', { body: { username: '', password: 'x' } }),
  ).rejects.toMatchObject({
    status: 400,
    fields: { username: ['This field may not be blank.'] },
  });
});

test('paths are filled in, and nothing slips out of its place', () => {
  const path = { id: 'a/../b?c' };
  expect(pathWith('/api/sessions/{id}/', { path })).toBe('/api/sessions/a%2F..%2Fb%3Fc/');
  for (const id of ['', '.', '..'])
    expect(() => pathWith('/api/sessions/{id}/', { path: { id } })).toThrow(/id/);
  expect(() => pathWith('/api/sessions/{id}/', {})).toThrow(/id/);
  const query = { search: 'a b', page_size: 5, is_active: false, cursor: undefined };
  expect(pathWith('/x/', { query })).toBe('/x/?search=a+b&page_size=5&is_active=false');
});
