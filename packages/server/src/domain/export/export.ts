import type { App } from '../app.ts';
import { EXPORT } from '../audit/event.ts';
import type { Agreed } from '../import/merge.ts';
import type { Progress } from '../import/progress.ts';
import { SourceFault } from '../import/source-fault.ts';
import type { Store } from '../store.ts';
import type { NowAgreed } from './judge.ts';
import { type Plan, planExport } from './plan.ts';
import { type ExportReport, reportOn } from './report.ts';
import type { Target } from './target.ts';
import { TargetFault } from './target-fault.ts';

/** What became of an export. Refused: one sentence, which says whether anything was written. */
export type Exported = { readonly report: ExportReport } | { readonly refused: string };

/** Opens the other system's database; to write, in one transaction that closing takes back. */
export type OpenTarget = (mode: 'read' | 'write') => Promise<Target>;

async function withTarget<T>(opening: Promise<Target>, work: (target: Target) => Promise<T>): Promise<T> {
  const target = await opening;
  try {
    return await work(target);
  } finally {
    // What matters has been committed or thrown by now.
    await target.close().catch(() => {});
  }
}

/** The checking pass. Undefined when there is something to write: then it is decided once more, and this is not kept. */
function check(
  store: Store,
  open: OpenTarget,
  isDryRun: boolean,
  progress: Progress,
): Promise<Plan | undefined> {
  return withTarget(open('read'), async (target) => {
    const plan = await planExport(store, target, progress);
    return isDryRun || plan.writes.length === 0 ? plan : undefined;
  });
}

/** Decides once more, now that nobody else can write there unseen, and writes. */
function write(store: Store, open: OpenTarget, progress: Progress): Promise<Plan> {
  return withTarget(open('write'), async (target) => {
    const plan = await planExport(store, target, progress);
    const { writes } = plan;
    if (writes.length === 0) return plan;
    await target.write(writes, (done) => progress('writing accounts', done, writes.length));
    await target.commit();
    return plan;
  });
}

/** Accounts whose agreement is noted in one transaction. */
const BATCH = 500;

/** Notes here what both sides agree on now. */
async function noteAgreed(outer: Store, agreed: readonly NowAgreed[]): Promise<void> {
  for (let start = 0; start < agreed.length; start += BATCH) {
    const some = agreed.slice(start, start + BATCH);
    await outer.transaction(async (store) => {
      await store.imports.lock();
      const held = await store.imports.accountsFrom(some.map(({ id }) => id));
      const bases = new Map(held.map(({ id, base }) => [id, base]));
      await store.imports.agree(
        // Without a base `fields` is all of it.
        some.map(({ id, fields }) => ({ id, base: { ...bases.get(id), ...fields } as Agreed })),
      );
    });
  }
}

/** Notes here what was done there. Without it the next run finds both sides equal. */
async function note(store: Store, { writes, agreed, accounts }: Plan, at: number): Promise<void> {
  try {
    await noteAgreed(store, agreed);
    const counts = { accountsAdded: accounts.added.length, accountsChanged: accounts.changed.length };
    const event = { event: 'export_finished', userId: undefined, ...counts } as const;
    if (writes.length > 0) await store.audit.record(event, at, EXPORT);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`It was written there, but not noted here: ${why}. Run it again.`, { cause: error });
  }
}

/** What is wrong with one of the two databases, in a sentence of its own. */
function sentenceOf(error: unknown): string {
  if (error instanceof SourceFault) return `${error.message} Nothing was written.`;
  if (error instanceof TargetFault) return error.message;
  throw error;
}

/**
 * Writes accounts that were changed or made here since they were last agreed on into the other system's tables. Everything
 * is compared first; a dry run is that alone. All of it is written in one transaction there, and noted here after it.
 * Safe to repeat and to break off at any point. Never deletes, and leaves alone what was changed there.
 */
export async function exportTo(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  open: OpenTarget,
  { isDryRun }: Pick<ExportReport, 'isDryRun'>,
  progress: Progress,
): Promise<Exported> {
  try {
    const checked = await check(store, open, isDryRun, progress);
    if (isDryRun && checked !== undefined) return { report: reportOn(checked, true) };
    const plan = checked ?? (await write(store, open, progress));
    await note(store, plan, clock.now());
    return { report: reportOn(plan, false) };
  } catch (error) {
    return { refused: sentenceOf(error) };
  }
}
