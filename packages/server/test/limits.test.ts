import { describe, expect } from 'vitest';
import { setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { loggedIn, type Reply, test, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const LIMITED = { LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' };

const from = (ip: string) => ({ headers: { 'X-Forwarded-For': ip } });

function login(world: World, username: string, password: string, ip = '192.0.2.1'): Promise<Reply> {
  return world.post('/api/token/', { username, password }, from(ip));
}

async function statuses(count: number, ask: (index: number) => Promise<Reply>): Promise<number[]> {
  const list: number[] = [];
  for (let i = 0; i < count; i++) list.push((await ask(i)).status);
  return list;
}

const many = (count: number, status: number) => Array<number>(count).fill(status);
const stranger = (index: number) => `198.51.100.${index}`;

describe('wrong passwords for one name', () => {
  test('ten may be tried; the next is told when to come back, whether anybody has the name or not [L-12, L-33]', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    for (const name of ['alice', 'nobody']) {
      expect(await statuses(10, (i) => login(world, name, 'wrong', stranger(i)))).toEqual(many(10, 401));
      const { status, json, headers } = await login(world, name, 'wrong', stranger(11));
      expect([status, json, headers.get('retry-after')]).toEqual([
        429,
        { detail: 'Request was throttled. Expected available in 60 seconds.' },
        '60',
      ]);
    }
  });

  test('a block keeps the right password out too, grows with each further wrong one, and always ends [L-12]', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    await world.post('/api/register/', { username: 'alice', password: PASSWORD }, from('203.0.113.7'));
    await statuses(10, (i) => login(world, 'alice', 'wrong', stranger(i)));
    expect((await login(world, 'alice', PASSWORD)).status).toBe(429);
    for (const seconds of [60, 120, 240, 480, 960, 1920, 3600, 3600]) {
      world.pass(seconds - 1);
      expect((await login(world, 'alice', 'wrong', stranger(seconds % 250))).status).toBe(429);
      world.pass(1);
      expect((await login(world, 'alice', 'wrong', stranger(seconds % 250))).status).toBe(401);
    }
    world.pass(3600);
    expect((await login(world, 'alice', PASSWORD)).status).toBe(200);
    expect(await statuses(9, (i) => login(world, 'alice', 'wrong', stranger(i)))).toEqual(many(9, 401));
  });

  test('the right password forgets the wrong ones before it', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    for (let round = 0; round < 3; round++) {
      expect(await statuses(9, (i) => login(world, 'alice', 'wrong', stranger(i)))).toEqual(many(9, 401));
      expect((await login(world, 'alice', PASSWORD, '203.0.113.7')).status).toBe(200);
    }
  });

  test('one name in two spellings is one name', async ({ open }) => {
    const world = await open(LIMITED);
    await statuses(10, (i) => login(world, i % 2 ? 'Alice' : 'ALICE', 'wrong', stranger(i)));
    expect((await login(world, 'alice', 'wrong', stranger(20))).status).toBe(429);
  });

  test('a stranger cannot keep the owner out of a network that he has logged in from [L-18]', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    expect((await login(world, 'alice', PASSWORD, '2001:db8:1:2::1')).status).toBe(200);
    await statuses(11, (i) => login(world, 'alice', 'wrong', stranger(i)));
    expect((await login(world, 'alice', PASSWORD, '203.0.113.9')).status).toBe(429);
    expect((await login(world, 'alice', PASSWORD, '2001:db8:1:2:ffff::9')).status).toBe(200);
    const home = await statuses(11, () => login(world, 'alice', 'wrong', '2001:db8:1:2::1'));
    expect(home).toEqual([...many(10, 401), 429]);
  });

  test('of two hundred guesses at once ten are looked at [L-13]', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    const guesses = Array.from({ length: 200 }, (_, i) => login(world, 'alice', `guess ${i}`, `10.0.${i}.1`));
    const seen = (await Promise.all(guesses)).map(({ status }) => status);
    expect(seen.filter((status) => status !== 429)).toEqual(many(10, 401));
  });

  test('a right login that the busy server did not look at is not counted as wrong', async ({ open }) => {
    const world = await open({ ...LIMITED, HASH_CONCURRENCY: '1' });
    await loggedIn(world, 'alice');
    const flood = Array.from({ length: 300 }, (_, i) => login(world, `somebody${i}`, 'wrong', `10.1.${i}.1`));
    const mine = await Promise.all(
      Array.from({ length: 15 }, (_, i) => login(world, 'alice', PASSWORD, `10.2.${i}.1`)),
    );
    await Promise.all(flood);
    expect(mine.map(({ status }) => status)).not.toContain(401);
    expect((await login(world, 'alice', PASSWORD, '10.3.0.1')).status).toBe(200);
  });
});

