import { expect } from 'vitest';
import { JOBS } from '../src/jobs/jobs.ts';
import { make, PASSWORD, staff } from './support/admin.ts';
import { addUser, record } from './support/django-tokens.ts';
import { claimsIn } from './support/forge.ts';
import { importSource, sourceAccount, sourceOf } from './support/import.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { jtiOf } from './support/race.ts';
import { loggedIn, SECRET_KEY, type World, test as withProse } from './support/world.ts';

const KEYS = '/api/admin/keys/';
const AUDIT = '/api/admin/audit/';
const DAY = 86_400;

// The oracles take times in prose (`at fault: … 09:05:00`) for the lines of a stack: two tests go without.

const newest = async ({ app }: World) => (await app.store.audit.list(1))[0]?.event;

const base64url = (text: string) => Buffer.from(text).toString('base64url');

const pathOf = (url: string) => url.slice('http://127.0.0.1'.length);

type Get = (path: string) => Promise<{ readonly json: { next: string | null; results: unknown[] } }>;

/** Turns over a whole list; what `show` says of the rows, page by page. */
async function pagesOf<T>(get: Get, path: string, show: (row: T) => unknown): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  for (let next: string | null = path; next !== null; ) {
    const { json }: Awaited<ReturnType<Get>> = await get(next);
    pages.push((json.results as T[]).map(show));
    next = json.next && pathOf(json.next);
  }
  return pages;
}

test('refresh tokens of both kinds stand in one list, found by account, jti or session, and are revoked', async ({
  world,
}) => {
  const { database } = world.lent;
  const clerk = await staff(world, 'clerk', ['view_outstandingtoken', 'delete_outstandingtoken']);
  const alice = await loggedIn(world);
  await addUser(database, 77);
  await record(database, 'django-old', { userId: 77, blacklisted: true });
  await record(database, 'django-live', { userId: 77 });
  await record(database, 'django-nobody', { expiresAt: 1 });
  const jti = jtiOf(alice.refresh);
  const sid = claimsIn(alice.access).sid;
  const listed = (query: string) =>
    pagesOf<{ jti: string }>(clerk.get, `/api/admin/tokens/?page_size=2${query}`, (row) => row.jti);
  expect(await listed('')).toEqual([
    ['django-old', 'django-live'],
    [jti, 'django-nobody'],
  ]);
  expect(await listed('&state=outstanding')).toEqual([['django-live', jti]]);
  expect(await listed('&state=blacklisted')).toEqual([['django-old']]);
  for (const search of ['alice', jti, sid]) expect(await listed(`&search=${search}`)).toEqual([[jti]]);
  expect(await listed('&search=77&state=blacklisted')).toEqual([['django-old']]);
  expect((await clerk.get(`/api/admin/tokens/?search=${sid}`)).json.results).toEqual([
    {
      jti,
      user: { id: expect.any(Number), username: 'alice' },
      kind: 'session',
      created_at: '2026-01-05T09:00:00.000Z',
      expires_at: '2026-02-24T09:00:00.000Z',
      blacklisted_at: null,
      session_id: sid,
    },
  ]);
  expect((await clerk.ask('DELETE', `/api/admin/tokens/${jti}/`)).status).toBe(204);
  expect(await newest(world)).toMatchObject({ event: 'session_ended', why: 'staff', actorId: 1, userId: 2 });
  expect((await world.post('/api/token/refresh/', { refresh: alice.refresh })).status).toBe(401);
  await clerk.ask('DELETE', '/api/admin/tokens/django-live/');
  expect(await newest(world)).toMatchObject({
    event: 'django_token_revoked',
    jti: 'django-live',
    actorId: 1,
  });
  // The last that was blacklisted comes first; both of this moment by their jti.
  expect((await listed('&state=blacklisted')).flat().sort()).toEqual(
    [jti, 'django-live', 'django-old'].sort(),
  );
});

