import fc from 'fast-check';
import { expect } from 'vitest';
import { type Field, isTyped } from '../src/http/fields.ts';
import type { Route } from '../src/http/route.ts';
import { ROUTES } from '../src/http/routes/all.ts';
import { CODE_POINT } from './support/code-point.ts';
import { claimsIn } from './support/forge.ts';
import { test } from './support/oracles.ts';
import { PATIENTLY, rounds } from './support/rounds.ts';
import { loggedIn, type World } from './support/world.ts';

type Pair = Awaited<ReturnType<typeof loggedIn>>;

/** One request, as the dice made it. */
interface Shot {
  readonly method: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What a field may hold when all is well. */
function goodValue(name: string, field: Field, pair: Pair): fc.Arbitrary<unknown> {
  if (name === 'refresh') return fc.constantFrom(pair.refresh, pair.access, 'x');
  if (name === 'token') return fc.constantFrom(pair.access, pair.refresh);
  if (isTyped(field)) return fc.constantFrom<unknown>(true, 'false', [], [1, 2], ['view_user']);
  if (field.kind === 'email') return fc.constantFrom('', 'zoe@example.org', 'ALICE@example.org');
  if (field.isSecret) return fc.constantFrom('Sup3rSecret!x', 'short', 'another-Good1');
  return fc.oneof(fc.constant('alice'), fc.string({ unit: 'grapheme', maxLength: 30 }));
}

/** What no field expects. */
const ODD: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: CODE_POINT, maxLength: 200 }),
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    '',
    ' ',
    '\0',
    '\ud800',
    'RAW1e400',
    'RAW-0',
    'RAW9223372036854775808',
    'RAWNaN',
    '9'.repeat(5_000),
  ),
  fc.constantFrom<unknown>(
    "' OR 1=1--",
    '%00',
    '$1',
    '\u202e',
    '\ufeff',
    '\u2028',
    'a'.repeat(3_000),
    '😀'.repeat(300),
  ),
  fc.constant(JSON.parse(`${'['.repeat(25)}${']'.repeat(25)}`)),
);

const NAMES = fc.constantFrom(
  '__proto__',
  'constructor',
  'is_staff',
  'id',
  'toString',
  '',
  'text',
  'ｕsername',
);

/** A good body, and then one thing about it that is not. */
function bodies({ operations }: Route, pair: Pair): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(
    operations.POST?.fields ?? { text: { kind: 'string', label: '', required: false } as const },
  );
  const good = fc.record(
    Object.fromEntries(fields.map(([name, field]) => [name, goodValue(name, field, pair)])),
    { requiredKeys: fields.filter(([, field]) => field.required).map(([name]) => name) },
  );
  const name = fc.oneof(fc.constantFrom(...fields.map(([field]) => field)), NAMES);
  return fc.oneof(
    good,
    fc.tuple(good, name, ODD).map(([body, key, value]) => ({ ...body, [key]: value })),
    fc
      .tuple(good, name)
      .map(([body, key]) => Object.fromEntries(Object.entries(body).filter(([other]) => other !== key))),
  );
}

/** JSON values have no other text than JSON: `{"toString": 1}` has no `String()`. */
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** By way of bytes: lone surrogates, which no form can hold, become U+FFFD. */
const escaped = (text: string) => encodeURIComponent(Buffer.from(text).toString());

const asForm = (body: Record<string, unknown>) =>
  Object.entries(body)
    .map(([name, value]) => `${escaped(name)}=${escaped(textOf(value))}`)
    .join('&');

const asMultipart = (body: Record<string, unknown>) =>
  `${Object.entries(body)
    .map(
      ([name, value]) =>
        `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${textOf(value)}\r\n`,
    )
    .join('')}--cut--\r\n`;

