import { describe, expect } from 'vitest';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { LOGIN_BY_NAME, LOGIN_BY_NETWORK } from '../src/domain/limits/limit.ts';
import { loggedIn, test, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const LIMITED = { LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' };
const from = (ip: string) => ({ headers: { 'X-Forwarded-For': ip } });
const login = (world: World, username: string, password: string, ip: string) =>
  world.post('/api/token/', { username, password }, from(ip));
const eventsOf = async (world: World, event: string) =>
  (await world.app.store.audit.list(200)).map((one) => one.event).filter((one) => one.event === event);

/** The wrong passwords of the worst case, without their hashing: as fast as the delays allow. */
async function guessInVain(world: World, username: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    expect((await login(world, username, 'wrong', `10.9.${i}.1`)).status).toBe(401);
    world.pass(3_600);
  }
}

describe('a hundred wrong passwords in a row', () => {
  test('close a name until it has a new password, whether anybody has it or not [L-12]', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    for (const name of ['alice', 'nobody']) {
      await guessInVain(world, name, LOGIN_BY_NAME.stop ?? 0);
      world.pass(300 * 86_400);
      const { status, json, headers } = await login(world, name, PASSWORD, '192.0.2.1');
      expect([status, json, headers.get('retry-after')]).toEqual([
        429,
        { detail: 'Request was throttled.' },
        null,
      ]);
    }
    await setPassword(world.app, 1, 'An0ther-Secret!y', COMMAND_LINE);
    expect((await login(world, 'alice', 'An0ther-Secret!y', '192.0.2.1')).status).toBe(200);
  });

  test('do not close it in a network that its owner has logged in from [L-18]', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    expect((await login(world, 'alice', PASSWORD, '203.0.113.7')).status).toBe(200);
    await guessInVain(world, 'alice', 100);
    expect((await login(world, 'alice', PASSWORD, '203.0.113.7')).status).toBe(200);
    expect((await login(world, 'alice', PASSWORD, '203.0.113.8')).status).toBe(429);
  });

  test('under a name that is nobody’s yet are not held against who takes it', async ({ open }) => {
    const world = await open(LIMITED);
    await guessInVain(world, 'alice', 100);
    await loggedIn(world, 'alice');
  });
});

describe('a block', () => {
  test('of a network grows as long as wrong passwords keep coming, up to an hour [L-11]', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    const waits: number[] = [];
    for (let i = 0; waits.length < 8; i++) {
      const { status, headers } = await login(world, `victim${i}`, 'wrong', '192.0.2.66');
      if (status === 401) continue;
      waits.push(Number(headers.get('retry-after')));
      world.pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  test('does not outlast a clock that is set back [T-13]', async ({ open }) => {
    const world = await open(LIMITED);
    const { limits } = world.app.store;
    for (const limit of [LOGIN_BY_NETWORK, LOGIN_BY_NAME]) {
      const at = world.app.clock.now();
      for (let i = 0; i < limit.count; i++) expect(await limits.count(limit, 'x', at)).toBeUndefined();
      expect(await limits.count(limit, 'x', at)).toEqual({ wait: 60_000, isFirst: true });
      // A clock of another server that is a little behind makes no way around it.
      expect(await limits.count(limit, 'x', at - 90_000)).toEqual({ wait: 150_000, isFirst: false });
      expect(await limits.count(limit, 'x', at - 3_600_000)).toBeUndefined();
    }
  });

  test('is told to the audit trail once, with whose name it is [S-09]', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    for (let i = 0; i < 14; i++) await login(world, 'alice', 'wrong', `10.9.${i}.1`);
    const hit = { event: 'limit_hit', userId: 1, limit: 'login-name' };
    expect(await eventsOf(world, 'limit_hit')).toEqual([{ ...hit, waitSeconds: 60 }]);
    world.pass(60);
    for (let i = 0; i < 4; i++) await login(world, 'alice', 'wrong', `10.9.${i}.1`);
    expect((await eventsOf(world, 'limit_hit'))[0]).toEqual({ ...hit, waitSeconds: 120 });
  });
});

describe('one session', () => {
  test('is refreshed thirty times a minute; then the token waits, and stays good', async ({ open }) => {
    const world = await open(LIMITED);
    let { refresh } = await loggedIn(world, 'alice');
    const ask = (token: string) => world.post('/api/token/refresh/', { refresh: token }, from('192.0.2.1'));
    let parent = '';
    for (let i = 0; i < 30; i++) {
      parent = refresh;
      refresh = (await ask(parent)).json.refresh;
    }
    world.pass(10);
    const refused = await ask(refresh);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '50']);
    // A client whose answer was lost still gets it.
    expect((await ask(parent)).json.refresh).toBe(refresh);
    await ask(refresh);
    expect(await eventsOf(world, 'limit_hit')).toEqual([
      { event: 'limit_hit', userId: 1, limit: 'refresh-session', waitSeconds: 50 },
    ]);
    world.pass(50);
    expect((await ask(refresh)).status).toBe(200);
  });

  test('is not throttled without LIMITS', async ({ world }) => {
    let { refresh } = await loggedIn(world, 'alice');
    for (let i = 0; i < 40; i++)
      refresh = (await world.post('/api/token/refresh/', { refresh })).json.refresh;
    expect(refresh).toBeDefined();
  });
});

describe('one password on many names [L-34]', () => {
  test('is told once, from however many networks it comes, and locks nobody out', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    for (let i = 0; i < 25; i++) await login(world, `victim${i}`, 'Winter2026!', `10.9.${i}.1`);
    expect(await eventsOf(world, 'spraying_seen')).toEqual([
      { event: 'spraying_seen', userId: undefined, names: 20 },
    ]);
    expect(world.notes.filter((note) => note.includes('tried on many names'))).toHaveLength(1);
    expect(world.notes.join()).not.toContain('Winter2026!');
    expect((await login(world, 'alice', PASSWORD, '192.0.2.1')).status).toBe(200);
  });

  test('is not seen in many passwords on many names, or in one on few', async ({ open }) => {
    const world = await open(LIMITED);
    for (let i = 0; i < 40; i++) await login(world, `n${i % 19}`, 'Winter2026!', `10.9.${i}.1`);
    for (let i = 0; i < 25; i++) await login(world, `m${i}`, `wrong ${i}`, `10.8.${i}.1`);
    expect(await eventsOf(world, 'spraying_seen')).toEqual([]);
  });
});
