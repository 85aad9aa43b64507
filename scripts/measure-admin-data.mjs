// tsx scripts/measure-admin-data.mjs <sqlite|postgres> <accounts> <events>: how long overview, audit and tokens of the admin
// API take to answer with so many accounts, as many sessions, and so many audit events in a year. Makes the database first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import { migrate } from '../packages/server/src/adapters/sql/migrate.ts';
import { openDatabase } from '../packages/server/src/adapters/sql/open.ts';
import { sqlStore } from '../packages/server/src/adapters/sql/store.ts';
import { orderOf } from '../packages/server/src/domain/admin/audit/event-order.ts';
import { overview } from '../packages/server/src/domain/admin/overview/overview.ts';
import { Secret } from '../packages/server/src/secret.ts';
import { createDatabase, startPostgres } from '../packages/server/test/support/postgres.ts';

const [kind = 'sqlite', accounts = '1000000', events = '2000000'] = process.argv.slice(2);
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 5);

const series = (count) =>
  kind === 'sqlite'
    ? sql`(with recursive s(n) as (select 1 union all select n + 1 from s where n < ${sql.lit(count)}) select n from s) as s`
    : sql`generate_series(1, ${sql.lit(count)}::bigint) as s(n)`;

// A multiple of a prime spreads what should not stand in order.
const hex = (salt) =>
  kind === 'sqlite'
    ? sql`printf('%016x%016x', (s.n * ${sql.lit(salt)}) % 999999999989, s.n)`
    : sql`lpad(to_hex((s.n * ${sql.lit(salt)}) % 999999999989), 16, '0') || lpad(to_hex(s.n), 16, '0')`;

async function fill(db) {
  await sql`insert into users (id, username, email, password, is_active, is_staff, is_superuser, created_at)
    select s.n, 'user' || s.n, 'user' || s.n || '@example.com', '!${sql.raw('x'.repeat(80))}', 1, 0, 0, ${sql.lit(NOW - 400 * DAY)} + s.n
    from ${series(Number(accounts))}`.execute(db);
  // One in ten has ended.
  await sql`insert into sessions (id, user_id, current_jti, issued_at, expires_at, previous_jti, rotated_at, created_at, ended_at, ip, user_agent)
    select ${hex(7919)}, s.n, ${hex(104729)}, ${sql.lit(NOW)}, ${sql.lit(NOW)} + ((s.n * 15485863) % 4320000) * 1000, ${hex(31)},
      ${sql.lit(NOW)}, ${sql.lit(NOW - DAY)}, case when s.n % 10 = 3 then ${sql.lit(NOW)} - s.n * 1000 else null end, '192.0.2.1',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0' from ${series(Number(accounts))}`.execute(
    db,
  );
  const step = Math.floor((365 * DAY) / Number(events));
  await sql`insert into audit_events (at, event, actor_id, user_id, detail, ip, user_agent, request_id)
    select ${sql.lit(NOW - 365 * DAY)} + s.n * ${sql.lit(step)},
      case when s.n % 100000 = 7 then 'key_rotated' when s.n % 4 = 1 then 'login_failed' else 'logged_in' end,
      (s.n * 7919) % 1000000 + 1, (s.n * 7919) % 1000000 + 1, '{"sessionId":"0123456789abcdef0123456789abcdef"}', '192.0.2.1', 'curl/8.5.0', ${hex(31)}
    from ${series(Number(events))}`.execute(db);
  await sql`insert into daily_counts (day, name, count, at) select ${sql.lit(Math.floor(NOW / DAY) - 366)} + s.n, names.name, s.n, ${sql.lit(NOW)}
    from ${series(366)}, (select 'sign_ups' as name union all select 'logins_ok' union all select 'logins_failed' union all
    select 'refreshes' union all select 'reuse' union all select 'users' union all select 'active_sessions') as names`.execute(
    db,
  );
}

async function open() {
  if (kind === 'postgres') {
    const server = await startPostgres();
    const { url } = await createDatabase(server.adminUrl);
    return { url, remove: () => server.stop() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-admin-data-'));
  return { url: `sqlite:${join(folder, 'data.sqlite3')}`, remove: () => rmSync(folder, { recursive: true }) };
}

async function timed(name, work, rounds = 9) {
  const times = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(46)} median ${times[rounds >> 1].toFixed(1)} ms, slowest ${times[rounds - 1].toFixed(1)} ms, event loop held for ${(delay.percentile(99) / 1e6).toFixed(1)} ms (p99)`,
  );
}

const { url, remove } = await open();
try {
  const config = {
    databaseUrl: new Secret(url),
    databasePool: 10,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'normal',
  };
  const database = openDatabase(config, { patient: true });
  await migrate(database);
  const started = performance.now();
  await fill(database.db);
  if (kind === 'postgres') await sql`vacuum analyze`.execute(database.db);
  console.log(`${kind}: filled in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const store = sqlStore(database);
  const app = { store, clock: { now: () => NOW }, tally: { hashes: () => ({ running: 0, waiting: 0 }) } };
  const size = { size: 50 };
  const page = (filter, request = size) => store.audit.page(filter, orderOf(filter, false), request);
  const tokens = (filter, request = size) => store.tokens.list(filter, request, NOW);
  await timed('overview, 30 days', () => overview(app, undefined, 30));
  await timed('overview, 366 days', () => overview(app, undefined, 366));
  await timed('the job: count accounts and sessions', () => store.overview.countLevels(NOW), 3);
  await timed('audit, newest', () => page({}));
  const old = NOW - 200 * DAY;
  await timed('audit, a day half a year ago', () => page({ since: old, until: old + DAY }));
  await timed('audit, a rare event in a year', () => page({ event: 'key_rotated', since: NOW - 364 * DAY }));
  await timed('audit, a frequent event half a year ago', () => page({ event: 'logged_in', until: old }));
  await timed('audit, one user', () => page({ userId: 500_001 }));
  await timed('audit, one user, a time', () => page({ userId: 500_001, since: NOW - 100 * DAY }));
  await timed('audit, in the middle', () => page({}, { ...size, after: [0, Number(events) / 2] }));
  await timed('audit, ids for an export since half a year', () => store.audit.idsSince(old));
  await timed('tokens, all', () => tokens({}));
  await timed('tokens, outstanding', () => tokens({ state: 'outstanding' }));
  await timed('tokens, blacklisted', () => tokens({ state: 'blacklisted' }));
  await timed('tokens, in the middle', () => tokens({}, { ...size, after: [NOW + 25 * DAY, ''] }));
  await timed('tokens of a user', () => tokens({ userIds: [500_001] }));
  await timed('a jti that is nobody’s', () => store.tokens.find('f'.repeat(32)), 3);
  await database.close();
} finally {
  await remove();
}
