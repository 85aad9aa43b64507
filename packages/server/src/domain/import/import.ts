import type { App } from '../app.ts';
import { IMPORT } from '../audit/event.ts';
import type { Store } from '../store.ts';
import { expiredBy } from '../tokens/leeway.ts';
import { type GroupNames, judge } from './agreed.ts';
import { type Checked, checkSource, fateOf } from './check.ts';
import type { AccountToAdd, AccountToChange, HeldGroup } from './import-store.ts';
import { keepReport } from './keep-report.ts';
import { mergeSet } from './merge.ts';
import type { Progress } from './progress.ts';
import type { Report } from './report.ts';
import type { Source, SourceAccount, SourceGroup } from './source.ts';
import { SourceFault } from './source-fault.ts';
import { tableLines } from './table-lines.ts';

type Written = { -readonly [K in keyof Report['written']]: number };

/** What became of an import. Refused: one sentence, and nothing was written. */
export type Imported = { readonly report: Report } | { readonly refused: string };

/** Works in one transaction that no other import interrupts. Notes that an import is under way when the work wrote. */
function locked(outer: Store, work: (store: Store) => Promise<boolean>): Promise<void> {
  return outer.transaction(async (store) => {
    await store.imports.lock();
    if (await work(store)) await store.imports.begin();
  });
}

/** Brings what changed there of groups and their permissions. True when something did. */
async function writeGroups(store: Store, groups: readonly SourceGroup[]): Promise<boolean> {
  const held = await store.imports.groupsFrom(groups.map(({ name }) => name));
  const byName = new Map(held.map((group) => [group.name, group]));
  const changed = groups.flatMap(({ name, permissions }): HeldGroup[] => {
    const here = byName.get(name);
    const { result, agreed } = mergeSet(here?.base ?? [], here?.permissions ?? [], permissions);
    const isSame =
      here?.base !== undefined &&
      agreed.join('\n') === here.base.join('\n') &&
      result.join('\n') === here.permissions.join('\n');
    return isSame ? [] : [{ name, base: agreed, permissions: result }];
  });
  await store.imports.writeGroups(changed);
  return changed.length > 0;
}

function toAdd(account: SourceAccount, base: AccountToAdd['base']): AccountToAdd {
  const { groups, permissions, ...rest } = account;
  return { ...rest, base };
}

/** Compares once more, now that nobody else can write, and writes. Sessions end where password or activity changes. */
async function writeAccounts(
  store: Store,
  accounts: readonly SourceAccount[],
  groupNames: GroupNames,
  now: number,
): Promise<{ readonly added: number; readonly changed: number }> {
  const held = await store.imports.accountsFrom(accounts.map(({ id }) => id));
  const byId = new Map(held.map((one) => [one.id, one]));
  const added: AccountToAdd[] = [];
  const changed: AccountToChange[] = [];
  for (const account of accounts) {
    const verdict = judge(account, byId.get(account.id), groupNames);
    // Ids are reserved by now: it cannot have come since the check.
    if (verdict.kind === 'collision') throw new Error(`the id ${account.id} was taken during the import`);
    if (verdict.kind === 'new') added.push(toAdd(account, verdict.base));
    if (verdict.kind === 'changed') changed.push(verdict.change);
  }
  await store.imports.add(added);
  await store.imports.change(changed);
  for (const { id, bring, password } of changed)
    if (password !== undefined || bring.isActive !== undefined) await store.sessions.endAllOf(id, now);
  return { added: added.length, changed: changed.length };
}

/** Keeps ids there from being given out here. False when somebody has registered here since the check. */
async function reserveIds(outer: Store, { highestId, localAccounts }: Checked): Promise<boolean> {
  let isReserved = false;
  await locked(outer, async (store) => {
    await store.imports.reserveIds(highestId);
    isReserved = (await store.imports.countLocal(highestId)) <= localAccounts;
    return false;
  });
  return isReserved;
}

