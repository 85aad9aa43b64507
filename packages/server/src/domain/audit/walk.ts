import type { AuditStore } from '../store.ts';
import type { AuditFilter, RecordedEvent } from './event.ts';

/** Ids that are looked through in one statement, whatever fits: it is short however few do. */
const SLICE = 5_000;

/**
 * Every event that fits and was there at the beginning, the oldest first as they were written, in parts. Nothing
 * is held but a part, and between two of them others have their turn.
 */
export async function* eventsInParts(
  audit: Pick<AuditStore, 'idsSince' | 'listForward'>,
  filter: AuditFilter,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { first, last } = await audit.idsSince(filter.since);
  for (let after = Math.max(0, first - 1); after < last; after += SLICE) {
    const part = await audit.listForward(SLICE, { ...filter, after, upTo: Math.min(last, after + SLICE) });
    if (part.length > 0) yield part;
  }
}
