import { isEmailAddress } from '../email/address.ts';
import { formatLabel, isUnknownToDjango, kindOfPassword, type PasswordKind } from '../passwords/kind.ts';
import type { Verdict } from './agreed.ts';
import type { findings, Report, SharedName, Unable } from './report.ts';
import { MOST_ROWS } from './report.ts';
import { type Claimant, conflictsOf, waysIn } from './shared-names.ts';
import type { SourceAccount } from './source.ts';
import { SourceFault } from './source-fault.ts';

/** An account here has the id of one there, and did not come from there. */
export interface Collision {
  readonly id: number;
  readonly here: string;
  readonly there: string;
}

/** What PostgreSQL cannot store as text: U+0000, and half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Cs}]/u;

const CANNOT_BE_STORED = 'has a character that cannot be stored';

/** Throws a `SourceFault` when one of the texts, by name of the column, cannot be stored. */
export function requireStorable(table: string, id: number, texts: Readonly<Record<string, string>>): void {
  for (const [column, text] of Object.entries(texts))
    if (UNSTORABLE.test(text)) throw new SourceFault(table, id, column, CANNOT_BE_STORED);
}

/** The same for an account. */
export function requireStorableAccount(table: string, account: SourceAccount): void {
  const { fullName = '', bio = '', image = '' } = account.profile ?? {};
  const { id, username, email, password, firstName, lastName, permissions } = account;
  const texts = { username, email, password, first_name: firstName, last_name: lastName };
  const profile = { full_name: fullName, bio, image };
  requireStorable(table, id, { ...texts, ...profile, permissions: permissions.join() });
}

/** Passwords that nobody can log in with: why, for the person, and the name of the finding. */
const NO_LOGIN: Readonly<Partial<Record<PasswordKind, readonly [reason: string, finding: string]>>> = {
  unusable: ['unusable password', 'unusable-password'],
  empty: ['no password', 'empty-password'],
  plain: ['password stored in clear', 'plain-text-password'],
  damaged: ['damaged or too costly password hash', 'damaged-hash'],
  unknown: ['password hash of an unknown kind', 'unknown-hash'],
};

const REFUSED_LEGACY = 'plain digest, which LEGACY_PASSWORD_HASHES=off refuses';
const NO_NAME = 'no login name that is theirs alone';

/** Somebody could have given each account a number of iterations of its own. */
const MOST_FORMATS = 100;

function odditiesOf({ username, email, profile, password }: SourceAccount): string[] {
  const kinds: string[] = [];
  if (profile === undefined) kinds.push('no-profile');
  if (username.trim() !== username) kinds.push('username-outer-space');
  if (email === '') kinds.push('empty-email');
  else if (email.trim() !== email) kinds.push('email-outer-space');
  else if (!isEmailAddress(email)) kinds.push('invalid-email');
  if (isUnknownToDjango(password)) kinds.push('hash-unknown-to-django');
  return kinds;
}

/** Who cannot log in, by the reason that was found first. Who is inactive is not told of. */
function unableLists(inactive: ReadonlySet<number>) {
  const lists = new Map<string, number[]>();
  const told = new Set<number>();
  return {
    add(id: number, reason: string): void {
      if (inactive.has(id) || told.has(id)) return;
      told.add(id);
      const ids = lists.get(reason);
      if (ids === undefined) lists.set(reason, [id]);
      else ids.push(id);
    },
    all: () => [...lists].map(([reason, ids]): Unable => ({ reason, ids })),
  };
}

/** How many accounts have a password of each format. */
function formatCounts() {
  const counts: Record<string, number> = {};
  return {
    counts,
    add(label: string): void {
      const counted = label in counts || Object.keys(counts).length < MOST_FORMATS ? label : 'others';
      counts[counted] = (counts[counted] ?? 0) + 1;
    },
  };
}

/** What is found out about the accounts, one after the other. */
export function accountsCheck(table: string, found: ReturnType<typeof findings>, acceptsLegacy: boolean) {
  const accounts = { new: 0, changed: 0, same: 0, removedHere: [] as number[] };
  const conflicts: Report['conflicts'][number][] = [];
  const collisions: Collision[] = [];
  const inactive = new Set<number>();
  const unable = unableLists(inactive);
  const formats = formatCounts();
  let legacyPasswords = 0;

  function addVerdict({ id, username }: SourceAccount, verdict: Verdict): void {
    if (verdict.kind === 'collision') collisions.push({ id, here: verdict.username, there: username });
    else if (verdict.kind === 'removed') accounts.removedHere.push(id);
    else accounts[verdict.kind] += 1;
    if ('conflicts' in verdict && verdict.conflicts.length > 0)
      conflicts.push({ id, fields: verdict.conflicts });
  }

  function addPassword({ id, password }: SourceAccount): void {
    const kind = kindOfPassword(password);
    const [reason, finding] = NO_LOGIN[kind] ?? [];
    formats.add(reason ?? formatLabel(password));
    if (kind === 'legacy') legacyPasswords += 1;
    if (kind === 'legacy' && !acceptsLegacy) unable.add(id, REFUSED_LEGACY);
    if (finding !== undefined) found.add(finding, table, id);
    if (reason !== undefined) unable.add(id, reason);
  }

  return {
    add(account: SourceAccount, verdict: Verdict): void {
      const { id, isActive } = account;
      if (!isActive) inactive.add(id);
      addVerdict(account, verdict);
      addPassword(account);
      if (waysIn(account, new Map()).length === 0) unable.add(id, NO_NAME);
      for (const kind of odditiesOf(account)) found.add(kind, table, id);
    },
    /** Last of all: the names that several accounts have. */
    addShared(shared: ReadonlyMap<string, readonly Claimant[]>): readonly SharedName[] {
      const people = new Map([...shared.values()].flat().map((one) => [one.id, one]));
      const ways = new Map<number, readonly string[]>();
      for (const [id, person] of people) {
        const own = waysIn(person, shared);
        ways.set(id, own);
        if (person.isLocal) continue;
        if (own.length === 0) unable.add(id, NO_NAME);
        for (const kind of conflictsOf(person, shared)) found.add(kind, table, id);
      }
      return [...shared].slice(0, MOST_ROWS).map(([name, claimants]) => ({
        name,
        accounts: claimants.slice(0, MOST_ROWS).map(({ id, username, email, isLocal = false }) => ({
          id,
          username,
          email,
          isHereAlready: isLocal,
          logsInBy: ways.get(id) ?? [],
        })),
      }));
    },
    inactive: inactive as ReadonlySet<number>,
    result: () => ({
      accounts,
      conflicts,
      collisions,
      inactive: [...inactive],
      unable: unable.all(),
      passwords: formats.counts,
      legacyPasswords,
    }),
  };
}
