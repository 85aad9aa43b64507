import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type DjangoSource, openDjango } from '../../src/adapters/django/open.ts';
import {
  type Manifest,
  manifestOf,
  samplePath,
  sampleText,
  take,
  testFolder,
} from '../support/django-files.ts';
import { makeDjangoSample, sampleJti } from '../support/django-sample.ts';
import { createDatabase } from '../support/postgres.ts';

const instant = (text: string | null) => (text === null ? undefined : Math.floor(Date.parse(text)));

const sorted = (names: readonly string[]) => [...names].sort();

/** The accounts of a manifest as the reader has to give them. */
function accountsOf({ accounts }: Manifest, groupNames: ReadonlyMap<number, string>) {
  return accounts.map((one) => ({
    id: one.id,
    username: one.username,
    email: one.email,
    password: one.stored_password,
    isActive: one.is_active,
    isStaff: one.is_staff,
    isSuperuser: one.is_superuser,
    createdAt: instant(one.date_joined),
    lastLoginAt: instant(one.last_login),
    firstName: one.first_name,
    lastName: one.last_name,
    profile: profileOf(one),
    groups: [...groupNames].filter(([, name]) => one.groups.includes(name)).map(([id]) => id),
    permissions: one.user_permissions,
  }));
}

function profileOf({ profile, first_name, last_name }: Manifest['accounts'][number]) {
  if (profile === null) return undefined;
  // Django's default schema has no profiles: the name is all there is.
  if (profile === undefined) {
    return { fullName: `${first_name} ${last_name}`.trim(), bio: '', image: 'default.jpg', verified: false };
  }
  const { full_name: fullName, ...rest } = profile;
  return { fullName, ...rest };
}

interface Sample {
  readonly manifest: Manifest;
  readonly source: DjangoSource;
  /** what this database cannot hold: dangling rows and, with them, their counts */
  readonly constrained: boolean;
}

/** What is asked of every sample, whichever database it is in. */
function tell(sampleOf: () => Sample): void {
  test('every account is read with its fields, profile, groups and permissions', async () => {
    const { manifest, source } = sampleOf();
    const groups = await take(source.groups());
    const accounts = await take(source.accounts());
    expect(accounts).toEqual(accountsOf(manifest, new Map(groups.map(({ id, name }) => [id, name]))));
    expect(accounts).toHaveLength(34);
    expect(accounts.some((account) => account.groups.length === 2)).toBe(true);
  });

  test('every group is read with its permissions', async () => {
    const { manifest, source } = sampleOf();
    const groups = await take(source.groups());
    expect(groups.map(({ name, permissions }) => ({ name, permissions: sorted(permissions) }))).toEqual(
      manifest.groups.map(({ name, permissions }) => ({ name, permissions: sorted(permissions) })),
    );
  });

  test('every stored token is read by its jti, and is as dead or alive as the original says [I-10]', async () => {
    const { manifest, source } = sampleOf();
    const read = new Map((await take(source.tokens())).map((token) => [token.jti, token]));
    const stored = manifest.tokens.filter((token) => token.stored !== 'no');
    expect(stored.length).toBeGreaterThan(15);
    for (const { payload, stored: place, verdict } of stored) {
      const token = read.get(payload.jti);
      expect(token, payload.jti).toBeDefined();
      expect(token?.blacklistedAt !== undefined, payload.jti).toBe(place.includes('blacklisted'));
      expect(token?.expiresAt, payload.jti).toBe(payload.exp * 1_000);
      if (verdict === 'user deleted') expect(token?.userId).toBeUndefined();
    }
    const unstored = manifest.tokens.filter((token) => token.stored === 'no' && token.kind === 'refresh');
    expect(unstored.filter(({ payload }) => read.has(payload.jti))).toEqual([]);
  });

  test('a row whose jti is not that of its token is read by both', async () => {
    const { manifest, source, constrained } = sampleOf();
    const rows = manifest.tables.token_blacklist_outstandingtoken ?? 0;
    const ofNobody = constrained ? 0 : 1;
    expect(await take(source.tokens())).toHaveLength(rows - ofNobody + 1);
  });

  test('the log of the admin site is read, and can be read on from an entry', async () => {
    const { manifest, source } = sampleOf();
    const entries = await take(source.adminLog(0));
    const users = source.found[0] === 'accounts: api_user' ? 'api.user' : 'auth.user';
    expect(
      entries.map(({ id, at, actorId, action, objectId, object, message }) => ({
        ...{ id, by: actorId, object, object_id: objectId, flag: action, message, time: at },
      })),
    ).toEqual(manifest.admin_log.map((entry) => ({ ...entry, time: Date.parse(entry.time) })));
    for (const entry of entries) {
      expect([users, '']).toContain(entry.objectType);
      expect(entry.userId).toBe(entry.objectType === users ? Number(entry.objectId) : undefined);
    }
    expect((await take(source.adminLog(3))).map(({ id }) => id)).toEqual([4, 5]);
  });

  test('rows that point to nothing are told, and nothing else [I-09]', async () => {
    const { manifest, source, constrained } = sampleOf();
    const planted = manifest.defects.filter((defect) => defect.sqlite_only && !constrained);
    const told = await take(source.dangling());
    const order = (rows: readonly { table: string; id: number }[]) =>
      rows.map(({ table, id }) => `${table} ${id}`).sort();
    expect(order(told)).toEqual(order(planted));
    expect(told.every(({ value }) => value === '9000')).toBe(true);
  });

  test('the rows of every table are counted', async () => {
    const { manifest, source } = sampleOf();
    const counts = await source.counts();
    const { django_migrations, django_session, ...read } = manifest.tables;
    expect(counts).toEqual(read);
    expect(django_migrations).toBe(30);
  });

  test('the highest id that was ever given out is known, although that account is gone', async () => {
    const { source, constrained } = sampleOf();
    // The dump has set its sequence to the highest id that is left.
    expect(await source.highestAccountId()).toBe(constrained ? 37 : 38);
  });
}

