import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditFilter, RecordedEvent } from '../../domain/audit/event.ts';
import { eventsInParts } from '../../domain/audit/walk.ts';
import type { AuditStore } from '../../domain/store.ts';
import { CSV_HEADER, eventCsv, eventJson, eventLine } from '../../http/event-line.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds for `7d`, `12h`, `30m` (ago) or an ISO time. */
function instantOf(text: string, option: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNITS[unit] ?? 0);
  const instant = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant))
    throw new CommandError(
      `${option} takes a time such as 2026-01-31T08:00:00Z, or 7d, 12h, 30m for so long ago.`,
    );
  return instant;
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

const BATCH = 500;

/** Every event that fits, the oldest first, a page in memory at a time. */
async function* eventsOf(audit: AuditStore, filter: AuditFilter): AsyncGenerator<RecordedEvent> {
  let after = filter.after ?? 0;
  for (;;) {
    const page = await audit.listForward(BATCH, { ...filter, after });
    yield* page;
    if (page.length < BATCH) return;
    after = page.at(-1)?.id ?? after;
  }
}

export interface ExportOptions {
  readonly since: string;
  readonly until?: string;
  readonly event?: string;
  readonly format: 'jsonl' | 'csv';
}

/** `latchkey audit export`: prints the events of a time, the oldest first. */
export async function auditExportCommand({ since, until, event, format }: ExportOptions): Promise<void> {
  const filter = {
    since: instantOf(since, '--since'),
    until: until === undefined ? undefined : instantOf(until, '--until'),
    event,
  };
  await withApp(async ({ store }) => {
    if (format === 'csv') await print(CSV_HEADER);
    for await (const part of eventsInParts(store.audit, filter))
      for (const recorded of part)
        await print(format === 'csv' ? eventCsv(recorded) : `${eventJson(recorded)}\n`);
  });
}

/** Milliseconds that an event may come after one with a higher id: transactions end in another order than they began. */
const LATE = 10_000;
const PAUSE = 1_000;

/** Prints what is new, for ever. Events that come late are not missed, and none is printed twice. */
async function follow(audit: AuditStore, from: number, show: (recorded: RecordedEvent) => Promise<void>) {
  const printed = new Map<number, number>();
  let floor = from;
  for (;;) {
    await sleep(PAUSE);
    const now = performance.now();
    for await (const recorded of eventsOf(audit, { after: floor })) {
      if (printed.has(recorded.id)) continue;
      printed.set(recorded.id, now);
      await show(recorded);
    }
    for (const [id, seen] of printed) {
      if (now - seen < LATE) continue;
      floor = Math.max(floor, id);
    }
    for (const id of printed.keys()) if (id <= floor) printed.delete(id);
  }
}

export interface TailOptions {
  readonly lines: string;
  readonly follow: boolean;
  readonly json?: boolean;
}

/** `latchkey audit tail`: prints the newest events, and then what comes, until it is stopped. */
export async function auditTailCommand({ lines, follow: goesOn, json }: TailOptions): Promise<void> {
  if (!/^\d{1,5}$/.test(lines)) throw new CommandError('--lines takes a number up to 99999.');
  const show = (recorded: RecordedEvent) => print(`${json ? eventJson(recorded) : eventLine(recorded)}\n`);
  await withApp(async ({ store }) => {
    const newest = await store.audit.list(Math.max(1, Number(lines)));
    const shown = Number(lines) === 0 ? [] : [...newest].reverse();
    for (const recorded of shown) await show(recorded);
    if (goesOn) await follow(store.audit, newest[0]?.id ?? 0, show);
  });
}
