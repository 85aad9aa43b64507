import { expect } from 'vitest';
import { explainRequest, explainToken } from '../src/domain/refusals/explain.ts';
import { judgementLines, requestLines } from '../src/http/explanation.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { claimsIn, forge, reforge } from './support/forge.ts';
import { loggedIn, type Reply, test, type World } from './support/world.ts';

const written = ({ app }: World) => app.notebook.flush(app.store, app.clock.now());

/** What `latchkey explain` prints for the answer. */
async function explained(world: World, { headers }: Reply): Promise<string> {
  await written(world);
  return requestLines(await explainRequest(world.app, headers.get('x-request-id') ?? '')).join('\n');
}

const dashboard = (world: World, token: string) => world.get('/api/dashboard/', { token });

test('every answer carries a request id of its own [H-23]', async ({ world }) => {
  const paths = [
    '/api/dashboard/',
    '/api/dashboard',
    '/nope',
    '/healthz',
    '/api/docs/',
    '/api/schema/',
    '/%ff',
  ];
  const replies = await Promise.all(
    paths.map((path) => world.get(path, { headers: { 'X-Request-Id': 'mine' } })),
  );
  const ids = replies.map(({ headers }) => headers.get('x-request-id'));
  for (const [i, id] of ids.entries()) expect(id, paths[i]).toMatch(/^[0-9a-f]{20}$/);
  expect(new Set(ids).size).toBe(paths.length);
});

test('a refusal and a failed login that could not be written are written the next time', async ({
  world,
}) => {
  const reply = await dashboard(world, 'no.token.atall');
  await world.post('/api/token/', { username: 'nobody', password: 'wrong' });
  const away = { ...world.app.store, transaction: () => Promise.reject(new Error('away')) };
  await expect(world.app.notebook.flush(away, world.app.clock.now())).rejects.toThrow('away');
  expect(await explained(world, reply)).toContain('refused  access_token_refused\n');
  const events = await world.app.store.audit.list(1);
  expect(events.map(({ event }) => event)).toMatchObject([{ event: 'login_failed', attempts: 1 }]);
});

test('an expired access token is explained with key, claim and seconds; its bytes and the wire stay as they are', async ({
  world,
}) => {
  const { access } = await loggedIn(world);
  world.pass(363);
  const reply = await dashboard(world, access);
  expect(Object.keys(reply.json)).toEqual(['detail', 'code', 'messages']);
  const text = await explained(world, reply);
  expect(text).toContain('refused  access_token_refused\n');
  expect(text).toContain('GET /api/dashboard/ from 127.0.0.1');
  expect(text).toContain('because  token_expired');
  expect(text).toContain('signed with a key without kid, HS256');
  expect(text).toContain('claim    at fault: exp 2026-01-05T09:05:00.000Z is 63 s before the request');
  expect(text).toContain('user     1 "alice", active');
});

test('a token of an ended session is explained with who ended it, when and why', async ({ world }) => {
  const { access, refresh } = await loggedIn(world);
  world.pass(10);
  const logout = await world.post('/api/token/blacklist/', { refresh });
  const text = await explained(world, await dashboard(world, access));
  expect(text).toContain('session  opened 2026-01-05T09:00:00.000Z, ended 2026-01-05T09:00:10.000Z');
  expect(text).toMatch(/ended by .*session_ended {2}user 1 {2}by 1 {2}.*why="logout"/);
  expect(text).toContain(`request ${logout.headers.get('x-request-id')}`);
});

test('a reused refresh token is explained on the routes that take one in the body', async ({ world }) => {
  const { refresh } = await loggedIn(world);
  const { json } = await world.post('/api/token/refresh/', { refresh });
  await world.post('/api/token/refresh/', json);
  const text = await explained(world, await world.post('/api/token/refresh/', { refresh }));
  expect(text).toContain('refused  token_blacklisted\n');
  expect(text).toContain('session  this is not its newest refresh token');
  expect(text).toMatch(/ended by .*refresh_token_reused/);
});

test('a foreign key, an unknown kid, a clock ahead and nonsense are told apart', async ({ world }) => {
  const { access } = await loggedIn(world);
  const iat = claimsIn(access).iat + 200;
  const [head = '', body = ''] = access.split('.');
  const cases: [string, string][] = [
    [`${head}.${body}.${'A'.repeat(43)}`, 'key      the signature is not that of a key without kid, HS256'],
    [
      forge(claimsIn(access), { alg: 'HS256', typ: 'JWT', kid: 'old\u001b[2J' }),
      'there is no such key here: key "old\\\\u001b[2J"',
    ],
    [
      reforge(access, { iat, exp: iat + 300 }),
      'at fault: iat 2026-01-05T09:03:20.000Z is 200 s after the request',
    ],
    ['nonsense', 'key      this is no token'],
  ];
  for (const [token, words] of cases)
    expect(await explained(world, await dashboard(world, token))).toContain(words);
});

test('latchkey explain --token judges a token as things are now, and writes nothing', async ({ world }) => {
  const { access } = await loggedIn(world);
  const lines = async () => judgementLines(await explainToken(world.app, access)).join('\n');
  expect(await lines()).toContain('good     it would be accepted now');
  world.pass(300);
  expect(await lines()).toMatch(/^refused {2}token_expired\n/);
  expect(await written(world)).toBe(0);
});

test('throttled requests and faulty fields are explained, without what was typed', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  const body = { username: 'bob', password: 'bob' };
  const faulty = await explained(world, await world.post('/api/register/', body));
  expect(faulty).toContain('field    password: faulty');
  for (let i = 0; i < 5; i += 1) await world.post('/api/register/', body);
  const text = await explained(world, await world.post('/api/register/', body));
  expect(text).toMatch(/refused {2}throttled[\s\S]*limit {4}register-minute, for \d+ s more/);
});

test('a flood of refusals is noted in part, and notes are purged after a week', async ({ world }) => {
  const reply = await world.get('/api/dashboard/');
  const { notebook, clock, store } = world.app;
  let room = 0;
  while (notebook.hasRoom('127.0.0.1', clock.now())) room += 1;
  expect(room).toBe(299);
  for (let i = 0; i < 9_000; i += 1)
    if (notebook.hasRoom(`10.0.${i >> 8}.${i & 255}`, clock.now())) room += 1;
  expect(room).toBe(2_999);
  expect(await explained(world, reply)).toContain('refused  not_authenticated');
  await store.refusals.add(
    [{ at: 0, requestId: 'x', method: '', route: '', reason: 'y', ip: '', detail: {} }],
    1,
  );
  expect(await explained(world, reply)).not.toContain('refused');
  const purge = JOBS.find(({ name }) => name === 'purge old refusals');
  expect(await purge?.run(world.app)).toBe(1);
});
