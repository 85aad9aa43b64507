import { formatLabel } from '../passwords/kind.ts';
import type { Plan } from './plan.ts';
import type { WrittenField } from './target.ts';

/** What an export wrote, or what it would write, and what it left as it is there. */
export interface ExportReport {
  readonly isDryRun: boolean;
  readonly found: readonly string[];
  readonly accounts: {
    /** ids of those that were made here */
    readonly added: readonly number[];
    readonly changed: readonly { readonly id: number; readonly fields: readonly WrittenField[] }[];
    /** how many have a later login */
    readonly logins: number;
    readonly same: number;
    /** also or only changed there: for an import */
    readonly changedThere: readonly number[];
    /** made there, and not imported yet */
    readonly newThere: readonly number[];
    /** came from there once and are not there any more: not added again */
    readonly goneThere: readonly number[];
    /** removed here: left alone there */
    readonly removedHere: readonly number[];
  };
  /** what differs and is left as it is there; `id`: the account is not added */
  readonly conflicts: readonly {
    readonly id: number;
    readonly field: WrittenField | 'id';
    readonly reason: string;
  }[];
  /** written passwords by their format */
  readonly passwords: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

const NOT_WRITTEN = 'Groups and permissions are not written back.';
const NO_TOKENS =
  'Sessions and tokens are not written back: with the same key, a refresh token that was ended here is good there until it expires.';
const NEEDS_ARGON2 =
  "Argon2 hashes are checked there only where argon2-cffi is installed and PASSWORD_HASHERS has Argon2PasswordHasher, as Django's default has.";
const RUN_IMPORT = 'Run import-django to bring what was changed or made there.';

function passwordsOf({ writes }: Plan): Record<string, number> {
  const passwords: Record<string, number> = {};
  for (const { fields } of writes) {
    if (!fields.password) continue;
    const label = formatLabel(fields.password);
    passwords[label] = (passwords[label] ?? 0) + 1;
  }
  return passwords;
}

export function reportOn(plan: Plan, isDryRun: boolean): ExportReport {
  const { found, accounts, conflicts } = plan;
  const passwords = passwordsOf(plan);
  const notes = [NOT_WRITTEN, NO_TOKENS];
  if (passwords.argon2 !== undefined) notes.push(NEEDS_ARGON2);
  if (accounts.changedThere.length + accounts.newThere.length > 0) notes.push(RUN_IMPORT);
  return { isDryRun, found, accounts, conflicts, passwords, notes };
}

const FEW = 20;

function listed(ids: readonly number[]): string {
  const more = ids.length > FEW ? ` and ${ids.length - FEW} more` : '';
  return `${ids.slice(0, FEW).join(', ')}${more}`;
}

function counted(what: string, ids: readonly number[]): string[] {
  return ids.length === 0 ? [] : [`${what}: ${ids.length} (${listed(ids)})`];
}

function conflictLines(conflicts: ExportReport['conflicts']): string[] {
  const groups = new Map<string, number[]>();
  for (const { id, field, reason } of conflicts) {
    const key = `  ${field}, ${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const lines = [...groups].map(([what, ids]) => `${what}: ${listed(ids)}`);
  if (lines.length > FEW) lines.splice(FEW, lines.length, `  … and ${lines.length - FEW} more kinds`);
  return conflicts.length === 0 ? [] : [`conflicts, left as they are there: ${conflicts.length}`, ...lines];
}

/** The report for a person at a terminal. The JSON has what is cut short here. */
export function exportText({ isDryRun, found, accounts, conflicts, passwords, notes }: ExportReport): string {
  const would = isDryRun ? 'would be ' : '';
  const { added, changed, logins, same, changedThere, newThere, goneThere, removedHere } = accounts;
  return [
    ...found,
    `${would}added there: ${added.length}, ${would}changed there: ${changed.length}, as they were: ${same}`,
    ...counted(`${would}added`, added),
    ...counted(
      `${would}changed`,
      changed.map(({ id }) => id),
    ),
    `later logins: ${logins}`,
    ...Object.entries(passwords).map(([format, count]) => `passwords as ${format}: ${count}`),
    ...conflictLines(conflicts),
    ...counted('changed there, and left alone', changedThere),
    ...counted('new there, and not here yet', newThere),
    ...counted('not there any more, and not added again', goneThere),
    ...counted('removed here, and left alone there', removedHere),
    ...notes,
  ].join('\n');
}
