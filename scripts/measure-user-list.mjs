// tsx scripts/measure-user-list.mjs <sqlite|postgres> <accounts> <rounds>: how long `latchkey serve` takes to answer the list of accounts
// of the admin API over HTTP, by what is asked, with so many accounts. Makes the database, which takes some minutes for a
// million. The program has to be built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { MIGRATIONS, migrate } from '../packages/server/src/adapters/sql/migrate.ts';
import { openDatabase } from '../packages/server/src/adapters/sql/open.ts';
import { USER_COLUMNS } from '../packages/server/src/domain/admin/users/user-list.ts';
import { Secret } from '../packages/server/src/secret.ts';
import { createDatabase, startPostgres } from '../packages/server/test/support/postgres.ts';

const [kind = 'sqlite', count = '1000000', rounds = '5'] = process.argv.slice(2);
const accounts = Number(count);
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 5);

const FIRST = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'ken',
  'lena',
  'mona',
];
const LAST = Array.from({ length: 997 }, (_, n) => `sur${n.toString(36)}name`);
const DOMAIN = [
  'gmail.com',
  'gmail.com',
  'gmail.com',
  'outlook.com',
  'example.com',
  ...LAST.slice(0, 96).map((one) => `${one}.org`),
];

async function fill(db) {
  const isSqlite = kind === 'sqlite';
  const series = isSqlite
    ? sql`(with recursive s(n) as (select 1 union all select n + 1 from s where n < ${accounts}) select n from s) as s`
    : sql`generate_series(1, ${accounts}::bigint) as s(n)`;
  for (const [table, names] of Object.entries({
    bench_first: FIRST,
    bench_last: LAST,
    bench_domain: DOMAIN,
  })) {
    await sql`create table ${sql.table(table)} (i integer primary key, name text)`.execute(db);
    for (const [i, name] of names.entries())
      await sql`insert into ${sql.table(table)} values (${sql.lit(i)}, ${sql.lit(name)})`.execute(db);
  }
  const person = sql`${series}
    join bench_first f on f.i = (s.n * 7919) % ${sql.lit(FIRST.length)}
    join bench_last l on l.i = (s.n * 104729) % ${sql.lit(LAST.length)}
    join bench_domain d on d.i = (s.n * 31) % ${sql.lit(DOMAIN.length)}`;
  await sql`insert into users (id, username, email, password, is_active, is_staff, is_superuser, created_at, last_login_at)
    select s.n, f.name || '.' || l.name || s.n, f.name || s.n || '@' || d.name,
      case when s.n % 1000 = 7 then 'md5$abc$0123456789abcdef0123456789abcdef'
        when s.n % 100 = 9 then '!abc' when s.n % 10 < 3 then 'pbkdf2_sha256$870000$abc$0123456789abcdef0123456789abcdef01234567890='
        else 'argon2$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$0123456789abcdef0123456789abcdef01234567890' end,
      case when s.n % 100 = 3 then 0 else 1 end, case when s.n % 50000 = 1 then 1 else 0 end,
      case when s.n % 200000 = 1 then 1 else 0 end, ${sql.lit(NOW - 900 * DAY)} + s.n * 70000,
      case when s.n % 10 = 5 then null else ${sql.lit(NOW)} - ((s.n * 15485863) % 31536000) * 1000 end
    from ${person}`.execute(db);
  await sql`insert into profiles (user_id, full_name, bio, image, verified)
    select s.n, case when s.n % 3 = 0 then '' else f.name || ' ' || l.name end, '', 'default.jpg',
      case when s.n % 5 = 4 then 0 else 1 end from ${person}`.execute(db);
  await sql`insert into groups (id, name) values (1, 'few'), (2, 'many')`.execute(db);
  await sql`insert into user_groups (user_id, group_id) select id, 1 from users where id % 10000 = 1
    union all select id, 2 from users where id % 4 = 1`.execute(db);
  // what was given ids does not move the counter of PostgreSQL
  if (!isSqlite)
    await sql`select setval(pg_get_serial_sequence('users', 'id'), ${accounts}::bigint)`.execute(db);
  for (const table of ['bench_first', 'bench_last', 'bench_domain'])
    await sql`drop table ${sql.table(table)}`.execute(db);
}

const SEARCHES = [
  'alice',
  'gmail.com',
  'g',
  'bob.sur7fname',
  'alice500000',
  'nobody',
  'alice surk5name',
  'sur',
  '%',
];
const ago = (days) => new Date(NOW - days * DAY).toISOString();
const FILTERS = {
  inactive: { is_active: false },
  active: { is_active: true },
  staff: { is_staff: true },
  'not staff': { is_staff: false },
  superuser: { is_superuser: true },
  verified: { verified: true },
  'not verified': { verified: false },
  md5: { hash: 'md5' },
  argon2: { hash: 'argon2' },
  scrypt: { hash: 'scrypt' },
  'no password': { has_usable_password: false },
  'a password': { has_usable_password: true },
  'never logged in': { last_login: 'never' },
  'a small group': { group: 1 },
  'a large group': { group: 2 },
  'logged in this week': { last_login_after: ago(7) },
  'logged in long ago': { last_login_before: ago(300) },
  'joined early': { joined_before: ago(800) },
  'joined on a day': { joined_after: ago(500), joined_before: ago(499) },
  'inactive, md5': { is_active: false, hash: 'md5' },
  'inactive, no password': { is_active: false, has_usable_password: false },
  'inactive, not verified, gmail': { is_active: false, verified: false, search: 'gmail.com' },
};