test('what is a superuser’s, or of staff who may more, and what is nothing, no clerk revokes [A-03]', async ({
  world,
}) => {
  const clerk = await staff(world, 'clerk', ['delete_outstandingtoken']);
  await make(world, 'root', 'superuser');
  const chief = await make(world, 'chief', ['delete_outstandingtoken', 'delete_session']);
  const tokens = ['django-of-chief'];
  await record(world.lent.database, 'django-of-chief', { userId: chief });
  for (const username of ['root', 'chief']) {
    const { json } = await world.post('/api/token/', { username, password: PASSWORD });
    tokens.push(claimsIn(json.access).sid);
  }
  await expectNothingHappened(world, async () => {
    for (const one of tokens)
      expect(await clerk.ask('DELETE', `/api/admin/tokens/${one}/`)).toMatchObject({ status: 403 });
    expect(await clerk.ask('DELETE', `/api/admin/tokens/${'0'.repeat(32)}/`)).toMatchObject({ status: 404 });
  });
});

test('keys are shown without what is secret, rotated and retired, and who did it is noted', async ({
  world,
}) => {
  const root = await staff(world, 'root', 'superuser');
  const states = async () => {
    const keys: Record<string, string>[] = (await root.get(KEYS)).json;
    // Both new ones are of one moment.
    return keys.map(({ algorithm, state }) => `${algorithm} ${state}`).sort();
  };
  expect(await states()).toEqual(['HS256 signing']);
  await root.stepUp();
  expect((await root.ask('POST', `${KEYS}rotate/`, { algorithm: 'none', now: 'x' })).json).toEqual({
    algorithm: ['This is not a valid choice.'],
    now: ['Must be a valid boolean.'],
  });
  const { json: next } = await root.ask('POST', `${KEYS}rotate/`, {});
  expect(next).toMatchObject({ algorithm: 'EdDSA', state: 'next', signs_from: '2026-01-05T09:05:30.000Z' });
  expect(await newest(world)).toMatchObject({ event: 'key_rotated', actorId: 1 });
  expect((await root.ask('POST', `${KEYS}rotate/`, { algorithm: 'ES256' })).json.code).toBe(
    'rotation_under_way',
  );
  await root.ask('POST', `${KEYS}rotate/`, { algorithm: 'ES256', now: true });
  expect(await states()).toEqual(['ES256 signing', 'EdDSA old', 'HS256 old']);
  expect(world.app.keys.ring.signing.algorithm).toBe('ES256');
  const retire = async (kid: string) => {
    const { status, json } = await root.ask('POST', `${KEYS}${kid}/retire/`);
    return [status, json.state ?? json.code];
  };
  expect(await retire('SECRET_KEY')).toEqual([200, 'retired']);
  expect(await newest(world)).toMatchObject({ event: 'key_retired', kid: 'SECRET_KEY', actorId: 1 });
  expect(await retire('SECRET_KEY')).toEqual([400, 'key_is_retired']);
  expect((await retire('no-such-key'))[0]).toBe(404);
  expect((await root.get(KEYS)).text).not.toMatch(/sealed|"d"/);
});

/** Ten events an hour apart, about users 0 to 4, by 7; written in another order than they happened. */
async function writeHistory({ app }: World): Promise<void> {
  for (const hour of [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]) {
    const at = Date.UTC(2026, 0, 1, hour);
    const origin = { ip: '192.0.2.1', userAgent: 'a', requestId: `r${hour}` };
    const event = { event: 'account_changed', userId: hour % 5, actorId: 7, fields: ['bio'] } as const;
    await app.store.audit.record(event, at, origin);
  }
}

