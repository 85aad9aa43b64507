// From the rounds of a case to the figures that are printed.
import { median } from '../load/statistics.mjs';

/**
 * @typedef {Record<string, any[]>} Systems the rounds of one case, by system
 * @typedef {{ date: string, machine: object, systems: Systems }} Measured
 * @typedef {{ cases: Record<string, Measured> }} Results
 */

/** The median over the rounds of what `read` gives. @param {any[] | undefined} rounds @param {(round: any) => number | undefined} read */
export function medianOf(rounds, read) {
  return median((rounds ?? []).map((round) => read(round) ?? Number.NaN));
}

/** Round by round, one system's rate over another's; the median of that. @param {Systems} systems @param {string} one @param {string} other */
export function rateRatio(systems, one, other) {
  const rounds = systems[one] ?? [];
  return median(rounds.map((round, at) => round.perSecond / systems[other]?.[at]?.perSecond));
}

/** @param {number} value */
export function rounded(value) {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${rounded(bytes / 1e6)} MB`;
