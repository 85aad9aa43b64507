import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { IMPORT } from '../../domain/audit/event.ts';
import type { ImportedCounts, ImportStore, LocalHolder } from '../../domain/import/import-store.ts';
import type { SourceAdminEntry, SourceToken } from '../../domain/import/source.ts';
import { auditRow } from './audit.ts';
import { isPostgres, parts } from './bulk.ts';
import { accountsFrom, addAccounts, agree, changeAccounts, idsAfter } from './import-accounts.ts';
import { importReports } from './import-reports.ts';
import { groupsFrom, writeGroups } from './import-ties.ts';
import type { Tables } from './tables.ts';

/** Marks in `django_marks`: 1 while an import is under way (its row is what imports lock), and how far the log was read. */
const UNDER_WAY = 'import';
const ADMIN_LOG = 'admin_log';

async function lock(db: Kysely<Tables>): Promise<void> {
  const rows = await db.selectFrom('django_marks').select('mark').where('name', '=', UNDER_WAY).execute();
  if (rows.length === 0)
    await db
      .insertInto('django_marks')
      .values({ name: UNDER_WAY, mark: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  // In SQLite a transaction has the database to itself.
  if (isPostgres(db))
    await db
      .selectFrom('django_marks')
      .select('mark')
      .where('name', '=', UNDER_WAY)
      .forUpdate()
      .executeTakeFirstOrThrow();
}

const localAccounts = (db: Kysely<Tables>) =>
  db
    .selectFrom('users')
    .leftJoin('django_accounts', 'django_accounts.user_id', 'users.id')
    .where('django_accounts.user_id', 'is', null);

async function countLocal(db: Kysely<Tables>, upTo: number): Promise<number> {
  const { count } = await localAccounts(db)
    .select((eb) => eb.fn.countAll().as('count'))
    .where('users.id', '<=', upTo)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function localHolders(db: Kysely<Tables>, names: readonly string[]): Promise<LocalHolder[]> {
  const holders: LocalHolder[] = [];
  for (const part of parts(names, 1))
    holders.push(
      ...(await localAccounts(db)
        .innerJoin('login_names', 'login_names.user_id', 'users.id')
        .select(['login_names.name', 'users.id', 'users.username', 'users.email'])
        .where('login_names.name', 'in', part)
        .execute()),
    );
  return holders;
}

/** Ids below this are never given out again. PostgreSQL: the lock keeps others from taking an id in the meantime. */
async function reserveIds(db: Kysely<Tables>, upTo: number): Promise<void> {
  const statements = isPostgres(db)
    ? [
        sql`lock table users in share row exclusive mode`,
        sql`select setval(sequence, ${upTo}::bigint)
          from (select pg_get_serial_sequence('users', 'id')::regclass as sequence) as of_users
          where coalesce(pg_sequence_last_value(sequence), 0) < ${upTo}::bigint and ${upTo}::bigint > 0`,
      ]
    : [
        sql`insert into sqlite_sequence (name, seq)
          select 'users', 0 where not exists (select 1 from sqlite_sequence where name = 'users')`,
        sql`update sqlite_sequence set seq = ${upTo} where name = 'users' and seq < ${upTo}`,
      ];
  for (const statement of statements) await statement.execute(db);
}

/** Two rows may name one jti, which is dead if one of them says so. */
function oncePerJti(tokens: readonly SourceToken[]): SourceToken[] {
  const once = new Map<string, SourceToken>();
  for (const token of tokens)
    if (once.get(token.jti)?.blacklistedAt === undefined) once.set(token.jti, token);
  return [...once.values()];
}

/** New ones are written, and what has been blacklisted since is noted. Nothing is taken back. */
async function writeTokens(db: Kysely<Tables>, tokens: readonly SourceToken[], at: number): Promise<number> {
  let changed = 0;
  for (const part of parts(oncePerJti(tokens), 4)) {
    const written = await db
      .insertInto('django_tokens')
      .values(
        part.map(({ jti, userId, expiresAt, blacklistedAt }) => ({
          jti,
          user_id: userId ?? null,
          expires_at: expiresAt,
          blacklisted_at: blacklistedAt ?? null,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column('jti')
          .doUpdateSet((eb) => ({ blacklisted_at: eb.ref('excluded.blacklisted_at') }))
          .where('django_tokens.blacklisted_at', 'is', null)
          .where('excluded.blacklisted_at', 'is not', null),
      )
      .returning(['session_id', 'blacklisted_at'])
      .execute();
    changed += written.length;
    const ended = written.flatMap((row) => (row.blacklisted_at === null ? [] : (row.session_id ?? [])));
    for (const few of parts(ended, 1))
      await db
        .updateTable('sessions')
        .set({ ended_at: at })
        .where('id', 'in', few)
        .where('ended_at', 'is', null)
        .execute();
  }
  return changed;
}

async function setMark(db: Kysely<Tables>, name: string, mark: number): Promise<void> {
  await db
    .insertInto('django_marks')
    .values({ name, mark })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ mark }))
    .execute();
}

async function markOf(db: Kysely<Tables>, name: string): Promise<number> {
  const row = await db.selectFrom('django_marks').select('mark').where('name', '=', name).executeTakeFirst();
  return row?.mark ?? 0;
}

async function writeAdminLog(db: Kysely<Tables>, entries: readonly SourceAdminEntry[]): Promise<number> {
  const mark = await markOf(db, ADMIN_LOG);
  const fresh = entries.filter(({ id }) => id > mark);
  const rows = fresh.map(({ at, userId, ...entry }) =>
    auditRow({ event: 'django_admin_action', userId, ...entry }, at, IMPORT),
  );
  for (const part of parts(rows, 8)) await db.insertInto('audit_events').values(part).execute();
  if (fresh.length > 0) await setMark(db, ADMIN_LOG, Math.max(...fresh.map(({ id }) => id)));
  return fresh.length;
}

async function finish(db: Kysely<Tables>): Promise<boolean> {
  const ended = await db
    .updateTable('django_marks')
    .set({ mark: 0 })
    .where('name', '=', UNDER_WAY)
    .where('mark', '=', 1)
    .executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

async function counts(db: Kysely<Tables>): Promise<ImportedCounts> {
  const of = (table: 'users' | 'profiles' | 'user_groups' | 'user_permissions', column: string) =>
    sql`(select count(*) from ${sql.table(table)} where ${sql.ref(column)} in (select user_id from django_accounts))`;
  const fromThere = sql`(select id from groups where base is not null)`;
  const { rows } = await sql<Record<keyof ImportedCounts, number>>`select
    ${of('users', 'id')} as accounts,
    ${of('profiles', 'user_id')} as profiles,
    ${of('user_groups', 'user_id')} as memberships,
    ${of('user_permissions', 'user_id')} as permissions,
    (select count(*) from groups where base is not null) as groups,
    (select count(*) from group_permissions where group_id in ${fromThere}) as "groupPermissions",
    (select count(*) from django_tokens) as tokens,
    (select count(*) from django_tokens where blacklisted_at is not null) as blacklisted,
    (select count(*) from audit_events where event = 'django_admin_action') as "adminLog"`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a count gave no row');
  return row;
}

/** Imports on either database. */
export function importStore(db: Kysely<Tables>): ImportStore {
  return {
    lock: () => lock(db),
    accountsFrom: (ids) => accountsFrom(db, ids),
    idsAfter: (after, limit) => idsAfter(db, after, limit),
    agree: (accounts) => agree(db, accounts),
    countLocal: (upTo) => countLocal(db, upTo),
    async cameFrom(after, upTo) {
      const range = db.selectFrom('django_accounts').select('user_id').where('user_id', '>', after);
      const rows = await range.where('user_id', '<=', upTo).execute();
      return rows.map((row) => row.user_id);
    },
    localHolders: (names) => localHolders(db, names),
    reserveIds: (upTo) => reserveIds(db, upTo),
    groupsFrom: (names) => groupsFrom(db, names),
    writeGroups: (groups) => writeGroups(db, groups),
    add: (accounts) => addAccounts(db, accounts),
    change: (accounts) => changeAccounts(db, accounts),
    tokens: (tokens, at) => writeTokens(db, tokens, at),
    adminLog: (entries) => writeAdminLog(db, entries),
    adminLogMark: () => markOf(db, ADMIN_LOG),
    begin: () => setMark(db, UNDER_WAY, 1),
    finish: () => finish(db),
    counts: () => counts(db),
    ...importReports(db),
  };
}
