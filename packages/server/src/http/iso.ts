/** An instant as it stands in an answer; null when there is none. */
export function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** Its schema. */
export const ISO = { type: 'string', format: 'date-time' } as const;
export const ISO_OR_NULL = { type: ['string', 'null'], format: 'date-time' } as const;