describe.each(['db-3.2', 'db-4.2', 'db-5.2', 'db-5.2-default'])('the SQLite file %s', (name) => {
  let source: DjangoSource;
  beforeAll(async () => {
    source = await openDjango(`sqlite:${samplePath(`${name}.sqlite3`)}`);
  });
  afterAll(() => source.close());
  tell(() => ({ manifest: manifestOf(`${name}.json`), source, constrained: false }));
});

/** The manifest of the dump: that of the SQLite file, less the rows that PostgreSQL would not take. */
function postgresManifest(): Manifest {
  return { ...manifestOf('db-5.2.json'), tables: manifestOf('pg-5.2.json').tables };
}

describe('the PostgreSQL dump', () => {
  let source: DjangoSource;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(inject('postgresAdminUrl'));
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(sampleText('pg-5.2.sql'));
    await client.end();
    source = await openDjango(database.url);
  });
  afterAll(async () => {
    await source.close();
    await database.drop();
  });
  tell(() => ({ manifest: postgresManifest(), source, constrained: true }));

  test('is read from one snapshot: what is written meanwhile is not seen', async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query(`update public.api_user set username = 'changed' where id = 4`);
    const [first] = await take(source.accounts());
    await other.query(`update public.api_user set username = 'amelia' where id = 4`);
    await other.end();
    expect(first?.username).toBe('amelia');
  });

  test('knows the ids that were given out and are gone again from the sequence', async () => {
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query(`select setval('public.api_user_id_seq', 50)`);
    expect(await source.highestAccountId()).toBe(50);
    await other.query(`select setval('public.api_user_id_seq', 37)`);
    await other.end();
  });

  test('names its schema in the address, or is told that there is none of that name', async () => {
    const named = await openDjango(`${database.url}?schema=public`);
    expect(named.found).toEqual(source.found);
    await named.close();
    await expect(openDjango(database.url, { schema: 'elsewhere' })).rejects.toThrow(
      /^PostgreSQL .* has no schema elsewhere\.$/,
    );
  });
});

test('a table that is longer than a batch is read in batches, in the order of the ids', async () => {
  const path = join(testFolder(), 'many.sqlite3');
  makeDjangoSample(path, { users: 1_200, tokensOfEach: 2 });
  const source = await openDjango(path);
  const sizes: number[] = [];
  const ids: number[] = [];
  for await (const batch of source.accounts()) {
    sizes.push(batch.length);
    ids.push(...batch.map(({ id }) => id));
    expect(batch.every(({ id, profile }) => profile?.fullName === `Person ${id}`)).toBe(true);
  }
  const tokens = await take(source.tokens());
  await source.close();

  expect(sizes).toEqual([1_000, 200]);
  expect(ids).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
  expect(tokens).toHaveLength(2_400);
  expect(tokens.filter(({ blacklistedAt }) => blacklistedAt !== undefined)).toHaveLength(1_200);
  expect(tokens[0]?.jti).toBe(sampleJti(1, 1));
});
