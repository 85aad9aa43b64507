import { has, type Table, type Tables } from './database.ts';

const LOGIN_NAMES = ['username', 'email'];

/** What every user model of Django has: `AbstractUser`, and what is made from `AbstractBaseUser`. */
const isUserTable = (table: Table) =>
  !table.isView &&
  has(table, 'id') &&
  has(table, 'password') &&
  LOGIN_NAMES.some((column) => has(table, column)) &&
  (has(table, 'is_active') || has(table, 'last_login'));

const listed = (tables: readonly Table[]) =>
  tables
    .map(({ name }) => name)
    .sort()
    .join(', ');

function theOnlyOne(tables: Tables, name: string): Table {
  const all = [...tables.values()];
  const candidates = all.filter(isUserTable);
  const [only] = candidates;
  if (candidates.length > 1) {
    throw new Error(
      `${name} has several tables that could hold the accounts: ${listed(candidates)}. Name one with --user-table.`,
    );
  }
  if (only !== undefined) return only;
  const withPassword = all.filter((table) => has(table, 'password'));
  const hint = withPassword.length === 0 ? '' : ` Tables with a password: ${listed(withPassword)}.`;
  throw new Error(
    `${name} has no table with the columns of Django's accounts (id, password, username or email, is_active or last_login).${hint} If there is one, name it with --user-table.`,
  );
}

function named(tables: Tables, name: string, wanted: string): Table {
  const table = tables.get(wanted);
  if (table === undefined) throw new Error(`${name} has no table ${wanted}.`);
  if (table.isView) throw new Error(`${wanted} is a view. The accounts have to be in a table.`);
  const missing = ['id', 'password'].filter((column) => !has(table, column));
  if (!LOGIN_NAMES.some((column) => has(table, column))) missing.push('username or email');
  if (missing.length > 0) throw new Error(`${wanted} has no column ${missing.join(', ')}.`);
  return table;
}

/**
 * The table of the accounts: the one that was asked for, or the only one with the columns of a user model.
 * Throws a sentence when there are several or none, and when its ids are no whole numbers.
 */
export function findUsers(tables: Tables, name: string, wanted: string | undefined): Table {
  const users = wanted === undefined ? theOnlyOne(tables, name) : named(tables, name, wanted);
  const type = users.columns.find((column) => column.name === 'id')?.type ?? '';
  if (!type.includes('int') && !type.includes('serial')) {
    throw new Error(
      `The ids of ${users.name} are of type ${type || 'unknown'}. Latchkey's are whole numbers; others cannot be taken over.`,
    );
  }
  return users;
}