test('audit events are filtered, turned over in either direction, and watched', async ({ world }) => {
  const clerk = await staff(world, 'clerk', ['view_auditevent']);
  await writeHistory(world);
  const hour = ({ at }: { at: string }) => Number(at.slice(11, 13));
  const hours = (query: string) => pagesOf(clerk.get, `${AUDIT}?actor=7&page_size=4${query}`, hour);
  expect(await hours('')).toEqual([
    [4, 3, 2, 1],
    [0, 9, 8, 7],
    [6, 5],
  ]);
  expect(await hours('&ordering=id&event=account_changed')).toEqual([
    [5, 6, 7, 8],
    [9, 0, 1, 2],
    [3, 4],
  ]);
  expect(await hours('&since=2026-01-01T02:00:00Z&until=2026-01-01T08:00:00Z')).toEqual([
    [7, 6, 5, 4],
    [3, 2],
  ]);
  expect(await hours('&user=3')).toEqual([[3, 8]]);
  expect(await hours('&request_id=r6')).toEqual([[6]]);
  const { json: first } = await clerk.get(`${AUDIT}?actor=7&page_size=4&since=2026-01-01`);
  const { json: second } = await clerk.get(pathOf(first.next));
  expect((await clerk.get(pathOf(second.previous))).json.results).toEqual(first.results);
  const [last] = (await clerk.get(`${AUDIT}?page_size=1`)).json.results;
  await loggedIn(world);
  const { json: newer } = await clerk.get(`${AUDIT}?after=${last.id}`);
  expect(newer.results.map(({ event }: { event: string }) => event)).toEqual([
    'account_registered',
    'logged_in',
  ]);
  expect(newer.results[1]).toMatchObject({
    actor: { id: 2, username: 'alice' },
    user: { id: 2, username: 'alice' },
    detail: { sessionId: expect.any(String) },
  });
  expect((await clerk.get(`${AUDIT}?user=alice&event=logged_in`)).json.results).toHaveLength(1);
});

test('a parameter that is unknown, or cannot be, is told by name [A-09, A-11, S-03]', async ({ world }) => {
  const root = await staff(world, 'root', 'superuser');
  const faults = async (path: string) => {
    const { status, json } = await root.get(path);
    return [status, ...Object.keys(json)];
  };
  for (const query of [
    'page_size=0',
    'page_size=201',
    'page_size=1e2',
    'cursor=a',
    'cursor=aWyJ4Il0',
    'cursor=bWzEsMl0x',
    `cursor=a${base64url('[1.5,1]')}`,
    `cursor=b${base64url('[1,1e400]')}`,
    'ordering=detail',
    'event=x',
    'since=yesterday',
    'user=nobody',
    'ip=127.0.0.1',
    'detail__contains=x',
    'after=-1',
    'actor=a&actor=b',
    'request_id=%00',
  ])
    expect(await faults(`${AUDIT}?${query}`), query).toEqual([400, query.split('=')[0]]);
  expect(await faults('/api/admin/tokens/?ordering=jti&state=x')).toEqual([400, 'ordering', 'state']);
  expect(await faults('/api/admin/overview/?days=367')).toEqual([400, 'days']);
});

test('the audit trail is downloaded as it is read, and that is noted [A-17]', async ({ world }) => {
  const clerk = await staff(world, 'clerk', ['view_auditevent']);
  await writeHistory(world);
  // Nobody's name is kept where no erasure takes it out.
  await clerk.ask('GET', `${AUDIT}export/?user=clerk&event=logged_in`);
  expect((await newest(world)) as object).toHaveProperty('asked', { userId: 1, event: 'logged_in' });
  const reply = await clerk.ask('GET', `${AUDIT}export/?actor=7&since=2026-01-01T05:00:00Z`, undefined, {
    Accept: 'text/html',
  });
  expect([reply.headers.get('content-type'), reply.headers.get('content-disposition')]).toEqual([
    'application/x-ndjson',
    'attachment; filename="audit.ndjson"',
  ]);
  const lines = reply.text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).request_id)).toEqual(['r5', 'r6', 'r7', 'r8', 'r9']);
  expect(await newest(world)).toMatchObject({
    event: 'audit_exported',
    actorId: 1,
    asked: { actorId: 7, since: Date.UTC(2026, 0, 1, 5) },
  });
});

