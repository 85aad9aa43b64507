import { describe, expect } from 'vitest';
import { EVERYTHING } from '../src/domain/limits/limit.ts';
import { test, type World } from './support/world.ts';

const LIMITED = { LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' };
const from = (ip: string) => ({ headers: { 'X-Forwarded-For': ip } });

/** Uses up what a network may ask, with what costs the server least; all of it is answered. */
async function askAll(world: World, ip: string): Promise<void> {
  const asked = Array.from({ length: EVERYTHING.count }, () => world.get('/nowhere', from(ip)));
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([404]));
}

describe('a network that asks for anything three hundred times in ten seconds', () => {
  test('is turned away whatever it asks next, in REST framework’s words; others are not', async ({
    open,
  }) => {
    const world = await open(LIMITED);
    await askAll(world, '2001:db8:1:2::1');
    const refused = await world.get('/api/dashboard/', from('2001:db8:1:2:ffff::9'));
    const wait = Number(refused.headers.get('retry-after'));
    expect([refused.status, refused.json]).toEqual([
      429,
      { detail: `Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.` },
    ]);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(10);
    const sent = [
      await world.ask('OPTIONS', '/api/token/', from('2001:db8:1:2::1')),
      await world.post('/api/token/', { username: 'a', password: 'b' }, from('2001:db8:1:2::1')),
      await world.get('/api/dashboard/', from('2001:db8:1:3::1')),
    ];
    expect(sent.map(({ status }) => status)).toEqual([429, 429, 401]);
    const events = (await world.app.store.audit.list(10)).map(({ event }) => event);
    expect(events).toEqual([
      { event: 'limit_hit', userId: undefined, limit: 'everything', waitSeconds: wait },
    ]);
  });

  test('may still ask how the server is', async ({ open }) => {
    const world = await open(LIMITED);
    await askAll(world, '192.0.2.1');
    expect((await world.get('/healthz', from('192.0.2.1'))).status).toBe(200);
    expect((await world.get('/readyz', from('192.0.2.1'))).status).toBe(200);
    expect((await world.get('/readyz/', from('192.0.2.1'))).status).toBe(429);
  });

  test('is not turned away if it is a trusted proxy that asks for itself, or there are no limits', async ({
    open,
  }) => {
    for (const world of [await open(LIMITED), await open({ LIMITS: 'off' })]) {
      await askAll(world, '');
      expect((await world.get('/nowhere')).status).toBe(404);
    }
  });
});
