import type { App } from '../app.ts';
import type { Store } from '../store.ts';
import { verifySignature } from '../tokens/jwt.ts';
import { expiredBy } from '../tokens/leeway.ts';
import { type GroupNames, judge } from './agreed.ts';
import { accountsCheck, type Collision, requireStorable, requireStorableAccount } from './check-accounts.ts';
import type { Progress } from './progress.ts';
import { findings, type Report } from './report.ts';
import { type Claimant, keysOf, sharedNames } from './shared-names.ts';
import type { Source, SourceAccount, SourceToken } from './source.ts';

/** What the checking pass found out. */
export interface Checked extends Omit<Report, 'isDryRun' | 'tables' | 'written' | 'notes'> {
  readonly collisions: readonly Collision[];
  readonly groupNames: GroupNames;
  /** rows by table */
  readonly counts: Readonly<Record<string, number>>;
  readonly highestId: number;
  /** accounts here, up to the highest id there, that did not come from there */
  readonly localAccounts: number;
  /** tokens that have expired and were blacklisted too */
  readonly blacklistedExpired: number;
  /** rows that point to nothing, by table */
  readonly dangling: Readonly<Record<string, number>>;
}

async function readGroups(source: Source): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for await (const groups of source.groups())
    for (const { id, name } of groups) {
      requireStorable(source.tables.groups ?? '', id, { name });
      names.set(id, name);
    }
  return names;
}

type Names = ReturnType<typeof sharedNames>;

/** The first reading of the accounts: can they be stored, and which names come twice? */
async function readNames(source: Source, names: Names, tell: (done: number) => void): Promise<void> {
  let read = 0;
  for await (const accounts of source.accounts()) {
    for (const account of accounts) {
      requireStorableAccount(source.tables.accounts, account);
      names.note(account);
    }
    read += accounts.length;
    tell(read);
  }
}

/** Who holds a name of these accounts here and did not come from there. */
async function localClaimants(
  store: Store,
  accounts: readonly SourceAccount[],
): Promise<ReadonlyMap<string, Claimant>> {
  const holders = await store.imports.localHolders(accounts.flatMap(keysOf));
  return new Map(holders.map(({ name, ...holder }) => [name, { ...holder, isLocal: true }]));
}

interface Comparison {
  readonly store: Store;
  readonly source: Source;
  readonly groupNames: GroupNames;
  readonly names: Names;
  readonly check: ReturnType<typeof accountsCheck>;
}

/** The second reading: each account against what is here. Gives the ids that came from there and are not there any more. */
async function compare(
  { store, source, groupNames, names, check }: Comparison,
  tell: (done: number) => void,
): Promise<readonly number[]> {
  const gone: number[] = [];
  let last = 0;
  let read = 0;
  for await (const accounts of source.accounts()) {
    const ids = accounts.map(({ id }) => id);
    const held = new Map((await store.imports.accountsFrom(ids)).map((one) => [one.id, one]));
    const upTo = ids.at(-1) ?? last;
    const present = new Set(ids);
    gone.push(...(await store.imports.cameFrom(last, upTo)).filter((id) => !present.has(id)));
    const local = await localClaimants(store, accounts);
    for (const account of accounts) {
      check.add(account, judge(account, held.get(account.id), groupNames));
      names.collect(account, local);
    }
    last = upTo;
    read += accounts.length;
    tell(read);
  }
  return [...gone, ...(await store.imports.cameFrom(last, Number.MAX_SAFE_INTEGER))];
}

/** What will become of a token. One that has expired by the instant is not kept. */
export function fateOf(
  { userId, expiresAt, blacklistedAt }: SourceToken,
  inactive: ReadonlySet<number>,
  expiredBy: number,
): keyof Report['tokens'] {
  if (expiresAt <= expiredBy) return 'expired';
  if (blacklistedAt !== undefined) return 'blacklisted';
  return userId === undefined || inactive.has(userId) ? 'ofNobody' : 'live';
}

async function countTokens(
  source: Source,
  inactive: ReadonlySet<number>,
  before: number,
  progress: Progress,
) {
  const { tokens: table = '' } = source.tables;
  const total = (await source.counts())[table];
  const tokens = { live: 0, blacklisted: 0, ofNobody: 0, expired: 0 };
  let blacklistedExpired = 0;
  let read = 0;
  for await (const batch of source.tokens()) {
    for (const token of batch) {
      requireStorable(table, token.userId ?? 0, { jti: token.jti });
      const fate = fateOf(token, inactive, before);
      tokens[fate] += 1;
      if (fate === 'expired' && token.blacklistedAt !== undefined) blacklistedExpired += 1;
    }
    read += batch.length;
    progress('reading tokens', read, total);
  }
  return { tokens, blacklistedExpired };
}

async function readAdminLog(source: Source, afterId: number, progress: Progress): Promise<void> {
  const { adminLog: table = '' } = source.tables;
  let read = 0;
  for await (const entries of source.adminLog(afterId)) {
    for (const { id, object, message, objectId } of entries)
      requireStorable(table, id, { object_repr: object, change_message: message, object_id: objectId });
    read += entries.length;
    progress('reading the admin log', read, undefined);
  }
}

/** `user_id` points to nothing: `dangling-user`. Gives how many rows of each table do. */
async function findRows(
  source: Source,
  djangoKeys: App['djangoKeys'],
  found: ReturnType<typeof findings>,
): Promise<Record<string, number>> {
  const rows: Record<string, Set<number>> = {};
  for await (const batch of source.dangling())
    for (const { table, id, column, value } of batch) {
      found.add(`dangling-${column.replace(/s?_id$/, '')}`, table, id, `${column} ${value}`);
      rows[table] = (rows[table] ?? new Set()).add(id);
    }
  const isGenuine = djangoKeys && ((token: string) => verifySignature(token, djangoKeys) !== undefined);
  for await (const batch of source.oddities(isGenuine))
    for (const { table, id, kind } of batch) found.add(kind, table, id);
  return Object.fromEntries(Object.entries(rows).map(([table, ids]) => [table, ids.size]));
}

/**
 * Reads everything there is, accounts twice, and writes nothing: finds every fault, what would be done, and all that the
 * operator should know. With Django's key the signatures of tokens are checked. Throws what the source throws, and a
 * `SourceFault` for what cannot be stored.
 */
export async function checkSource(
  { store, clock, config, djangoKeys }: Pick<App, 'store' | 'clock' | 'config' | 'djangoKeys'>,
  source: Source,
  progress: Progress,
): Promise<Checked> {
  const { tables } = source;
  const counts = await source.counts();
  const highestId = await source.highestAccountId();
  const localAccounts = await store.imports.countLocal(highestId);
  const groupNames = await readGroups(source);
  const found = findings();
  const names = sharedNames();
  const check = accountsCheck(tables.accounts, found, config.legacyPasswordHashes === 'on');
  const total = counts[tables.accounts];
  await readNames(source, names, (done) => progress('reading accounts', done, total));
  const comparison = { store, source, groupNames, names, check };
  const goneThere = await compare(comparison, (done) => progress('comparing accounts', done, total));
  const shared = check.addShared(names.all());
  const dangling = await findRows(source, djangoKeys, found);
  const tokens = await countTokens(source, check.inactive, expiredBy(config, clock.now()), progress);
  await readAdminLog(source, await store.imports.adminLogMark(), progress);
  const result = check.result();
  return {
    ...result,
    accounts: { ...result.accounts, goneThere },
    found: source.found,
    counts,
    groupNames,
    highestId,
    localAccounts,
    sharedNames: shared,
    findings: found.all(),
    ...tokens,
    dangling,
  };
}
