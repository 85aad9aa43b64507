import { sql } from 'kysely';
import type { Database } from '../../src/adapters/sql/open.ts';

/** How many accounts lack their profile or one of their login names, and login names or profiles their account. */
export async function halvesOfAccounts({ db }: Database): Promise<number> {
  const { rows } = await sql<{ halves: number }>`
    select
      (select count(*) from users where id not in (select user_id from profiles))
      + (select count(*) from users where
          (select count(*) from login_names where user_id = users.id) <> case email when '' then 1 else 2 end)
      + (select count(*) from login_names where user_id not in (select id from users))
      + (select count(*) from profiles where user_id not in (select id from users)) as halves
  `.execute(db);
  return Number(rows[0]?.halves);
}

/**
 * Resolves when so many statements wait for a lock in a PostgreSQL database. In SQLite nobody waits half-way: a
 * transaction has the whole database from its first statement on.
 */
export async function untilLockIsAwaited({ db, dialect }: Database, waiters: number): Promise<void> {
  const started = Date.now();
  while (dialect === 'postgres') {
    const { rows } = await sql<{ count: number }>`
      select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(db);
    if (Number(rows[0]?.count) >= waiters) return;
    if (Date.now() - started > 10_000) throw new Error(`${waiters} statements were to wait for a lock`);
  }
}

/** Sessions and accounts that no audit event tells of, and the other way round: a deed and its event are one. */
export async function deedsWithoutEvent({ db }: Database): Promise<number> {
  const { rows } = await sql<{ sessions: number; logins: number; users: number; registrations: number }>`
    select
      (select count(*) from sessions) as sessions,
      (select count(*) from audit_events where event = 'logged_in') as logins,
      (select count(*) from users) as users,
      (select count(*) from audit_events where event = 'account_registered') as registrations
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return Number.NaN;
  return Math.abs(row.sessions - row.logins) + Math.abs(row.users - row.registrations);
}

/** What SQLite says of its file; PostgreSQL's survives the death of those who use it by design. */
export async function faultOfFile({ db, dialect }: Database): Promise<string> {
  if (dialect === 'postgres') return 'ok';
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
  return rows.map((row) => row.integrity_check).join(', ');
}