/** What is asked: a name, and the parameters of the list. */
function* questions() {
  for (const column of USER_COLUMNS)
    for (const ordering of [`-${column}`, column]) yield [`all by ${ordering}`, { ordering }];
  for (const search of SEARCHES)
    for (const ordering of ['-id', '-username', '-last_login'])
      yield [`search ${search} by ${ordering}`, { search, ordering }];
  yield ['search an id', { search: '777777', ordering: '-id' }];
  for (const [name, filter] of Object.entries(FILTERS))
    for (const ordering of ['-id', '-username', '-last_login', '-date_joined'])
      yield [`${name} by ${ordering}`, { ...filter, ordering }];
}

const PROGRAM = fileURLToPath(new URL('../packages/server/bin/latchkey.js', import.meta.url));

/** A process as in production, on a free port, in a folder where no `.env` is. */
async function serve(databaseUrl) {
  const settings = { DATABASE_URL: databaseUrl, PORT: '0', PUBLIC_URL: 'http://127.0.0.1', LIMITS: 'off' };
  const secrets = {
    SECRET_KEY: 'a key to measure with, long enough: 0123456789abcdef',
    ACCESS_TOKEN_SECONDS: '86400',
  };
  const env = { PATH: process.env.PATH, ...settings, ...secrets };
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = () => {
    child.kill();
    return ended;
  };
  const address = new Promise((resolve) => {
    // read to the end: a pipe that is full would stop the server
    child.stdout.setEncoding('utf8').on('data', (lines) => {
      const found = /listens on (http:[^\s"]+)/.exec(lines);
      if (found) resolve(found[1]);
    });
  });
  const url = await Promise.race([address, ended]);
  if (typeof url !== 'string') throw new Error('the server ended before it listened');
  return { url, stop };
}

const LOGIN = { username: 'the-boss', password: 'correct horse battery staple' };

/** Asks the server: answers the body, and throws what is no success. */
async function ask(url, options = {}) {
  const reply = await fetch(url, options);
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${text}`);
  return JSON.parse(text);
}

/** The header of an administrator who has logged in. */
async function administrator(server, db) {
  const post = (path, body) =>
    ask(server + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { id } = await post('/api/register/', LOGIN);
  await sql`update users set is_staff = 1, is_superuser = 1 where id = ${id}`.execute(db);
  const { access } = await post('/api/token/', LOGIN);
  return { Authorization: `Bearer ${access}` };
}

/** How long the first six pages take, each in milliseconds from the request to the end of the body. */
async function pagesOf(server, headers, parameters) {
  const times = [];
  let path = `/api/admin/users/?${new URLSearchParams({ page_size: 50, ...parameters })}`;
  for (let page = 0; page < 6 && path !== null; page += 1) {
    const began = performance.now();
    const { next } = await ask(server + path, { headers });
    times.push(performance.now() - began);
    path = next && new URL(next).pathname + new URL(next).search;
  }
  return times;
}

function shares(times, ...of) {
  const sorted = [...times].sort((a, b) => a - b);
  return of.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
}

function printSummary(name, times) {
  const [half, most, nearly, worst] = shares(times, 0.5, 0.95, 0.99, 1);
  console.log(
    `${name}: ${times.length} pages, half within ${half} ms, 95 of 100 within ${most} ms, 99 within ${nearly} ms, all within ${worst} ms`,
  );
}

async function measure(server, headers) {
  const first = [];
  for (const [, parameters] of questions()) first.push(...(await pagesOf(server, headers, parameters)));
  const all = [];
  console.log('p50 ms\tp95 ms\tmax ms\tpages\tquestion');
  for (const [name, parameters] of questions()) {
    const times = [];
    for (let round = 0; round < Number(rounds); round += 1)
      times.push(...(await pagesOf(server, headers, parameters)));
    all.push(...times);
    console.log([...shares(times, 0.5, 0.95, 1), times.length / Number(rounds), name].join('\t'));
  }
  // the first time nothing is in any cache
  printSummary(`${kind}, ${accounts} accounts, asked for the first time`, first);
  printSummary(`${kind}, ${accounts} accounts, asked again`, all);
}

async function timed(name, work) {
  const began = performance.now();
  await work();
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-list-'));
const server = kind === 'postgres' ? await startPostgres() : undefined;
let latchkey;
try {
  const url = server ? (await createDatabase(server.adminUrl)).url : `sqlite:${join(folder, 'list.sqlite3')}`;
  const options = {
    databaseUrl: new Secret(url),
    databasePool: 5,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'normal',
  };
  const database = openDatabase(options, { patient: true });
  const older = Object.entries(MIGRATIONS).filter(([name]) => name < '0014');
  await migrate(database, Object.fromEntries(older));
  await timed('making the accounts', () => fill(database.db));
  await timed('migrating them', () => migrate(database));
  if (server !== undefined)
    for (const statement of [sql`vacuum analyze`, sql`checkpoint`]) await statement.execute(database.db);
  latchkey = await serve(url);
  const headers = await administrator(latchkey.url, database.db);
  await database.close();
  await measure(latchkey.url, headers);
} finally {
  await latchkey?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true });
}
