import { type DjangoDatabase, has, type Table, type Tables } from './database.ts';
import { type ClaimMap, findClaims, findProfiles } from './find-profiles.ts';
import { findUsers } from './find-users.ts';
import { CLAIMS, type Layout, type Tie, tablesOf } from './layout.ts';

export interface FindOptions {
  readonly userTable?: string | undefined;
  readonly profileTable?: string | undefined;
  readonly map?: ClaimMap | undefined;
}

/** Columns of the tables that Django and SimpleJWT name themselves. */
const WELL_KNOWN = {
  auth_group: ['id', 'name'],
  auth_permission: ['id', 'content_type_id', 'codename'],
  django_content_type: ['id', 'app_label', 'model'],
  token_blacklist_outstandingtoken: ['id', 'jti', 'token', 'user_id', 'expires_at'],
  token_blacklist_blacklistedtoken: ['id', 'token_id', 'blacklisted_at'],
  django_admin_log: [
    ...['id', 'action_time', 'user_id', 'content_type_id'],
    ...['object_id', 'object_repr', 'action_flag', 'change_message'],
  ],
} as const;

/** Undefined when there is no such table. Throws a sentence when it is not what it has to be. */
function requireColumns(tables: Tables, name: string, columns: readonly string[]): Table | undefined {
  const table = tables.get(name);
  if (table === undefined) return undefined;
  if (table.isView) throw new Error(`${name} is a view. In a database of Django it is a table.`);
  const missing = columns.filter((column) => !has(table, column));
  if (missing.length > 0) throw new Error(`${name} has no column ${missing.join(', ')}.`);
  return table;
}

const wellKnown = (tables: Tables, name: keyof typeof WELL_KNOWN) =>
  requireColumns(tables, name, WELL_KNOWN[name]);

/**
 * A many-to-many table of Django. Its member column is known; that of its owner is called after the model, so it is
 * found by its foreign key or as the one that is left. Throws a sentence when the table of its members is missing.
 */
function findTie(
  tables: Tables,
  name: string,
  owner: Table,
  member: string,
  members: Table | undefined,
  kind: string,
): Tie | undefined {
  const table = requireColumns(tables, name, ['id', member]);
  if (table === undefined) return undefined;
  if (members === undefined)
    throw new Error(`${name} is there, but not the table of the ${kind} that it names.`);
  const others = table.columns
    .map((column) => column.name)
    .filter((column) => column.endsWith('_id') && column !== member);
  const keys = table.foreignKeys.filter((key) => key.table === owner.name).map(({ column }) => column);
  const [found, ...more] = keys.length > 0 ? keys : others;
  if (found === undefined || more.length > 0)
    throw new Error(`It cannot be told which column of ${name} refers to ${owner.name}.`);
  return { table, owner: found, member };
}

/**
 * Finds by their columns the tables that are taken over. Throws a sentence, with what to do, when it cannot be told which they are,
 * and when a table is not what Django makes.
 */
export function findLayout({ tables, name }: DjangoDatabase, options: FindOptions): Layout {
  const { userTable, profileTable, map = {} } = options;
  const users = findUsers(tables, name, userTable);
  const profiles = findProfiles(tables, users, profileTable, map);
  const groups = wellKnown(tables, 'auth_group');
  const contentTypes = wellKnown(tables, 'django_content_type');
  const named = wellKnown(tables, 'auth_permission');
  const permissions = contentTypes && named;
  const outstanding = wellKnown(tables, 'token_blacklist_outstandingtoken');
  const blacklisted = wellKnown(tables, 'token_blacklist_blacklistedtoken');
  if (blacklisted !== undefined && outstanding === undefined) {
    throw new Error(
      `${blacklisted.name} is there, but not token_blacklist_outstandingtoken that it refers to.`,
    );
  }
  const permissionsOf = (table: string, owner: Table) =>
    findTie(tables, table, owner, 'permission_id', permissions, 'permissions');
  return {
    users,
    profiles,
    claims: findClaims(users, profiles?.table, map),
    groups,
    permissions,
    contentTypes,
    userGroups: findTie(tables, `${users.name}_groups`, users, 'group_id', groups, 'groups'),
    userPermissions: permissionsOf(`${users.name}_user_permissions`, users),
    groupPermissions: groups && permissionsOf('auth_group_permissions', groups),
    outstanding,
    blacklisted,
    adminLog: wellKnown(tables, 'django_admin_log'),
  };
}

/** What was found, a line each, for the report. */
export function describe(layout: Layout): string[] {
  const { users, profiles, claims } = layout;
  const places = CLAIMS.map((claim) => {
    const source = claims[claim];
    if (source === undefined)
      return claim === 'full_name' ? 'full_name: first and last name' : `${claim}: none`;
    return `${claim}: ${source.of === 'users' ? users.name : profiles?.table.name}.${source.column}`;
  });
  const rest = tablesOf(layout)
    .filter((table) => table !== users && table !== profiles?.table)
    .map(({ name }) => name);
  return [
    `accounts: ${users.name}`,
    profiles === undefined ? 'profiles: none' : `profiles: ${profiles.table.name}, by ${profiles.column}`,
    ...places,
    `user name: ${has(users, 'username') ? `${users.name}.username` : `${users.name}.email`}`,
    `also read: ${rest.join(', ') || 'nothing'}`,
  ];
}