async function write(
  { store: outer, clock, config }: Pick<App, 'store' | 'clock' | 'config'>,
  source: Source,
  checked: Checked,
  progress: Progress,
): Promise<Written> {
  const { counts, groupNames } = checked;
  const { tables } = source;
  const now = clock.now();
  const written = { accountsAdded: 0, accountsChanged: 0, tokens: 0, adminLog: 0 };
  for await (const groups of source.groups()) await locked(outer, (store) => writeGroups(store, groups));
  let done = 0;
  // When the check found nothing to do, they need not be read and compared a third time.
  const isNeeded = checked.accounts.new + checked.accounts.changed > 0;
  for await (const accounts of isNeeded ? source.accounts() : []) {
    await locked(outer, async (store) => {
      const { added, changed } = await writeAccounts(store, accounts, groupNames, now);
      written.accountsAdded += added;
      written.accountsChanged += changed;
      return added + changed > 0;
    });
    done += accounts.length;
    progress('writing accounts', done, counts[tables.accounts]);
  }
  done = 0;
  for await (const tokens of source.tokens()) {
    const kept = tokens.filter((token) => fateOf(token, new Set(), expiredBy(config, now)) !== 'expired');
    await locked(outer, async (store) => {
      const changed = await store.imports.tokens(kept, now);
      written.tokens += changed;
      return changed > 0;
    });
    done += tokens.length;
    progress('writing tokens', done, counts[tables.tokens ?? '']);
  }
  done = 0;
  for await (const entries of source.adminLog(await outer.imports.adminLogMark())) {
    await locked(outer, async (store) => {
      const added = await store.imports.adminLog(entries);
      written.adminLog += added;
      return added > 0;
    });
    done += entries.length;
    progress('writing the admin log', done, counts[tables.adminLog ?? '']);
  }
  return written;
}

/** Ends the import with one event, if this run or one that was broken off wrote anything. True when it did. */
function finish({ store: outer, clock }: Pick<App, 'store' | 'clock'>, written: Written): Promise<boolean> {
  return outer.transaction(async (store) => {
    await store.imports.lock();
    if (!(await store.imports.finish())) return false;
    const event = { event: 'import_finished', userId: undefined, ...written } as const;
    await store.audit.record(event, clock.now(), IMPORT);
    return true;
  });
}

function collisionSentence({ collisions }: Checked): string {
  const [first] = collisions;
  if (first === undefined) return '';
  const others = collisions.length > 1 ? ` (and ${collisions.length - 1} more)` : '';
  return `Account ${first.id} is ${JSON.stringify(first.here)} here and ${JSON.stringify(first.there)} there, and did not come from there${others}. Import into a database without such accounts. Nothing was written.`;
}

/**
 * Merges another system's accounts, groups, tokens and admin log into the database, in batches of one transaction each.
 * Everything is checked before anything is written; a dry run is the check alone. Safe to repeat, to break off at
 * any point, and to run twice at once. Refuses a row that cannot be understood or stored, and an account here that has the
 * id of one there and did not come from there.
 */
export async function importFrom(
  app: Pick<App, 'store' | 'clock' | 'config' | 'djangoKeys'>,
  source: Source,
  { isDryRun, notes }: Pick<Report, 'isDryRun' | 'notes'>,
  progress: Progress,
): Promise<Imported> {
  const checked = await checkSource(app, source, progress).catch((error: unknown) => {
    if (error instanceof SourceFault) return error;
    throw error;
  });
  if (checked instanceof SourceFault) return { refused: `${checked.message} Nothing was written.` };
  if (checked.collisions.length > 0) return { refused: collisionSentence(checked) };
  let hasWritten = false;
  let written: Written = { accountsAdded: 0, accountsChanged: 0, tokens: 0, adminLog: 0 };
  if (!isDryRun) {
    if (!(await reserveIds(app.store, checked)))
      return { refused: 'Somebody registered here during the check. Nothing was written; run it again.' };
    written = await write(app, source, checked, progress);
    hasWritten = await finish(app, written);
  }
  const tables = tableLines(source.tables, checked, await app.store.imports.counts());
  const { collisions, groupNames, counts, highestId, localAccounts, dangling, ...told } = checked;
  const own = await app.store.imports.countLocal(Number.MAX_SAFE_INTEGER);
  const owners =
    own === 0
      ? []
      : [
          `accounts here that did not come from there: ${own}. They stay, and an export would add them there.`,
        ];
  const report = { ...told, isDryRun, tables, written, notes: [...owners, ...notes] };
  if (hasWritten) await keepReport(app, report);
  return { report };
}
