import { Client } from 'pg';
import { describe, expect, inject } from 'vitest';
import { openDjango } from '../src/adapters/django/open.ts';
import type { Report } from '../src/domain/import/report.ts';
import { DATABASE, only } from './support/database.ts';
import { manifestOf, samplePath, sampleText } from './support/django-files.ts';
import { contentsOf, importDjango } from './support/import.ts';
import { createDatabase } from './support/postgres.ts';
import { test, type World } from './support/world.ts';

type Account = ReturnType<typeof manifestOf>['accounts'][number] & {
  readonly password: string;
  readonly log_in_after_import: string;
  readonly original_login: { readonly by: 'email' | 'username'; readonly identifier: string };
  readonly defects: readonly string[];
};

type Sample = 'db-3.2' | 'db-4.2' | 'db-5.2' | 'db-5.2-default' | 'pg-5.2';

/** What is read knows no database of ours: the older samples go into one of them, the newest into both. */
const IMPORTED: readonly Sample[] =
  DATABASE === 'sqlite' ? ['db-3.2', 'db-4.2', 'db-5.2', 'db-5.2-default'] : ['db-5.2-default', 'pg-5.2'];

/** Nor does the check of a password, which is dear here: hashes have the costs of Django. */
const LOGGED_IN: readonly Sample[] =
  DATABASE === 'sqlite' ? ['db-3.2', 'db-4.2', 'db-5.2', 'db-5.2-default'] : ['pg-5.2'];

const manifest = (name: Sample) => manifestOf(`${name === 'pg-5.2' ? 'db-5.2' : name}.json`);
const accountsOf = (name: Sample) => manifest(name).accounts as readonly Account[];

/** The address of a sample for as long as the work takes. */
async function withSample<T>(name: Sample, work: (url: string) => Promise<T>): Promise<T> {
  if (name !== 'pg-5.2') return work(`sqlite:${samplePath(`${name}.sqlite3`)}`);
  const { url, drop } = await createDatabase(inject('postgresAdminUrl'));
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sampleText('pg-5.2.sql'));
  await client.end();
  try {
    return await work(url);
  } finally {
    await drop();
  }
}

/** Salted SHA-1 and MD5 log in with LEGACY_PASSWORD_HASHES; the invalid address is taken as it is. */
const LEGACY = { LEGACY_PASSWORD_HASHES: 'on' };

/** Will the person get in with the right password, by the field of the original? */
function getsIn({ log_in_after_import: wish, original_login: { identifier } }: Account): boolean {
  const isChoice = /^only where (salted SHA-1 is known|the address is taken as it is)/.test(wish);
  return (wish === 'yes' || isChoice) && identifier !== '';
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

async function logIn(world: World, { original_login: { by, identifier } }: Account, password: string) {
  const { status, json } = await world.post('/api/token/', { [by]: identifier, password });
  return status === 200 ? claimsOf(json.access) : status;
}

async function twoAtATime<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < all.length; at = next++) done[at] = await work(all[at] as A);
  };
  await Promise.all([lane(), lane()]);
  return done;
}

/** The original asks for an e-mail first. */
const noLogin = ({ original_login: { identifier } }: Account) => (identifier === '' ? 400 : 401);

/** The claims a token has after the import, as the original gave them. */
function expectedClaims({ id, username, email, first_name, last_name, profile }: Account) {
  const none = {
    full_name: `${first_name} ${last_name}`.trim(),
    bio: '',
    image: 'default.jpg',
    verified: false,
  };
  const missing = { full_name: '', bio: '', image: 'default.jpg', verified: false };
  const shown = profile === undefined ? none : (profile ?? missing);
  return { user_id: id, username, email, ...shown };
}

describe.each(LOGGED_IN)('the sample %s', (name) => {
  test('logs everybody in who can, with the claims of the original, and nobody with a wrong password', async ({
    open,
  }) => {
    const world = await open(LEGACY);
    await withSample(name, (url) => importDjango(world.app, url));
    // Two at a time, as many as the server hashes at once: more would only wait, and be told that it is busy.
    const outcomes = await twoAtATime(accountsOf(name), async (account) => ({
      id: account.id,
      wish: account.log_in_after_import,
      right: await logIn(world, account, account.password),
      wrong: await logIn(world, account, `${account.password}x`),
    }));
    expect(outcomes).toMatchObject(
      accountsOf(name).map((account) => ({
        id: account.id,
        wish: account.log_in_after_import,
        right: getsIn(account) ? expectedClaims(account) : noLogin(account),
        wrong: noLogin(account),
      })),
    );
  });
});

describe.each(IMPORTED)('the sample %s', (name) => {
  test('is reported with all its defects, and is here afterwards, once, whole, and with its ids', async ({
    open,
  }) => {
    const world = await open({ ...LEGACY, DJANGO_TOKENS: 'on', DJANGO_JWT_KEY: manifest(name).secret_key });
    await withSample(name, async (url) => {
      const before = await contentsOf(world.lent.database);
      const dry = await importDjango(world.app, url, true);
      expect(await contentsOf(world.lent.database)).toEqual(before);
      expectReported(dry, name);
      const first = await importDjango(world.app, url);
      expectReported(first, name);
      expect(first.tables.filter(({ here, isEqual }) => here !== undefined && !isEqual)).toEqual([]);
      await expectAccounts(world, name);
      await expectAdminLog(world, name);
      // The texts of tokens are read, and not kept.
      const once = await contentsOf(world.lent.database);
      expect(JSON.stringify(once)).not.toContain('eyJ');
      const again = await importDjango(world.app, url);
      expect(await contentsOf(world.lent.database)).toEqual(once);
      expect(first.written.accountsAdded).toBe(34);
      expect(again.written).toEqual({ accountsAdded: 0, accountsChanged: 0, tokens: 0, adminLog: 0 });
      expect(again.accounts).toMatchObject({ new: 0, changed: 0, same: 34 });
      // 38 was deleted before the sample was taken, where it was not the newest account
      const source = await openDjango(url);
      const highest = await source.highestAccountId().finally(() => source.close());
      const reply = await world.post('/api/register/', { username: 'newcomer', password: 'Sup3rSecret!x' });
      expect(reply.json.id).toBe(highest + 1);
    });
  });
});

