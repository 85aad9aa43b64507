import type { GroupNames } from '../import/agreed.ts';
import type { HeldAccount } from '../import/import-store.ts';
import type { Progress } from '../import/progress.ts';
import type { Source, SourceAccount } from '../import/source.ts';
import type { Store } from '../store.ts';
import { type Candidate, hindered, hindrances, holdersOf } from './hindrances.ts';
import { judge, type NowAgreed, type Verdict, type Writing } from './judge.ts';
import type { ExportReport } from './report.ts';
import type { AccountToWrite, Target, WrittenField } from './target.ts';

/** What the checking pass found. */
export interface Plan extends Pick<ExportReport, 'accounts' | 'conflicts' | 'found'> {
  readonly writes: readonly AccountToWrite[];
  readonly agreed: readonly NowAgreed[];
}

/** Accounts that are looked at together. */
const BATCH = 1_000;

async function* one<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

/** All accounts that are here or were, in the order of their ids. */
async function* heldAccounts(store: Store): AsyncGenerator<readonly HeldAccount[]> {
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const ids = await store.imports.idsAfter(last, BATCH);
    if (ids.length === 0) return;
    const held = await store.imports.accountsFrom(ids);
    yield [...held].sort((a, b) => a.id - b.id);
    last = ids.at(-1) ?? last;
  }
}

type Pair = readonly [there: SourceAccount | undefined, here: HeldAccount | undefined];

/** Both sides in the order of their ids, what has one id together. */
async function* pairs(
  there: AsyncIterator<SourceAccount>,
  here: AsyncIterator<HeldAccount>,
): AsyncGenerator<Pair> {
  const nextOf = async <T>(all: AsyncIterator<T>): Promise<T | undefined> => {
    const { done, value } = await all.next();
    return done ? undefined : value;
  };
  let [theirs, ours] = [await nextOf(there), await nextOf(here)];
  while (theirs !== undefined || ours !== undefined) {
    const id = Math.min(theirs?.id ?? Number.POSITIVE_INFINITY, ours?.id ?? Number.POSITIVE_INFINITY);
    yield [theirs?.id === id ? theirs : undefined, ours?.id === id ? ours : undefined];
    if (theirs?.id === id) theirs = await nextOf(there);
    if (ours?.id === id) ours = await nextOf(here);
  }
}

async function groupNamesOf(source: Source): Promise<GroupNames> {
  const names = new Map<number, string>();
  for await (const { id, name } of one(source.groups())) names.set(id, name);
  return names;
}

/** Collects verdicts; those that write are looked at in batches. */
function collector(target: Target) {
  const accounts = {
    added: [] as number[],
    changed: [] as { id: number; fields: readonly WrittenField[] }[],
    logins: 0,
    same: 0,
    changedThere: [] as number[],
    newThere: [] as number[],
    goneThere: [] as number[],
    removedHere: [] as number[],
  };
  const conflicts: ExportReport['conflicts'][number][] = [];
  const writes: AccountToWrite[] = [];
  const agreed: NowAgreed[] = [];
  const obstacle = target.obstacle('accounts') ?? target.obstacle('profiles');
  let waiting: Candidate[] = [];

  function addWrite(write: AccountToWrite): void {
    writes.push(write);
    const fields = Object.keys(write.fields) as WrittenField[];
    if (write.isNew) accounts.added.push(write.id);
    else if (fields.length > 0) accounts.changed.push({ id: write.id, fields });
    if (!write.isNew && write.lastLoginAt !== undefined) accounts.logins += 1;
  }

  function add(id: number, { write, agreed: fields, left, isChangedThere }: Writing): void {
    for (const one of left) conflicts.push({ id, ...one });
    if (isChangedThere) accounts.changedThere.push(id);
    if (fields !== undefined && Object.keys(fields.fields).length > 0) agreed.push(fields);
    if (write !== undefined) addWrite(write);
    else if (left.length === 0 && !isChangedThere) accounts.same += 1;
  }

  async function flush(): Promise<void> {
    const holders = await holdersOf(target, waiting);
    for (const one of waiting) add(one.write.id, hindered(one, hindrances(target, one, holders)));
    waiting = [];
  }

  return {
    async take(id: number, verdict: Verdict): Promise<void> {
      if (verdict.kind === 'nothing') return;
      if (verdict.kind === 'taken')
        conflicts.push({ id, field: 'id', reason: 'it is the id of somebody else there' });
      else if (verdict.kind !== 'new' && verdict.kind !== 'held') accounts[verdict.kind].push(id);
      else if (verdict.kind === 'new' && obstacle !== undefined)
        conflicts.push({ id, field: 'id', reason: obstacle });
      else if (verdict.write === undefined) add(id, verdict);
      else waiting.push({ ...verdict, write: verdict.write });
      if (waiting.length >= BATCH) await flush();
    },
    async plan(): Promise<Omit<Plan, 'found'>> {
      await flush();
      return { accounts, conflicts, writes, agreed };
    },
  };
}

/**
 * Compares all accounts of both sides and writes nothing. What is to be written is kept in memory, so that no write can
 * change what is decided about the next account.
 */
export async function planExport(store: Store, target: Target, progress: Progress): Promise<Plan> {
  const groupNames = await groupNamesOf(target);
  const total = (await target.counts())[target.tables.accounts];
  const collected = collector(target);
  let read = 0;
  for await (const [there, here] of pairs(one(target.accounts()), one(heldAccounts(store)))) {
    const id = there?.id ?? here?.id ?? 0;
    await collected.take(id, judge(there, here, groupNames, target.fields));
    if (there !== undefined && ++read % BATCH === 0) progress('comparing accounts', read, total);
  }
  progress('comparing accounts', read, total);
  return { ...(await collected.plan()), found: target.found };
}
