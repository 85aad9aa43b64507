import type { App } from '../app.ts';
import { MOST_ROWS, type Report, textOf } from './report.ts';

/** The newest are kept. */
const MOST_REPORTS = 50;

/** A million accounts may have something in common: of each list the first are kept. */
const cut = (_name: string, value: unknown) => (Array.isArray(value) ? value.slice(0, MOST_ROWS) : value);

/** Keeps the report of an import that wrote something, for the admin site. */
export function keepReport({ store, clock }: Pick<App, 'store' | 'clock'>, report: Report): Promise<void> {
  const kept = { at: clock.now(), summary: textOf(report), report: JSON.stringify(report, cut) };
  return store.imports.keepReport(kept, MOST_REPORTS);
}
