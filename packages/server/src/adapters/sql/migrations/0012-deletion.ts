import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Dialect } from '../open.ts';

/** Four weeks in milliseconds, as in 0004: what is younger no statement changes. */
const KEPT = 28 * 86_400_000;

const CHANGED = 'audit events are never changed';

/** What an update leaves as it was; `is distinct from` in PostgreSQL is `is not` in SQLite. */
const changes = (differs: string) =>
  ['id', 'at', 'event', 'user_id', 'actor_id', 'request_id']
    .map((column) => `new.${column} ${differs} old.${column}`)
    .join(' or ');

/** An entry of Django's admin log holds the name of what it is about. */
const isMoreThanForgetting = (differs: string) => `new.ip <> '' or new.user_agent <> '' or ${changes(differs)}
  or (new.detail <> old.detail and old.event <> 'django_admin_action')`;

const SQLITE = [
  sql`drop trigger audit_events_are_not_changed`,
  sql.raw(`create trigger audit_events_are_not_changed before update on audit_events
    when old.at > cast(strftime('%s', 'now') as integer) * 1000 - ${KEPT} or ${isMoreThanForgetting('is not')}
    begin select raise(abort, '${CHANGED}'); end`),
];

const POSTGRES = [
  sql.raw(`create or replace function audit_events_are_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if old.at > extract(epoch from now()) * 1000 - ${KEPT} or ${isMoreThanForgetting('is distinct from')} then
          raise exception '${CHANGED}';
        end if;
        return new;
      end if;
      if old.at > extract(epoch from now()) * 1000 - ${KEPT} then
        raise exception 'audit events of the last four weeks are never deleted';
      end if;
      return old;
    end $$`),
];

/**
 * When an account is to be erased; and of events that are old enough to be deleted, address, browser and names may be
 * taken away, nothing else.
 */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const statements = [
    sql`alter table users add column erase_at bigint`,
    sql`create index users_by_erasure on users (erase_at) where erase_at is not null`,
    ...(dialect === 'sqlite' ? SQLITE : POSTGRES),
  ];
  for (const statement of statements) await statement.execute(db);
}
