import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
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

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A fetch that keeps the answers of this path to itself until they are let through. */
function holding(path: string, ask: typeof fetch = fetch) {
  const [arrived, through] = [gate(), gate()];
  const held: typeof fetch = async (url, init) => {
    const response = await ask(url, init);
    if (!String(url).endsWith(path)) return response;
    arrived.open();
    await through.opened;
    return response;
  };
  return { fetch: held, arrived: arrived.opened, letThrough: through.open };
}

/** Time enough for a deed that does not wait for its turn. */
const orSoon = (deed: Promise<void>) => Promise.race([deed, pause(200)]);

async function alice(world: World, { asked, fetch }: ReturnType<typeof listening> = listening()) {
  const { baseUrl } = world;
  await createClient({ baseUrl }).post('/api/register/', { body: ALICE });
  const storage = inMemory();
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

  /** Her session, with a refresh whose answer is still on its way. */
  const refreshing = async (world: World) => {
    const held = holding('/api/token/refresh/');
    const opened = await alice(world, { asked: [], fetch: held.fetch });
    world.pass(301);
    const profile = opened.client.get('/api/profile/').catch((error: unknown) => error);
    await held.arrived;
    return { ...opened, profile, letThrough: held.letThrough };
  };

  test('stays logged out when a refresh was under way, here and at the server', async ({ world }) => {
    const { session, storage, profile, letThrough } = await refreshing(world);
    const written = vi.spyOn(storage, 'write');
    const logOut = session.logOut();
    await orSoon(logOut);
    letThrough();
    await Promise.all([logOut, profile]);
    expect([session.isLoggedIn(), storage.read()]).toEqual([false, undefined]);
    const client = createClient({ baseUrl: world.baseUrl });
    for (const [refresh = ''] of written.mock.calls.filter(([one]) => one !== undefined))
      await expect(client.post('/api/token/refresh/', { body: { refresh } })).rejects.toThrow();
  });

  test('is of whoever logged in last, also when a refresh was under way', async ({ world }) => {
    const { client, session, profile, letThrough } = await refreshing(world);
    const bob = { ...ALICE, username: 'bob' };
    await createClient({ baseUrl: world.baseUrl }).post('/api/register/', { body: bob });
    const logIn = session.logIn(bob);
    await orSoon(logIn);
    letThrough();
    await Promise.all([logIn, profile]);
    expect((await client.get('/api/profile/')).username).toBe('bob');
  });

  test('stays forgotten when a refresh was under way', async ({ world }) => {
    const { session, storage, profile, letThrough } = await refreshing(world);
    session.forget();
    letThrough();
    expect(await profile).toMatchObject({ status: 401 });
    expect([session.isLoggedIn(), storage.read()]).toEqual([false, undefined]);
  });

  test('gives a refresh up that gets no answer, and does the next one', async ({ world }) => {
    const { storage } = await alice(world);
    const limit = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
    const session = bearerSession({ baseUrl: world.baseUrl, storage });
    await expect(session.restore()).rejects.toThrow(/abort/);
    expect(limit).toHaveBeenCalledExactlyOnceWith(15_000);
    expect(await session.restore()).toBe(true);
    limit.mockRestore();
  });
});

/** Two tabs of one browser, where alice is logged in; bob is registered too. */
async function twoTabs(world: World, browser = withCookies('http://127.0.0.1')) {
  const place = { baseUrl: world.baseUrl, fetch: browser };
  const bob = { ...ALICE, username: 'bob' };
  for (const body of [ALICE, bob]) await createClient(place).post('/api/register/', { body });
  const [first, second] = [cookieSession(place), cookieSession(place)];
  await first.logIn(ALICE);
  const client = createClient({ ...place, auth: second });
  return { first, second, client, bob, place };
}

describe('two tabs in cookie mode', () => {
  test('go on as the person who logged in last, and tell that it is another one', async ({ open }) => {
    const { first, second, client, bob } = await twoTabs(await open({ TOKEN_TRANSPORT: 'cookie' }));
    await second.restore();
    const told: boolean[] = [];
    second.onChange((isLoggedIn) => told.push(isLoggedIn));
    await first.logOut();
    await first.logIn(bob);
    expect((await client.get('/api/profile/')).username).toBe('bob');
    expect(told).toEqual([false, true]);
  });

  test('log out of the session that is there now', async ({ open }) => {
    const { first, second, bob, place } = await twoTabs(await open({ TOKEN_TRANSPORT: 'cookie' }));
    await second.restore();
    await first.logOut();
    await first.logIn(bob);
    await second.logOut();
    expect(await cookieSession(place).restore()).toBe(false);
  });

  const deeds = ['logOut', 'forget'] as const;
  test.for(deeds)('stay out after %s when a refresh was under way', async (deed, { open }) => {
    const world = await open({ TOKEN_TRANSPORT: 'cookie' });
    const held = holding('/api/token/refresh/', withCookies('http://127.0.0.1'));
    const { second } = await twoTabs(world, held.fetch);
    const restored = second.restore();
    await held.arrived;
    const out = Promise.resolve(second[deed]());
    await orSoon(out);
    held.letThrough();
    await Promise.all([restored, out]);
    expect(second.isLoggedIn()).toBe(false);
  });
});

test('in cookie mode nobody is logged in before the server said so', async ({ open }) => {
  const { place } = await twoTabs(await open({ TOKEN_TRANSPORT: 'cookie' }));
  let isAway = true;
  const failing: typeof fetch = async (url, init) => {
    if (isAway && String(url).endsWith('/api/token/refresh/')) throw new TypeError('away');
    return place.fetch(url, init);
  };
  const session = cookieSession({ ...place, fetch: failing });
  await expect(session.restore()).rejects.toThrow('away');
  expect(session.isLoggedIn()).toBe(false);
  isAway = false;
  expect([await session.restore(), session.isLoggedIn()]).toEqual([true, true]);
  expect((await createClient({ ...place, auth: session }).get('/api/profile/')).username).toBe('alice');
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
