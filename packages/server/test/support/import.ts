import { sql } from 'kysely';
import { openDjango } from '../../src/adapters/django/open.ts';
import type { Database } from '../../src/adapters/sql/open.ts';
import type { App } from '../../src/domain/app.ts';
import { importFrom } from '../../src/domain/import/import.ts';
import type { Report } from '../../src/domain/import/report.ts';
import type { Source, SourceAccount } from '../../src/domain/import/source.ts';

/** Imports from a source; throws when it is refused. */
export async function importSource(app: App, source: Source, isDryRun = false): Promise<Report> {
  const imported = await importFrom(app, source, { isDryRun, notes: [] }, () => {});
  if ('refused' in imported) throw new Error(imported.refused);
  return imported.report;
}

/** Imports a Django database as the command does. */
export async function importDjango(app: App, url: string, isDryRun = false): Promise<Report> {
  const source = await openDjango(url);
  try {
    return await importSource(app, source, isDryRun);
  } finally {
    await source.close();
  }
}

const TABLES = [
  ...['users', 'profiles', 'login_names', 'contested_names', 'sessions', 'audit_events', 'groups'],
  ...[
    'group_permissions',
    'user_groups',
    'user_permissions',
    'django_tokens',
    'django_accounts',
    'django_marks',
  ],
];

/**
 * Every row of every table, as text and in an order of its own. Without the event that tells of a run's counts, and with
 * names for the ids that a broken transaction uses up.
 */
export async function contentsOf({ db }: Database): Promise<Record<string, string[]>> {
  const groups = await db.selectFrom('groups').select(['id', 'name']).execute();
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const contents: Record<string, string[]> = {};
  for (const table of TABLES) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
    const told = rows.flatMap(({ id, ...row }) => {
      if (row.event === 'import_finished') return [];
      if ('group_id' in row) return [{ ...row, group_id: names.get(Number(row.group_id)) }];
      return [table === 'groups' || table === 'audit_events' ? row : { ...row, id }];
    });
    contents[table] = told.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
  }
  return contents;
}

const NOTHING = async function* () {};

/** A source made of accounts: nothing else is there. */
export function sourceOf(accounts: readonly SourceAccount[], over: Partial<Source> = {}): Source {
  return {
    found: [],
    tables: {
      accounts: 'auth_user',
      profiles: undefined,
      groups: 'auth_group',
      groupPermissions: undefined,
      memberships: undefined,
      permissions: undefined,
      tokens: 'tokens',
      blacklisted: undefined,
      adminLog: 'log',
    },
    counts: async () => ({ auth_user: accounts.length }),
    highestAccountId: async () => Math.max(0, ...accounts.map(({ id }) => id)),
    groups: NOTHING,
    async *accounts() {
      if (accounts.length > 0) yield accounts;
    },
    tokens: NOTHING,
    adminLog: NOTHING,
    dangling: NOTHING,
    oddities: NOTHING,
    ...over,
  };
}

/** An account of another system. */
export function sourceAccount(id: number, over: Partial<SourceAccount> = {}): SourceAccount {
  return {
    id,
    username: `user${id}`,
    email: `user${id}@example.org`,
    password: 'argon2$no-password-fits',
    isActive: true,
    isStaff: false,
    isSuperuser: false,
    createdAt: 1_700_000_000_000 + id,
    lastLoginAt: undefined,
    firstName: '',
    lastName: '',
    profile: { fullName: `Person ${id}`, bio: '', image: 'default.jpg', verified: false },
    groups: [],
    permissions: [],
    ...over,
  };
}