/** The body as text in one of the types that are read, or in none. */
function encoded(body: Record<string, unknown>): fc.Arbitrary<{ type: string; text: string }> {
  // Numbers that JavaScript cannot hold are put in as text.
  const json = JSON.stringify(body).replace(/"RAW([^"]*)"/g, '$1');
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant({ type: 'application/json', text: json }) },
    { weight: 2, arbitrary: fc.constant({ type: 'application/x-www-form-urlencoded', text: asForm(body) }) },
    {
      weight: 2,
      arbitrary: fc.constant({ type: 'multipart/form-data; boundary=cut', text: asMultipart(body) }),
    },
    fc.record({
      type: fc.constantFrom('text/plain', 'application/json; charset=utf-16', '*/*', 'x'),
      text: fc.constant(json),
    }),
    // cut or doubled: no JSON any more
    fc.nat(json.length).map((at) => ({ type: 'application/json', text: json.slice(0, at) })),
    fc
      .nat(json.length)
      .map((at) => ({ type: 'application/json', text: json.slice(0, at) + json.slice(at).repeat(2) })),
  );
}

const HEADER_TEXT = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});

const JUNK_HEADERS = fc.dictionary(
  fc.constantFrom(
    'Accept',
    'Origin',
    'Range',
    'If-None-Match',
    'X-Request-Id',
    'Cookie',
    'Accept-Language',
    'X-Forwarded-For',
    'Access-Control-Request-Method',
  ),
  fc.oneof(
    HEADER_TEXT,
    fc.constantFrom('*/*', 'text/html', 'application/json; indent=99', 'text/*;q=x', 'null'),
  ),
  { maxKeys: 2 },
);

function shots(route: Route, pair: Pair): fc.Arbitrary<Shot> {
  const authorization = fc.constantFrom(
    '',
    `Bearer ${pair.access}`,
    `Bearer ${pair.refresh}`,
    'Bearer',
    'Basic eDp5',
    `Bearer ${pair.access}x`,
  );
  const about = fc.record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...Object.keys(route.operations)) },
      fc.constantFrom('GET', 'OPTIONS', 'HEAD', 'PUT', 'DELETE', 'PATCH'),
    ),
    query: fc.constantFrom(
      '',
      '',
      '?format=json',
      '?format=api',
      '?format=x',
      '?%',
      '?a[]=__proto__',
      '?format=json&format=api',
    ),
    junk: fc.oneof(fc.constant({}), JUNK_HEADERS),
    authorization,
    body: bodies(route, pair).chain(encoded),
  });
  return about.map(({ method, query, junk, authorization: sent, body }) => {
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const type = hasBody ? { 'Content-Type': body.type } : {};
    return {
      method,
      query,
      headers: { ...junk, ...type, Authorization: sent },
      body: hasBody ? body.text : undefined,
    };
  });
}

/** So many requests on each route and each database. */
const BUDGET = { numRuns: rounds(40, 2_000), endOnFailure: true };

const STATUSES = [200, 201, 204, 400, 401, 404, 405, 406, 413, 415];

/** What is for staff alone: nobody here is. Of djoser's routes that is the one of an account by its id. */
const isForStaff = ({ path }: Route) => path.startsWith('/api/admin/') || path === '/auth/users/{id}/';
const statusesOf = (route: Route) => (isForStaff(route) ? [...STATUSES, 403] : STATUSES);

test.for(ROUTES)(
  'whatever is sent to $path, the answer is whole and none of our faults [S-01, S-03, ASVS 2.2.1, ASVS 2.2.2]',
  PATIENTLY,
  async (route, { world }) => {
    const pair = await loggedIn(world);
    const { sid } = claimsIn(pair.access);
    const ask = (shot: Shot) =>
      world.ask(shot.method, `${route.path.replace('{id}', sid)}${shot.query}`, {
        body: shot.body,
        headers: shot.headers,
      });
    await fc.assert(
      fc.asyncProperty(shots(route, pair), async (shot) => {
        // `world` holds every answer to the oracles: no 5xx, nothing of the inside, a body that is what it says
        expect(statusesOf(route)).toContain((await ask(shot)).status);
      }),
      BUDGET,
    );
    await staysItself(world, sid);
  },
);

/** Nobody but registered accounts, no rights, and only sessions of those who logged in. */
async function staysItself(world: World, sid: string): Promise<void> {
  expect((await world.get('/healthz')).status).toBe(200);
  const ids = await world.lent.database.db
    .selectFrom('users')
    .select(['id', 'is_staff', 'is_superuser', 'is_active'])
    .execute();
  for (const { id: _, ...rights } of ids)
    expect(rights).toEqual({ is_staff: 0, is_superuser: 0, is_active: 1 });
  expect(await world.app.store.sessions.byId(sid)).toMatchObject({ userId: 1 });
}
