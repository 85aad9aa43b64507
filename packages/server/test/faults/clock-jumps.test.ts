import { expect } from 'vitest';
import { loggedIn, test, type World } from '../support/world.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Beyond 2038-01-19, where seconds outgrow 32 bits. The tests begin in January 2026. */
const YEARS = 13 * 365 * DAY;

const refresh = (world: World, token: string) => world.post('/api/token/refresh/', { refresh: token });

test.for([HOUR, DAY, 30 * DAY, -HOUR, -30 * DAY, YEARS, -YEARS])(
  'after the clock jumps by %d seconds nothing that was used up or ended is good again, and people get in [T-13]',
  async (seconds, { world }) => {
    const kept = await loggedIn(world);
    const { json: second } = await refresh(world, kept.refresh);
    const { json: third } = await refresh(world, second.refresh);
    const left = await loggedIn(world, 'bobby');
    expect((await world.post('/api/token/blacklist/', { refresh: left.refresh })).status).toBe(200);
    world.pass(seconds);
    const dead = [
      await refresh(world, left.refresh),
      await world.get('/api/dashboard/', { token: left.access }),
      // two generations old, whatever the grace
      await refresh(world, kept.refresh),
      // and with that its session is over
      await refresh(world, third.refresh),
    ];
    expect(dead.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const again = await world.post('/api/token/', { username: 'alice', password: 'Sup3rSecret!x' });
    expect(again.status).toBe(200);
    expect((await refresh(world, again.json.refresh)).status).toBe(200);
    expect(world.notes.filter((note) => note.startsWith('a request failed'))).toEqual([]);
  },
);

test('a clock that is set back keeps nobody out for longer than the limit itself [T-13]', async ({
  open,
}) => {
  const world = await open({ LIMITS: 'on' });
  await loggedIn(world);
  const wrong = () => world.post('/api/token/', { username: 'alice', password: 'wrong' });
  let tries = 0;
  while ((await wrong()).status === 401 && tries < 200) tries += 1;
  expect((await wrong()).status).toBe(429);
  world.pass(-30 * DAY);
  let waited = 0;
  const right = () => world.post('/api/token/', { username: 'alice', password: 'Sup3rSecret!x' });
  while ((await right()).status === 429 && waited < 2 * DAY) {
    waited += HOUR;
    world.pass(HOUR);
  }
  expect(waited).toBeLessThanOrEqual(DAY);
});
