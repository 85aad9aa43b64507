// tsx scripts/measure-user-list.mjs <sqlite|postgres> <accounts>: how long the list of accounts of the admin API takes to
// answer, by what is asked, with so many accounts. Makes the database, which takes some minutes for a million.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { MIGRATIONS, migrate } from '../packages/server/src/adapters/sql/migrate.ts';
import { openDatabase } from '../packages/server/src/adapters/sql/open.ts';
import { userListStore } from '../packages/server/src/adapters/sql/user-list.ts';
import { termsOf } from '../packages/server/src/domain/admin/users/search-words.ts';
import { USER_COLUMNS } from '../packages/server/src/domain/admin/users/user-list.ts';
import { Secret } from '../packages/server/src/secret.ts';
import { createDatabase, startPostgres } from '../packages/server/test/support/postgres.ts';

const [kind = 'sqlite', count = '1000000'] = process.argv.slice(2);
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
  for (const table of ['bench_first', 'bench_last', 'bench_domain'])
    await sql`drop table ${sql.table(table)}`.execute(db);
}

const NONE = { terms: [] };
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
const FILTERS = {
  inactive: { isActive: false },
  active: { isActive: true },
  staff: { isStaff: true },
  'not staff': { isStaff: false },
  superuser: { isSuperuser: true },
  verified: { verified: true },
  'not verified': { verified: false },
  md5: { hash: 'md5' },
  argon2: { hash: 'argon2' },
  scrypt: { hash: 'scrypt' },
  'no password': { hasUsablePassword: false },
  'a password': { hasUsablePassword: true },
  'never logged in': { neverLoggedIn: true },
  'a small group': { groupId: 1 },
  'a large group': { groupId: 2 },
  'logged in this week': { lastLogin: { from: NOW - 7 * DAY } },
  'logged in long ago': { lastLogin: { until: NOW - 300 * DAY } },
  'joined early': { joined: { until: NOW - 800 * DAY } },
  'joined on a day': { joined: { from: NOW - 500 * DAY, until: NOW - 499 * DAY } },
  'inactive, md5': { isActive: false, hash: 'md5' },
  'inactive, no password': { isActive: false, hasUsablePassword: false },
  'inactive, not verified, gmail': { isActive: false, verified: false, terms: ['gmail.com'] },
};

/** What is asked: a name, a filter and an order. */
function* questions() {
  const by = (column, descending = true) => ({ column, descending });
  for (const column of USER_COLUMNS)
    for (const descending of [true, false]) yield [`all by ${column}`, NONE, by(column, descending)];
  for (const text of SEARCHES)
    for (const column of ['id', 'username', 'last_login'])
      yield [`search ${text} by ${column}`, { terms: termsOf(text) }, by(column)];
  yield ['search an id', { terms: ['777777'], id: 777_777 }, by('id')];
  for (const [name, filter] of Object.entries(FILTERS))
    for (const column of ['id', 'username', 'last_login', 'date_joined'])
      yield [`${name} by ${column}`, { ...NONE, ...filter }, by(column)];
}

/** How long the first six pages take, each in milliseconds. */
async function pagesOf(list, filter, order) {
  const times = [];
  let after;
  for (let page = 0; page < 6; page += 1) {
    const began = performance.now();
    const found = await list.page(filter, order, { size: 50, after });
    times.push(performance.now() - began);
    if (!found.hasNext) break;
    after = found.results.at(-1).key;
  }
  return times;
}

async function measure(db) {
  const list = userListStore(db);
  const all = [];
  for (const [name, filter, order] of questions()) {
    const times = await pagesOf(list, filter, order);
    all.push(...times);
    const worst = Math.max(...times);
    if (worst > 100) console.log(`${name}: up to ${worst.toFixed(0)} ms`);
  }
  all.sort((a, b) => a - b);
  const at = (share) => `${all[Math.min(all.length - 1, Math.floor(share * all.length))].toFixed(1)} ms`;
  console.log(`${kind}, ${accounts} accounts, ${all.length} pages`);
  console.log(
    `half within ${at(0.5)}, 95 of 100 within ${at(0.95)}, 99 within ${at(0.99)}, all within ${at(1)}`,
  );
}

async function timed(name, work) {
  const began = performance.now();
  await work();
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-list-'));
const server = kind === 'postgres' ? await startPostgres() : undefined;
try {
  const url = server ? (await createDatabase(server.adminUrl)).url : `sqlite:${join(folder, 'list.sqlite3')}`;
  const options = { databaseUrl: new Secret(url), databasePool: 5, sqliteSynchronous: 'normal' };
  const database = openDatabase(options, { patient: true });
  const older = Object.entries(MIGRATIONS).filter(([name]) => name < '0014');
  await migrate(database, Object.fromEntries(older));
  await timed('making the accounts', () => fill(database.db));
  await timed('migrating them', () => migrate(database));
  if (server !== undefined)
    for (const statement of [sql`vacuum analyze`, sql`checkpoint`]) await statement.execute(database.db);
  // twice: the first time nothing is in any cache
  await measure(database.db);
  await measure(database.db);
  await database.close();
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true });
}
