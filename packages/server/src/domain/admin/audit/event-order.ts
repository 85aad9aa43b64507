import type { AuditFilter } from '../../audit/event.ts';

/** By when they happened where a time is asked for, for which there is an index; else by id, as they were written. */
export interface EventOrder {
  readonly by: 'id' | 'at';
  readonly oldestFirst: boolean;
}

/** By what an event is found again in either order. */
export type EventKey = readonly [at: number, id: number];

/** The order in which the events that fit are listed. */
export function orderOf({ since, until }: AuditFilter, oldestFirst: boolean): EventOrder {
  return { by: since === undefined && until === undefined ? 'id' : 'at', oldestFirst };
}