describe('one network', () => {
  test('after twenty wrong passwords it waits, whatever the names, and another network does not [L-11]', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    const stuffed = await statuses(40, (i) => login(world, `victim${i}`, 'wrong', '192.0.2.66'));
    expect(stuffed).toEqual([...many(20, 401), ...many(20, 429)]);
    expect((await login(world, 'alice', PASSWORD, '192.0.2.66')).status).toBe(429);
    expect((await login(world, 'alice', PASSWORD, '192.0.2.67')).status).toBe(200);
  });

  test('right logins do not use it up', async ({ open }) => {
    const world = await open(LIMITED);
    await loggedIn(world, 'alice');
    expect(await statuses(25, () => login(world, 'alice', PASSWORD))).toEqual(many(25, 200));
  });

  test('addresses of one /64, and spellings of one address, are one network [L-14]', async ({ open }) => {
    const world = await open(LIMITED);
    const spellings = [
      '2001:db8::1',
      '2001:DB8:0:0::2',
      '2001:db8:0:0:ffff:ffff:ffff:ffff',
      '2001:0db8:0000:0000::3',
    ];
    await statuses(20, (i) => login(world, `victim${i}`, 'wrong', spellings[i % 4]));
    expect((await login(world, 'x', 'wrong', '2001:db8::abcd')).status).toBe(429);
    expect((await login(world, 'x', 'wrong', '2001:db8:0:1::1')).status).toBe(401);
    await statuses(20, (i) => login(world, `other${i}`, 'wrong', i % 2 ? '192.0.2.5' : '::ffff:192.0.2.5'));
    expect((await login(world, 'x', 'wrong', '::ffff:c000:205')).status).toBe(429);
  });

  test('registering has five a minute and thirty an hour', async ({ open }) => {
    const world = await open(LIMITED);
    const register = (i: number) =>
      world.post('/api/register/', { username: `user${i}`, password: PASSWORD }, from('192.0.2.1'));
    expect(await statuses(6, register)).toEqual([...many(5, 201), 429]);
    for (let minute = 1; minute < 6; minute++) {
      world.pass(60);
      expect(await statuses(5, (i) => register(100 * minute + i))).toEqual(many(5, 201));
    }
    world.pass(60);
    const refused = await register(999);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 3600 - 360]);
  });

  test('refreshing has a hundred and fifty in five minutes, counted before the token is read', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    const refresh = () => world.post('/api/token/refresh/', { refresh: 'no token' }, from('192.0.2.1'));
    expect(await statuses(151, refresh)).toEqual([...many(150, 401), 429]);
    world.pass(300);
    expect((await refresh()).status).toBe(401);
  });
});

test('the counts are in the database: a restart or a second server changes nothing [L-20]', async ({
  open,
}) => {
  const world = await open(LIMITED);
  await statuses(10, (i) => login(world, 'alice', 'wrong', stranger(i)));
  const counts = await world.lent.database.db.selectFrom('limit_counts').select(['key', 'count']).execute();
  expect(counts.find(({ key }) => key.startsWith('login-name'))?.count).toBe(10);
  expect(counts.map(({ key }) => key).join()).not.toContain('alice');
});

test('without LIMITS nobody is turned away and nothing is counted', async ({ world }) => {
  expect(await statuses(30, () => login(world, 'alice', 'wrong'))).toEqual(many(30, 401));
  expect(await world.lent.database.db.selectFrom('limit_counts').select('key').execute()).toEqual([]);
});

test('counts that mean nothing any more are purged', async ({ open }) => {
  const world = await open(LIMITED);
  await statuses(3, (i) => login(world, 'alice', 'wrong', stranger(i)));
  const purge = JOBS.find(({ name }) => name === 'purge counts of limits');
  expect(await purge?.run(world.app)).toBe(0);
  world.pass(31 * 86_400);
  expect(await purge?.run(world.app)).toBe(4);
});

test('a new password, set by the operator, opens the way in again', async ({ open }) => {
  const world = await open(LIMITED);
  await loggedIn(world, 'alice');
  await statuses(10, (i) => login(world, 'alice', 'wrong', stranger(i)));
  await setPassword(world.app, 1, 'An0ther-Secret!y', COMMAND_LINE);
  expect((await login(world, 'alice', 'An0ther-Secret!y', stranger(30))).status).toBe(200);
});

describe('who is believed about the address of a caller [L-15]', () => {
  const blocked = async (world: World, forwarded: (index: number) => string) =>
    (await statuses(21, (i) => login(world, `victim${i}`, 'wrong', forwarded(i)))).at(-1) === 429;

  test('without a trusted proxy nobody is, and the log says so once', async ({ open }) => {
    const world = await open({ LIMITS: 'on' });
    expect(await blocked(world, (i) => stranger(i))).toBe(true);
    expect(world.notes.filter((note) => note.includes('TRUSTED_PROXIES'))).toHaveLength(1);
  });

  test('with one, the rightmost address that is no proxy counts, and what is left of it does not', async ({
    open,
  }) => {
    const world = await open({ LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' });
    expect(await blocked(world, (i) => `${stranger(i)}, 192.0.2.1, 10.1.2.3`)).toBe(true);
    expect(await blocked(world, (i) => `192.0.2.2, ${stranger(i)}`)).toBe(false);
  });

  test.for([['nonsense'], ['192.0.2.1, nonsense'], ['127.0.0.1'], ['']])(
    'a header that names nobody (%s) leaves the proxy itself',
    async ([header = ''], { open }) => {
      const world = await open({ LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' });
      expect(await blocked(world, () => header)).toBe(true);
      expect(await blocked(world, (i) => stranger(i))).toBe(false);
    },
  );
});
