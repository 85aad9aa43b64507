import type { SourceAccount } from '../../domain/import/source.ts';
import { SourceFault } from '../../domain/import/source-fault.ts';
import type { Profile } from '../../domain/store.ts';
import { type DjangoDatabase, has, type Table } from './database.ts';
import { type Directory, membersOf } from './groups.ts';
import type { Claim, ClaimSource, Layout } from './layout.ts';
import { pages, rowsBetween, spanOf } from './rows.ts';
import { absent, FLAG, INSTANT, type Kind, or, text, WHOLE } from './values.ts';

/** Of an application that shows no picture, and of one that has none yet. */
const NO_IMAGE = 'default.jpg';

type Span = readonly [number, number];

/** The claims that come from one of the two tables. The others are undefined. */
function claimShape({ claims }: Layout, of: ClaimSource['of']) {
  const from = <T>(claim: Claim, kind: Kind<T>): Kind<T | undefined> =>
    claims[claim]?.of === of ? kind : absent(undefined);
  return {
    full_name: from('full_name', or(text(10_000), '')),
    bio: from('bio', or(text(10_000), '')),
    image: from('image', or(text(1_000), '')),
    verified: from('verified', or(FLAG, false)),
  };
}

/** What the columns of the claims are called. */
const claimColumns = ({ claims }: Layout) =>
  Object.fromEntries(Object.entries(claims).map(([claim, { column }]) => [claim, column]));

interface Claims {
  readonly full_name: string | undefined;
  readonly bio: string | undefined;
  readonly image: string | undefined;
  readonly verified: boolean | undefined;
}

/** The profiles of a batch. Two of one account are a fault: nobody can tell which is the right one. */
async function profilesOf(
  db: DjangoDatabase,
  layout: Layout,
  span: Span,
): Promise<ReadonlyMap<number, Claims>> {
  const profiles = new Map<number, Claims>();
  if (layout.profiles === undefined) return profiles;
  const { table, column } = layout.profiles;
  const key = has(table, 'id') ? 'id' : column;
  const selection = {
    table,
    key,
    shape: { ...claimShape(layout, 'profiles'), owner: WHOLE },
    columns: { ...claimColumns(layout), owner: column },
  };
  for (const row of await rowsBetween(db, selection, column, span)) {
    if (profiles.has(row.owner)) {
      throw new SourceFault(table.name, row.key, column, `is ${row.owner}, and so is that of another row`);
    }
    profiles.set(row.owner, row);
  }
  return profiles;
}

/** The columns of a user model: those of `AbstractUser`, as far as it has them. */
function accountShape(layout: Layout) {
  const { users } = layout;
  const ifThere = <T>(column: string, kind: Kind<T>, otherwise: T) =>
    has(users, column) ? kind : absent(otherwise);
  return {
    ...claimShape(layout, 'users'),
    username: ifThere('username', or(text(320), undefined), undefined),
    email: ifThere('email', or(text(320), ''), ''),
    password: or(text(4_096), ''),
    is_active: ifThere('is_active', FLAG, true),
    is_staff: ifThere('is_staff', FLAG, false),
    is_superuser: ifThere('is_superuser', FLAG, false),
    date_joined: ifThere('date_joined', or(INSTANT, 0), 0),
    last_login: ifThere('last_login', or(INSTANT, undefined), undefined),
    first_name: ifThere('first_name', or(text(320), ''), ''),
    last_name: ifThere('last_name', or(text(320), ''), ''),
  };
}

interface Names {
  readonly first_name: string;
  readonly last_name: string;
}

/**
 * What the application shows. A column that is there counts even when it is empty, for claims have to stay as they were;
 * the full name is made of first and last name only where no table has one.
 */
function profileOf(layout: Layout, own: Claims & Names, row: Claims | undefined): Profile | undefined {
  const fromUsers = Object.values(layout.claims).some(({ of }) => of === 'users');
  if (layout.profiles !== undefined && row === undefined && !fromUsers) return undefined;
  const both = layout.claims.full_name === undefined ? `${own.first_name} ${own.last_name}`.trim() : '';
  return {
    fullName: own.full_name ?? row?.full_name ?? both,
    bio: own.bio ?? row?.bio ?? '',
    image: own.image ?? row?.image ?? NO_IMAGE,
    verified: own.verified ?? row?.verified ?? false,
  };
}

/** Who logs in by e-mail alone has it for a user name. */
function usernameOf(users: Table, id: number, username: string | undefined, email: string): string {
  const name = username ?? email;
  if (name === '' && username === undefined) {
    throw new SourceFault(users.name, id, has(users, 'username') ? 'username' : 'email', 'is empty');
  }
  return name;
}

/** All accounts with what belongs to them, in batches. A batch takes four queries. */
export async function* readAccounts(
  db: DjangoDatabase,
  layout: Layout,
  directory: () => Promise<Directory>,
): AsyncGenerator<readonly SourceAccount[]> {
  const { users } = layout;
  const selection = { table: users, key: 'id', shape: accountShape(layout), columns: claimColumns(layout) };
  const known = await directory();
  for await (const rows of pages(db, selection)) {
    const span = spanOf(rows);
    const profiles = await profilesOf(db, layout, span);
    const groups = await membersOf(db, layout.userGroups, span, (id) =>
      known.groups.has(id) ? id : undefined,
    );
    const permissions = await membersOf(db, layout.userPermissions, span, (id) => known.permissions.get(id));
    yield rows.map((row) => ({
      id: row.key,
      username: usernameOf(users, row.key, row.username, row.email),
      email: row.email,
      password: row.password,
      isActive: row.is_active,
      isStaff: row.is_staff,
      isSuperuser: row.is_superuser,
      createdAt: row.date_joined,
      lastLoginAt: row.last_login,
      firstName: row.first_name,
      lastName: row.last_name,
      profile: profileOf(layout, row, profiles.get(row.key)),
      groups: groups.get(row.key) ?? [],
      permissions: permissions.get(row.key) ?? [],
    }));
  }
}
