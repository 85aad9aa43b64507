import type { Checked } from './check.ts';
import type { ImportedCounts } from './import-store.ts';
import type { TableLine } from './report.ts';
import type { SourceTables } from './source.ts';

type Role = keyof SourceTables;

/** Why of a table more or fewer rows are here than there. */
function differencesOf(
  { tokens, accounts, findings, blacklistedExpired, counts }: Checked,
  tables: SourceTables,
) {
  const twice = findings.find(({ kind }) => kind === 'jti-mismatch')?.count ?? 0;
  const given = tokens.live + tokens.blacklisted + tokens.ofNobody + tokens.expired;
  const differences: Partial<Record<Role, Readonly<Record<string, number>>>> = {
    accounts: {
      'removed here': -accounts.removedHere.length,
      'not there any more': accounts.goneThere.length,
    },
    tokens: {
      expired: -tokens.expired,
      'with two jtis': twice,
      [DANGLING]: given - twice - (counts[tables.tokens ?? ''] ?? 0),
    },
    blacklisted: { expired: -blacklistedExpired },
  };
  return differences;
}

const DANGLING = 'without what they refer to';

/** Every table that was read, on both sides: how many rows, why there are more or fewer here, and whether that adds up. */
export function tableLines(tables: SourceTables, checked: Checked, here: ImportedCounts): TableLine[] {
  const roles = new Map(Object.entries(tables).map(([role, name]) => [name, role as Role]));
  const known = differencesOf(checked, tables);
  return Object.entries(checked.counts).map(([table, there]) => {
    const role = roles.get(table);
    if (role === undefined) return { table, there, here: undefined, differences: {}, isEqual: false };
    const all = { [DANGLING]: -(checked.dangling[table] ?? 0), ...known[role] };
    const differences = Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
    const expected = Object.values(differences).reduce((sum, count) => sum + count, there);
    return { table, there, here: here[role], differences, isEqual: expected === here[role] };
  });
}
