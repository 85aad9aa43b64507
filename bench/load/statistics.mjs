// Percentiles and medians.

/**
 * @typedef {{ count: number, p50: number, p99: number, max: number }} Latencies milliseconds
 */

/** @param {readonly number[]} milliseconds @returns {Latencies} */
export function latenciesOf(milliseconds) {
  const sorted = Float64Array.from(milliseconds).sort();
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** The middle one; of an even number the mean of the middle two. @param {readonly number[]} values */
export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
