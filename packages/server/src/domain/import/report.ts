import type { AgreedField } from './merge.ts';

/** Something to know about rows: what, in which table, and which. */
export interface Finding {
  readonly kind: string;
  readonly table: string;
  /** how many; `rows` has the first of them */
  readonly count: number;
  readonly rows: readonly { readonly id: number; readonly note: string }[];
}

/** A table on both sides. Equal when the differences explain it. */
export interface TableLine {
  readonly table: string;
  readonly there: number;
  /** undefined when it is not taken over */
  readonly here: number | undefined;
  /** rows more or fewer, by the reason */
  readonly differences: Readonly<Record<string, number>>;
  readonly isEqual: boolean;
}

/** Accounts that nobody can log in to, for one reason. */
export interface Unable {
  readonly reason: string;
  readonly ids: readonly number[];
}

/** A login name that several have, and by what each of them logs in. */
export interface SharedName {
  readonly name: string;
  readonly accounts: readonly {
    readonly id: number;
    readonly username: string;
    readonly email: string;
    readonly isHereAlready: boolean;
    readonly logsInBy: readonly string[];
  }[];
}

export interface Report {
  readonly isDryRun: boolean;
  readonly found: readonly string[];
  readonly tables: readonly TableLine[];
  readonly accounts: {
    readonly new: number;
    readonly changed: number;
    readonly same: number;
    /** removed here, and so they stay */
    readonly removedHere: readonly number[];
    /** came from there once, and are not there any more; they stay here */
    readonly goneThere: readonly number[];
  };
  readonly conflicts: readonly { readonly id: number; readonly fields: readonly AgreedField[] }[];
  readonly unable: readonly Unable[];
  readonly inactive: readonly number[];
  readonly sharedNames: readonly SharedName[];
  readonly findings: readonly Finding[];
  /** accounts by the format of their password */
  readonly passwords: Readonly<Record<string, number>>;
  readonly legacyPasswords: number;
  readonly tokens: {
    readonly blacklisted: number;
    /** adopted when they are shown first */
    readonly live: number;
    /** of an account that is inactive or gone: refused */
    readonly ofNobody: number;
    readonly expired: number;
  };
  readonly written: {
    readonly accountsAdded: number;
    readonly accountsChanged: number;
    readonly tokens: number;
    readonly adminLog: number;
  };
  /** settings that matter now */
  readonly notes: readonly string[];
}

/** How many rows of a finding, and names, are told one by one. */
export const MOST_ROWS = 1_000;

/** Collects findings by kind and table; of each the first rows. */
export function findings() {
  const all = new Map<
    string,
    { kind: string; table: string; count: number; rows: { id: number; note: string }[] }
  >();
  return {
    add(kind: string, table: string, id: number, note = ''): void {
      const key = `${kind} ${table}`;
      const finding = all.get(key) ?? { kind, table, count: 0, rows: [] };
      all.set(key, finding);
      finding.count += 1;
      if (finding.rows.length < MOST_ROWS) finding.rows.push({ id, note });
    },
    all: (): readonly Finding[] => [...all.values()],
  };
}

const FEW = 20;

function listed(ids: readonly number[]): string {
  const more = ids.length > FEW ? ` and ${ids.length - FEW} more` : '';
  return `${ids.slice(0, FEW).join(', ')}${more}`;
}

function tableText({ table, there, here, differences, isEqual }: TableLine, isDryRun: boolean): string {
  if (here === undefined) return `  ${table}: ${there} there, not taken over`;
  const signed = (count: number) => (count > 0 ? `+${count}` : String(count));
  const reasons = Object.entries(differences).map(([why, count]) => `${signed(count)} ${why}`);
  if (isDryRun) return `  ${table}: ${[`${there} there`, ...reasons].join(', ')}`;
  const verdict = isEqual ? (reasons.length === 0 ? ['equal'] : []) : ['changed here since'];
  return `  ${table}: ${there} there, ${here} here (${[...reasons, ...verdict].join(', ')})`;
}

function accountLines({ accounts, conflicts, inactive, isDryRun }: Report): string[] {
  const lines = [
    `${isDryRun ? 'would be added' : 'added'}: ${accounts.new}, changed: ${accounts.changed}, as they were: ${accounts.same}`,
  ];
  if (accounts.removedHere.length > 0)
    lines.push(`removed here, and not brought back: ${listed(accounts.removedHere)}`);
  if (accounts.goneThere.length > 0)
    lines.push(`not there any more, and kept here: ${listed(accounts.goneThere)}`);
  for (const { id, fields } of conflicts.slice(0, FEW))
    lines.push(`changed on both sides, ours kept: account ${id}, ${fields.join(', ')}`);
  if (conflicts.length > FEW) lines.push(`… and ${conflicts.length - FEW} more changed on both sides`);
  if (inactive.length > 0) lines.push(`inactive, as they were: ${inactive.length} (${listed(inactive)})`);
  return lines;
}

function sharedLines(shared: readonly SharedName[]): string[] {
  return shared.slice(0, FEW).flatMap(({ name, accounts }) => [
    `  ${JSON.stringify(name)}`,
    ...accounts.slice(0, FEW).map(({ id, logsInBy, isHereAlready }) => {
      const ways = logsInBy.length > 0 ? logsInBy.join(' or ') : 'nothing';
      return `    ${isHereAlready ? 'account here' : 'account'} ${id} logs in by ${ways}`;
    }),
  ]);
}

/** The report for a person at a terminal. The JSON has what is cut short here. */
export function textOf(report: Report): string {
  const { unable, tokens, passwords, findings: found, sharedNames } = report;
  const count = unable.reduce((sum, { ids }) => sum + ids.length, 0);
  const formats = Object.entries(passwords).map(([format, accounts]) => `  ${format}: ${accounts}`);
  const lines = [
    ...report.found,
    'tables:',
    ...report.tables.map((line) => tableText(line, report.isDryRun)),
    ...accountLines(report),
    'passwords:',
    ...formats,
    ...(report.legacyPasswords > 0 ? [`  plain digests among them: ${report.legacyPasswords}`] : []),
    `tokens: ${tokens.live} live, ${tokens.blacklisted} blacklisted, ${tokens.ofNobody} of inactive or missing accounts, ${tokens.expired} expired and left out`,
    ...(sharedNames.length > 0 ? [`login names that several accounts have: ${sharedNames.length}`] : []),
    ...sharedLines(sharedNames),
    ...(found.length > 0 ? ['found:'] : []),
    ...found.map(({ kind, table, count: rows, rows: first }) => {
      const ids = listed(first.map(({ id }) => id));
      return `  ${kind}: ${rows} in ${table} (${ids})`;
    }),
    ...report.notes,
    `users that will not be able to log in: ${count}`,
    ...unable.map(({ reason, ids }) => `  ${reason}: ${listed(ids)}`),
  ];
  return lines.join('\n');
}