withProse(
  'a request and a token are explained in words and in facts, without a secret',
  async ({ world }) => {
    const clerk = await staff(world, 'clerk', ['view_auditevent']);
    const { access } = await loggedIn(world);
    world.pass(301);
    const refused = await world.get('/api/dashboard/', { token: access });
    await world.app.notebook.flush(world.app.store, world.app.clock.now(), true);
    const explain = async (query: string) => (await clerk.ask('POST', '/api/admin/explain/', { query })).json;
    const about = await explain(refused.headers.get('x-request-id') ?? '');
    expect(about.lines).toEqual(
      expect.arrayContaining(['refused  access_token_refused', 'because  token_expired']),
    );
    expect(about.facts).toMatchObject({
      kind: 'request',
      refusals: [{ reason: 'access_token_refused', user: { username: 'alice', is_active: true } }],
    });
    const token = await explain(access);
    expect(token.facts).toMatchObject({
      kind: 'token',
      reason: 'token_expired',
      user: { username: 'alice' },
    });
    expect(JSON.stringify([about, token])).not.toMatch(/argon2|password"|eyJ/);
    expect((await explain('no-such-id')).lines).toEqual([expect.stringMatching(/^Nothing is known/)]);
  },
);

test('what an import said is kept, and a dry run leaves nothing', async ({ world }) => {
  const clerk = await staff(world, 'clerk', ['view_import']);
  const source = () => sourceOf([sourceAccount(50)]);
  await importSource(world.app, source(), true);
  expect((await clerk.get('/api/admin/imports/')).json.results).toEqual([]);
  const report = await importSource(world.app, source());
  await importSource(world.app, source());
  const { results } = (await clerk.get('/api/admin/imports/')).json;
  expect(results).toEqual([
    { id: 1, at: '2026-01-05T09:00:00.000Z', summary: expect.stringContaining('added: 1') },
  ]);
  const { json } = await clerk.get('/api/admin/imports/1/');
  expect(json.report).toEqual(JSON.parse(JSON.stringify(report)));
  expect((await clerk.get('/api/admin/imports/2/')).status).toBe(404);
});

withProse('the settings in force are shown masked, with what they break [A-20]', async ({ open }) => {
  const world = await open({ LIMITS: 'off', ACCESS_TOKEN_SECONDS: '7200' });
  const clerk = await staff(world, 'clerk', ['view_setting']);
  const { json, text } = await clerk.get('/api/admin/settings/');
  const shown = (name: string) => json.settings.find((one: { name: string }) => one.name === name);
  expect(shown('ACCESS_TOKEN_SECONDS')).toMatchObject({ value: '7200', source: 'set' });
  expect(shown('SESSION_MAX_SECONDS')).toMatchObject({ value: '7776000', source: 'default' });
  expect(shown('SECRET_KEY').value).toBe('***');
  expect(text).not.toContain(SECRET_KEY);
  expect(json.findings).toContainEqual({
    requirement: 'ASVS 9.2.1',
    setting: 'ACCESS_TOKEN_SECONDS',
    text: 'an access token is good for more than an hour',
    todo: 'Set ACCESS_TOKEN_SECONDS to 3600 at the most',
    severity: 'breach',
  });
});

test('the overview counts each day what happened, and what there is', async ({ world }) => {
  const clerk = await staff(world, 'clerk', ['view_user']);
  const { refresh } = await loggedIn(world);
  const { json: pair } = await world.post('/api/token/refresh/', { refresh });
  await world.post('/api/token/', { username: 'alice', password: 'wrong' });
  const flush = () => world.app.tally.flush(world.app.store, world.app.clock.now(), true);
  await flush();
  const count = JOBS.find(({ name }) => name === 'count accounts and sessions');
  await count?.run(world.app);
  world.pass(DAY);
  await world.post('/api/token/refresh/', { refresh });
  await world.post('/api/token/refresh/', { refresh: pair.refresh });
  await flush();
  const again = await staff(world, 'again', ['view_user']);
  const { json } = await again.get('/api/admin/overview/?days=3');
  const none = { sign_ups: 0, logins_ok: 0, logins_failed: 0, refreshes: 0, reuse: 0 };
  expect(json.days).toEqual([
    { day: '2026-01-04', ...none, users: null, active_sessions: null },
    {
      day: '2026-01-05',
      sign_ups: 1,
      logins_ok: expect.any(Number),
      logins_failed: 1,
      refreshes: 1,
      reuse: 0,
      users: 2,
      active_sessions: 1,
    },
    { day: '2026-01-06', ...none, reuse: 1, users: null, active_sessions: null },
  ]);
  expect([json.totals, json.hash_queue]).toEqual([
    { users: 3, active_sessions: 0, counted_at: '2026-01-06T09:00:00.000Z' },
    { running: 0, waiting: 0 },
  ]);
  expect((await clerk.get('/api/admin/overview/')).status).toBe(401);
});
