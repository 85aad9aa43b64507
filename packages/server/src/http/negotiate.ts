import { matches, parseMediaType, precedence } from './media-type.ts';
import { type HttpRefusal, refuseHttp } from './refusals.ts';

/** How an answer is written down. */
export type Format = { readonly kind: 'json'; readonly indent: number } | { readonly kind: 'html' };

const COMPACT: Format = { kind: 'json', indent: 0 };

const OFFERS = [
  { format: 'json', type: 'application/json' },
  { format: 'api', type: 'text/html' },
] as const;

/** Browsers send a third of this; taking apart thousands of entries is work that a stranger can ask for. */
const LONGEST_ACCEPT = 1_000;

function indentOf(parameter: string | undefined): number {
  if (parameter === undefined || !/^\s*[+-]?\d+\s*$/.test(parameter)) return 0;
  return Math.max(Math.min(Number(parameter), 8), 0);
}

/**
 * Chooses the format as REST framework's DefaultContentNegotiation does: `?format=` narrows what is offered
 * (unknown: 404), then the most specific entries of Accept come first and JSON wins among equals; quality
 * values count for nothing. Nothing fits: 406.
 */
export function negotiate(accept: string | undefined, format: string | null): Format | HttpRefusal {
  if (!format && (accept === undefined || accept === '*/*' || accept === 'application/json')) return COMPACT;
  if (accept !== undefined && accept.length > LONGEST_ACCEPT) return refuseHttp('not_acceptable');
  const offers = format ? OFFERS.filter((offer) => offer.format === format) : OFFERS;
  if (offers.length === 0) return refuseHttp('unknown_format');
  const asked = (accept ?? '*/*').split(',').map((one) => parseMediaType(one.trim()));
  for (const level of [3, 2, 1, 0]) {
    const entries = asked.filter((entry) => precedence(entry) === level);
    for (const offer of offers) {
      const entry = entries.find((one) => matches(offer.type, one));
      if (entry === undefined) continue;
      return offer.format === 'api'
        ? { kind: 'html' }
        : { kind: 'json', indent: indentOf(entry.parameters.get('indent')) };
    }
  }
  return refuseHttp('not_acceptable');
}

export function isRefusal(value: object): value is HttpRefusal {
  return 'ok' in value;
}
