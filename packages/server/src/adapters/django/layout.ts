import type { SourceTables } from '../../domain/import/source.ts';
import type { Table } from './database.ts';

/** What an application shows of a person, by the name of the claim. */
export const CLAIMS = ['full_name', 'bio', 'image', 'verified'] as const;
export type Claim = (typeof CLAIMS)[number];

/** Where a claim comes from. */
export interface ClaimSource {
  readonly of: 'users' | 'profiles';
  readonly column: string;
}

/** A table that ties accounts or groups to groups or permissions. */
export interface Tie {
  readonly table: Table;
  readonly owner: string;
  readonly member: string;
}

/** A table that refers to the user table, by this column. */
export interface Reference {
  readonly table: Table;
  readonly column: string;
}

/** Where everything is in a Django database. What it does not have is undefined. */
export interface Layout {
  readonly users: Table;
  readonly profiles: Reference | undefined;
  readonly claims: Readonly<Partial<Record<Claim, ClaimSource>>>;
  readonly groups: Table | undefined;
  readonly permissions: Table | undefined;
  readonly contentTypes: Table | undefined;
  readonly userGroups: Tie | undefined;
  readonly userPermissions: Tie | undefined;
  readonly groupPermissions: Tie | undefined;
  readonly outstanding: Table | undefined;
  readonly blacklisted: Table | undefined;
  readonly adminLog: Table | undefined;
}

/** All tables of a layout. */
export function tablesOf(layout: Layout): Table[] {
  const { users, profiles, groups, permissions, contentTypes, outstanding, blacklisted, adminLog } = layout;
  const ties = [layout.userGroups, layout.userPermissions, layout.groupPermissions];
  const all = [users, profiles?.table, groups, permissions, contentTypes, ...ties.map((tie) => tie?.table)];
  return [...all, outstanding, blacklisted, adminLog].filter((table) => table !== undefined);
}

/** The names of the tables of a layout, by what they hold. */
export function namesOf(layout: Layout): SourceTables {
  return {
    accounts: layout.users.name,
    profiles: layout.profiles?.table.name,
    groups: layout.groups?.name,
    groupPermissions: layout.groupPermissions?.table.name,
    memberships: layout.userGroups?.table.name,
    permissions: layout.userPermissions?.table.name,
    tokens: layout.outstanding?.name,
    blacklisted: layout.blacklisted?.name,
    adminLog: layout.adminLog?.name,
  };
}
