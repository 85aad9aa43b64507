import type { ExpressionBuilder, Kysely } from 'kysely';
import type { HeldAboutPerson, PersonalDataStore } from '../../domain/accounts/personal-data.ts';
import type { Language, MessageKind } from '../../domain/email/message.ts';
import { ACCOUNT_COLUMNS, toAccount } from './accounts.ts';
import type { Tables } from './tables.ts';

async function sessionsOf(db: Kysely<Tables>, userId: number): Promise<HeldAboutPerson['sessions']> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'ip', 'user_agent', 'created_at', 'rotated_at', 'expires_at', 'ended_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(({ id, ip, user_agent: userAgent, created_at: createdAt, ...row }) => {
    const times = { createdAt, lastUsedAt: row.rotated_at ?? createdAt, expiresAt: row.expires_at };
    return { id, ip, userAgent, ...times, endedAt: row.ended_at ?? undefined };
  });
}

function adminSessionsOf(db: Kysely<Tables>, userId: number): Promise<HeldAboutPerson['adminSessions']> {
  return db
    .selectFrom('admin_sessions')
    .select(['ip', 'user_agent as userAgent', 'created_at as createdAt', 'used_at as usedAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .execute();
}

async function djangoTokensOf(db: Kysely<Tables>, userId: number): Promise<HeldAboutPerson['djangoTokens']> {
  const rows = await db
    .selectFrom('django_tokens')
    .select(['jti', 'expires_at as expiresAt', 'blacklisted_at'])
    .where('user_id', '=', userId)
    .orderBy('expires_at')
    .orderBy('jti')
    .execute();
  return rows.map(({ jti, expiresAt, blacklisted_at }) => {
    return { jti, expiresAt, blacklistedAt: blacklisted_at ?? undefined };
  });
}

/** Mails to the address or about the account. Few wait at a time. */
function mailsTo(userId: number, email: string) {
  // as `JSON.stringify` writes it; no other value of a message is a number
  const isAbout = [`%"userId":${userId},%`, `%"userId":${userId}}%`];
  return (eb: ExpressionBuilder<Tables, 'outbox'>) =>
    eb.or([
      ...(email === '' ? [] : [eb('recipient', '=', email)]),
      ...isAbout.map((part) => eb('details', 'like', part)),
    ]);
}

async function mailsOf(db: Kysely<Tables>, userId: number, email: string): Promise<HeldAboutPerson['mails']> {
  const rows = await db
    .selectFrom('outbox')
    .select(['recipient as to', 'kind', 'language', 'created_at as createdAt', 'delivered_at'])
    .where(mailsTo(userId, email))
    .orderBy('id')
    .execute();
  return rows.map(({ to, createdAt, ...row }) => {
    const what = { kind: row.kind as MessageKind, language: row.language as Language };
    return { to, ...what, createdAt, deliveredAt: row.delivered_at ?? undefined };
  });
}

async function tiesOf(db: Kysely<Tables>, userId: number) {
  const groups = await db
    .selectFrom('user_groups')
    .innerJoin('groups', 'groups.id', 'user_groups.group_id')
    .select('name')
    .where('user_id', '=', userId)
    .orderBy('name')
    .execute();
  const permissions = await db
    .selectFrom('user_permissions')
    .select('permission')
    .where('user_id', '=', userId)
    .orderBy('permission')
    .execute();
  return {
    groups: groups.map(({ name }) => name),
    permissions: permissions.map(({ permission }) => permission),
  };
}

async function heldAbout(db: Kysely<Tables>, userId: number): Promise<HeldAboutPerson | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('profiles', 'profiles.user_id', 'users.id')
    .select([...ACCOUNT_COLUMNS, 'profiles.first_name', 'profiles.last_name'])
    .where('users.id', '=', userId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { password: _, ...account } = toAccount(row);
  const links = db.selectFrom('mail_links').select(['purpose', 'email', 'expires_at as expiresAt']);
  return {
    account,
    firstName: row.first_name ?? '',
    lastName: row.last_name ?? '',
    ...(await tiesOf(db, userId)),
    sessions: await sessionsOf(db, userId),
    adminSessions: await adminSessionsOf(db, userId),
    djangoTokens: await djangoTokensOf(db, userId),
    mails: await mailsOf(db, userId, account.email),
    links: await links.where('user_id', '=', userId).orderBy('purpose').execute(),
  };
}

/** The profile, login names, sessions, groups, permissions and links go with the row: their tables refer to it. */
async function erase(db: Kysely<Tables>, userId: number, at: number): Promise<boolean> {
  const gone = await db
    .deleteFrom('users')
    .where('id', '=', userId)
    .where('erase_at', '<=', at)
    .returning('email')
    .executeTakeFirst();
  if (gone === undefined) return false;
  await db.deleteFrom('django_tokens').where('user_id', '=', userId).execute();
  // The row stays: by it a repeated import knows that the account was removed here.
  await db.updateTable('django_accounts').set({ base: '{}' }).where('user_id', '=', userId).execute();
  await db.deleteFrom('outbox').where(mailsTo(userId, gone.email)).execute();
  return true;
}

/** Accounts whose removal still says where it was asked for; that is forgotten with all else. */
async function removedAndKnown(db: Kysely<Tables>, before: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select('user_id')
    .where('event', '=', 'account_removed')
    .where('at', '<', before)
    .where((eb) => eb.or([eb('ip', '<>', ''), eb('user_agent', '<>', '')]))
    .where('user_id', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.user_id ?? 0);
}

async function forgetOne(db: Kysely<Tables>, userId: number, before: number): Promise<void> {
  const events = db
    .updateTable('audit_events')
    .set({ ip: '', user_agent: '' })
    .where('at', '<', before)
    .where((eb) => eb.or([eb('ip', '<>', ''), eb('user_agent', '<>', '')]));
  const entries = await db
    .selectFrom('audit_events')
    .select(['id', 'detail'])
    .where('user_id', '=', userId)
    .where('event', '=', 'django_admin_action')
    .where('at', '<', before)
    .execute();
  for (const { id, detail } of entries) {
    const unnamed = JSON.stringify({ ...JSON.parse(detail), object: '', message: '' });
    await db
      .updateTable('audit_events')
      .set({ detail: unnamed, ip: '', user_agent: '' })
      .where('id', '=', id)
      .execute();
  }
  await events.where('actor_id', '=', userId).execute();
  await events.where('user_id', '=', userId).execute();
}

async function forgetInEvents(db: Kysely<Tables>, before: number, limit: number): Promise<number> {
  const known = await removedAndKnown(db, before, limit);
  for (const userId of known)
    await db.transaction().execute((transaction) => forgetOne(transaction, userId, before));
  return known.length;
}

/** What is held about people, on either database. */
export function personalDataStore(db: Kysely<Tables>): PersonalDataStore {
  return {
    heldAbout: (userId) => heldAbout(db, userId),
    async scheduleErasure(userId, eraseAt) {
      const account = db
        .updateTable('users')
        .set((eb) => ({
          is_active: 0,
          erase_at: eb.case().when('erase_at', '<', eraseAt).then(eb.ref('erase_at')).else(eraseAt).end(),
        }))
        .where('id', '=', userId);
      return (await account.executeTakeFirst()).numUpdatedRows > 0n;
    },
    async takeBack(userId, at) {
      const inTime = db
        .updateTable('users')
        .set({ is_active: 1, erase_at: null })
        .where('id', '=', userId)
        .where('erase_at', '>', at);
      return (await inTime.executeTakeFirst()).numUpdatedRows > 0n;
    },
    async ownsPicture(userId, image) {
      const others = db.selectFrom('profiles').select('user_id').where('image', '=', image);
      return (await others.where('user_id', '<>', userId).limit(1).executeTakeFirst()) === undefined;
    },
    async dueForErasure(at, limit) {
      const rows = await db
        .selectFrom('users')
        .leftJoin('profiles', 'profiles.user_id', 'users.id')
        .select(['users.id', 'profiles.image'])
        .where('users.erase_at', '<=', at)
        .orderBy('users.erase_at')
        .orderBy('users.id')
        .limit(limit)
        .execute();
      return rows.map(({ id, image }) => ({ id, image: image ?? '' }));
    },
    erase: (userId, at) => erase(db, userId, at),
    forgetInEvents: (before, limit) => forgetInEvents(db, before, limit),
  };
}
