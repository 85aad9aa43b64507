import { has, type Table, type Tables } from './database.ts';
import { CLAIMS, type Claim, type ClaimSource, type Reference } from './layout.ts';

/** From a claim to `column` or `table.column`. */
export type ClaimMap = Readonly<Partial<Record<Claim, string>>>;

/** `api_profile.display_name` has two parts; a column alone has one. */
function split(place: string): { table: string | undefined; column: string } {
  const dot = place.lastIndexOf('.');
  return dot < 0
    ? { table: undefined, column: place }
    : { table: place.slice(0, dot), column: place.slice(dot + 1) };
}

const columnOf = (claim: Claim, map: ClaimMap) => split(map[claim] ?? claim);

/** Columns that refer to the user table: the unique ones are one-to-one. */
function referencesOf(table: Table, users: Table) {
  const all = table.foreignKeys.filter((key) => key.table === users.name).map(({ column }) => column);
  return { all, unique: all.filter((column) => table.unique.includes(column)) };
}

const holdsAClaim = (table: Table, map: ClaimMap) =>
  CLAIMS.some((claim) => {
    const { table: only, column } = columnOf(claim, map);
    return (only === undefined || only === table.name) && has(table, column);
  });

function named(tables: Tables, users: Table, wanted: string): Reference {
  const table = tables.get(wanted);
  if (table === undefined) throw new Error(`There is no table ${wanted} for --profile-table.`);
  if (table.isView) throw new Error(`${wanted} is a view. The profiles have to be in a table.`);
  const { all, unique } = referencesOf(table, users);
  const [column, ...others] = unique.length > 0 ? unique : all;
  if (column === undefined) throw new Error(`${wanted} has no foreign key to ${users.name}.`);
  if (others.length > 0)
    throw new Error(
      `${wanted} refers to ${users.name} in several columns: ${[column, ...others].join(', ')}.`,
    );
  return { table, column };
}

/**
 * The table of the profiles: the one that was asked for, or the only one with a one-to-one reference to the accounts
 * and a column for a claim. Undefined when there is none. Throws a sentence when there are several.
 */
export function findProfiles(
  tables: Tables,
  users: Table,
  wanted: string | undefined,
  map: ClaimMap,
): Reference | undefined {
  if (wanted !== undefined) return named(tables, users, wanted);
  const found = [...tables.values()].flatMap((table) => {
    if (table.isView || table.name === users.name || !holdsAClaim(table, map)) return [];
    return referencesOf(table, users).unique.map((column) => ({ table, column }));
  });
  if (found.length <= 1) return found[0];
  const names = found.map(({ table }) => table.name).sort();
  throw new Error(
    `Several tables could hold the profiles: ${names.join(', ')}. Name one with --profile-table.`,
  );
}

function sourceOf(
  claim: Claim,
  map: ClaimMap,
  users: Table,
  profiles: Table | undefined,
): ClaimSource | undefined {
  const { table, column } = columnOf(claim, map);
  const places = [
    { of: 'profiles', in: profiles },
    { of: 'users', in: users },
  ] as const;
  const place = places.find(
    (one) => one.in !== undefined && (table ?? one.in.name) === one.in.name && has(one.in, column),
  );
  if (place !== undefined) return { of: place.of, column };
  if (map[claim] === undefined) return undefined;
  const searched = [profiles?.name, users.name].filter((name) => name !== undefined).join(' and ');
  throw new Error(`--map ${claim}=${map[claim]}: there is no such column in ${searched}.`);
}

/**
 * Where each claim comes from: the mapped column or the one of the claim's name, in the table of the profiles or, when it is
 * not there, in that of the accounts. Throws a sentence when a mapped column is in neither.
 */
export function findClaims(users: Table, profiles: Table | undefined, map: ClaimMap) {
  const unknown = Object.keys(map).filter((claim) => !(CLAIMS as readonly string[]).includes(claim));
  if (unknown.length > 0) {
    throw new Error(`--map ${unknown[0]}: there is no such claim. There are ${CLAIMS.join(', ')}.`);
  }
  const found: Partial<Record<Claim, ClaimSource>> = {};
  for (const claim of CLAIMS) {
    const source = sourceOf(claim, map, users, profiles);
    if (source !== undefined) found[claim] = source;
  }
  return found;
}