// The file has rows that dangle, which the dump cannot have.
only('postgres', () => {
  test('the newest sample comes over from a file too, whole and with its defects', async ({ open }) => {
    const world = await open({
      ...LEGACY,
      DJANGO_TOKENS: 'on',
      DJANGO_JWT_KEY: manifest('db-5.2').secret_key,
    });
    const report = await withSample('db-5.2', (url) => importDjango(world.app, url));
    expectReported(report, 'db-5.2');
    expect(report.tables.filter(({ here, isEqual }) => here !== undefined && !isEqual)).toEqual([]);
    expect(report.written.accountsAdded).toBe(34);
    await expectAccounts(world, 'db-5.2');
    await expectAdminLog(world, 'db-5.2');
  });
});

/** Accounts with their ids, times and rights, groups and permissions. */
async function expectAccounts(world: World, name: Sample): Promise<void> {
  const { db } = world.lent.database;
  const users = await db.selectFrom('users').selectAll().orderBy('id').execute();
  expect(
    users.map((row) => [row.id, row.username, row.email, row.password, row.created_at, row.last_login_at]),
  ).toEqual(
    accountsOf(name).map((one) => [
      one.id,
      one.username,
      one.email,
      one.stored_password,
      Date.parse(one.date_joined),
      one.last_login === null ? null : Date.parse(one.last_login),
    ]),
  );
  expect(users.map((row) => [row.is_active, row.is_staff, row.is_superuser])).toEqual(
    accountsOf(name).map((one) => [one.is_active, one.is_staff, one.is_superuser].map(Number)),
  );
  const held = await world.app.store.imports.accountsFrom(accountsOf(name).map(({ id }) => id));
  expect(
    held.map(({ id, now }) => [id, now?.groups, now?.permissions]).sort(([a], [b]) => Number(a) - Number(b)),
  ).toEqual(
    accountsOf(name).map((one) => [one.id, [...one.groups].sort(), [...one.user_permissions].sort()]),
  );
  const groups = await world.app.store.imports.groupsFrom(manifest(name).groups.map((group) => group.name));
  expect(new Map(groups.map((group) => [group.name, group.permissions]))).toEqual(
    new Map(manifest(name).groups.map((group) => [group.name, [...group.permissions].sort()])),
  );
}

/** The admin log as events of the import, and one event that it has finished. */
async function expectAdminLog(world: World, name: Sample): Promise<void> {
  const events = [...(await world.app.store.audit.list(100))].reverse();
  const told = events.filter(({ event }) => event.event === 'django_admin_action');
  expect(told.map(({ at, event, origin }) => ({ at, origin: origin.userAgent, ...event }))).toMatchObject(
    manifest(name).admin_log.map((entry) => ({
      at: Date.parse(entry.time),
      origin: 'latchkey import',
      id: entry.id,
      actorId: entry.by,
      action: entry.flag,
      object: entry.object,
      objectId: entry.object_id,
      message: entry.message,
    })),
  );
  expect(events.filter(({ event }) => event.event === 'import_finished')).toHaveLength(1);
}

function expectReported(report: Report, name: Sample): void {
  expect(missingDefects(report, name)).toEqual([]);
  expect(surplusDefects(report, name)).toEqual([]);
  const unable = report.unable.flatMap(({ ids }) => ids).sort((a, b) => a - b);
  const cannot = accountsOf(name).filter((one) => one.log_in_after_import === 'after a password reset');
  expect(unable).toEqual(cannot.map(({ id }) => id));
  expect(report.inactive).toEqual(accountsOf(name).flatMap((one) => (one.is_active ? [] : [one.id])));
}

const keyOf = (one: { kind: string; table: string; id: number }) => `${one.kind} ${one.table} ${one.id}`;

const toldIn = (report: Report) =>
  report.findings.flatMap(({ kind, table, rows }) => rows.map(({ id }) => keyOf({ kind, table, id })));

/** What was planted in a sample. Rows that point nowhere cannot be in PostgreSQL. */
function plantedIn(name: Sample): string[] {
  return manifest(name)
    .defects.filter((one) => name !== 'pg-5.2' || !one.sqlite_only)
    .map(keyOf);
}

function missingDefects(report: Report, name: Sample): string[] {
  const told = new Set(toldIn(report));
  return plantedIn(name).filter((one) => !told.has(one));
}

/** Found and not planted: hashes that only newer Django gave up, and a dangling token that has no text either. */
function surplusDefects(report: Report, name: Sample): string[] {
  const planted = new Set(plantedIn(name));
  return toldIn(report).filter(
    (one) => !planted.has(one) && !/^hash-unknown-to-django|^empty-token .* 1[89]$/.test(one),
  );
}
